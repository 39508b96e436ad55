package io.interlinkgateway.record;

import io.interlinkgateway.record.PluginLog.Sink;

/// What comes now is the container's output, up to the end of the log.
abstract sealed class Output implements LogState permits OutputAfterRecord, OutputWithoutRecord {

    private final LookaheadBuffer pending;
    private final TrailingTimes times;

    Output(LookaheadBuffer pending) {
        this.pending = pending;
        this.times = new TrailingTimes(pending);
    }

    /// The pending bytes are the first of the output.
    final LogState begin(Sink sink) {
        byte[] first = pending.take();
        return read(new Input(first, 0, first.length), sink);
    }

    @Override
    public final LogState read(Input input, Sink sink) {
        observe(input.bytes(), input.at(), input.end());
        times.read(input.bytes(), input.at(), input.end(), observed(sink));
        input.skipTo(input.end());
        return this;
    }

    /// Looks at all bytes of the output, once and in their order.
    abstract void observe(byte[] bytes, int from, int to);

    /// @return the sink, or one that hands on to it
    abstract Sink observed(Sink sink);

    @Override
    public final LogState end(Sink sink) {
        times.end(observed(sink));
        return this;
    }

    @Override
    public final LogState pause(Sink sink) {
        times.pause(observed(sink));
        return this;
    }

    @Override
    public final LogState settle(Sink sink) {
        times.settle(observed(sink));
        return this;
    }

    @Override
    public final boolean isInOutput() {
        return true;
    }
}
