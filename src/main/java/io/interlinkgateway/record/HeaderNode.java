package io.interlinkgateway.record;

import io.interlinkgateway.record.PluginLog.Sink;

/// The beginning of a header is pending; the rest of its first line is the node's name.
final class HeaderNode implements LogState {

    private final LogFormat format;
    private final LookaheadBuffer pending;
    private final LineRest otherwise;

    /// @param otherwise goes on if this is not a header
    HeaderNode(LogFormat format, LookaheadBuffer pending, LineRest otherwise) {
        this.format = format;
        this.pending = pending;
        this.otherwise = otherwise;
    }

    @Override
    public LogState read(Input input, Sink sink) {
        while (input.hasNext()) {
            byte next = input.next();
            pending.add(next);
            if (next == '\n') {
                return format.header().hasNode(pending.line())
                        ? new HeaderJobId(format, pending, otherwise)
                        : otherwise.resume(input, sink);
            }
            if (!Header.isInNode(next) || isTooLong()) {
                return otherwise.resume(input, sink);
            }
        }
        return this;
    }

    private boolean isTooLong() {
        return pending.size() > format.header().length() + LogFormat.LONGEST_LINE;
    }

    @Override
    public LogState end(Sink sink) {
        pending.releaseOwn(sink);
        return this;
    }

    @Override
    public LogState settle(Sink sink) {
        return this;
    }
}
