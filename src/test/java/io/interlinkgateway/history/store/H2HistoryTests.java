package io.interlinkgateway.history.store;

class H2HistoryTests extends HistoryContract {

    @Override
    protected Connections newDatabase() {
        return Connections.inMemory();
    }
}
