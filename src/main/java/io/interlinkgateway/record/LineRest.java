package io.interlinkgateway.record;

import io.interlinkgateway.record.PluginLog.Sink;

/// No header was found yet, and the line is the job's: only a header can still be in it. The pending bytes are
/// those that may begin one.
final class LineRest implements LogState {

    private final LogFormat format;
    private final LookaheadBuffer pending;
    private final BytePattern.Search header;
    private final LineStart nextLine;

    LineRest(
            LogFormat format,
            LookaheadBuffer pending,
            BytePattern.Search header,
            LineStart nextLine) {
        this.format = format;
        this.pending = pending;
        this.header = header;
        this.nextLine = nextLine;
    }

    @Override
    public LogState read(Input input, Sink sink) {
        byte[] bytes = input.bytes();
        int from = input.at();
        int searched = header.matched() == 0 ? indexOfHeaderOrLineEnd(input) : from;
        int lineEnd = searched;
        while (lineEnd < input.end() && bytes[lineEnd] != '\n') {
            lineEnd++;
        }
        int headerEnd = header.endOfNext(bytes, searched, lineEnd);
        if (headerEnd != BytePattern.NOT_FOUND) {
            pending.releaseOwnBut(header.length(), bytes, from, headerEnd, sink);
            input.skipTo(headerEnd);
            return new HeaderNode(format, pending, this);
        }
        if (lineEnd == input.end()) {
            pending.releaseOwnBut(header.matched(), bytes, from, lineEnd, sink);
            input.skipTo(lineEnd);
            return this;
        }
        header.restart();
        pending.releaseOwnBut(0, bytes, from, lineEnd + 1, sink);
        input.skipTo(lineEnd + 1);
        return nextLine;
    }

    private int indexOfHeaderOrLineEnd(Input input) {
        byte[] bytes = input.bytes();
        byte first = format.header().first();
        int end = input.end();
        int at = input.at();
        while (at < end && bytes[at] != '\n' && bytes[at] != first) {
            at++;
        }
        return at;
    }

    /// What was found was not the plugin's header. That one may be in the bytes that were read after it.
    LogState resume(Input input, Sink sink) {
        header.restart();
        pending.releaseOwn(header.length(), sink);
        input.replay(pending.take());
        return this;
    }

    @Override
    public LogState end(Sink sink) {
        pending.releaseOwn(sink);
        return this;
    }

    @Override
    public LogState settle(Sink sink) {
        header.restart();
        pending.releaseOwn(sink);
        return this;
    }
}
