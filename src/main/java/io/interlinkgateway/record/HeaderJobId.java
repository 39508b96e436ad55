package io.interlinkgateway.record;

import io.interlinkgateway.record.PluginLog.Sink;

/// The first line of a header is pending; the second line has the job's id.
final class HeaderJobId implements LogState {

    private final LogFormat format;
    private final LookaheadBuffer pending;
    private final LineRest otherwise;
    private final int lineStart;

    /// @param otherwise goes on if this is not a header
    HeaderJobId(LogFormat format, LookaheadBuffer pending, LineRest otherwise) {
        this.format = format;
        this.pending = pending;
        this.otherwise = otherwise;
        this.lineStart = pending.size();
    }

    @Override
    public LogState read(Input input, Sink sink) {
        while (input.hasNext()) {
            byte next = input.next();
            int index = pending.size() - lineStart;
            pending.add(next);
            if (next == '\n') {
                return format.header().hasJobId(pending.line())
                        ? record(sink)
                        : otherwise.resume(input, sink);
            }
            if (!Header.isInHint(index, next) || index > LogFormat.LONGEST_LINE) {
                return otherwise.resume(input, sink);
            }
        }
        return this;
    }

    private LogState record(Sink sink) {
        pending.releasePlugins(sink);
        return new RecordLines(format, pending);
    }

    @Override
    public LogState end(Sink sink) {
        if (format.header().hasJobId(pending.line())) {
            return record(sink);
        }
        pending.releaseOwn(sink);
        return this;
    }

    @Override
    public LogState settle(Sink sink) {
        return this;
    }
}
