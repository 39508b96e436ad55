package io.interlinkgateway.history.store;

class PostgreSqlHistoryTests extends HistoryContract {

    @Override
    protected Connections newDatabase() {
        return TestPostgreSql.newDatabase();
    }
}
