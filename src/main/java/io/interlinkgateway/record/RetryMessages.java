package io.interlinkgateway.record;

import io.interlinkgateway.record.PluginLog.Sink;

/// A retry message was read. The pending bytes may become another one; otherwise the output follows.
final class RetryMessages implements LogState {

    private final LogFormat format;
    private final LookaheadBuffer pending;
    private final Output output;

    /// @param output begins after the last of the messages
    RetryMessages(LogFormat format, LookaheadBuffer pending, Output output) {
        this.format = format;
        this.pending = pending;
        this.output = output;
    }

    @Override
    public LogState read(Input input, Sink sink) {
        while (input.hasNext()) {
            pending.add(input.next());
            if (format.retryMessage().is(pending)) {
                pending.releasePlugins(sink);
            } else if (!format.retryMessage().mayBe(pending)) {
                return output.begin(sink);
            }
        }
        return this;
    }

    @Override
    public LogState end(Sink sink) {
        pending.releaseOwn(sink);
        return this;
    }

    @Override
    public LogState settle(Sink sink) {
        return pending.isEmpty() ? this : output.begin(sink).settle(sink);
    }

    @Override
    public boolean isHeaded() {
        return output.isHeaded();
    }

    @Override
    public boolean isInOutput() {
        return true;
    }

    @Override
    public JobRecord record() {
        return output.record();
    }
}
