package io.interlinkgateway.record;

import io.interlinkgateway.record.PluginLog.Sink;

/// No header was found yet, and the pending bytes begin a line: they may become a retry message, or a SLURM
/// message about what runs before the containers.
final class LineStart implements LogState {

    private final LogFormat format;
    private final LookaheadBuffer pending;
    private final BytePattern.Search header;
    private final LineRest rest;

    /// Those that directly precede the pending bytes: with any output after them the job was not killed.
    private SlurmMessages slurm;

    LineStart(LogFormat format, LookaheadBuffer pending) {
        this.format = format;
        this.pending = pending;
        this.header = format.header().search();
        this.rest = new LineRest(format, pending, header, this);
        this.slurm = format.slurmMessages();
    }

    @Override
    public LogState read(Input input, Sink sink) {
        while (input.hasNext()) {
            byte next = input.next();
            pending.add(next);
            if (pending.endsOccurrence(header)) {
                pending.releaseOwn(pending.size() - format.header().length(), sink);
                return header();
            }
            if (format.retryMessage().is(pending)) {
                pending.releasePlugins(sink);
                return new RetryMessages(
                        format, pending, new OutputWithoutRecord(format, pending, slurm));
            }
            if (next == '\n') {
                endLine(sink);
            } else if (!format.retryMessage().mayBe(pending) && !mayBeSlurms()) {
                pending.releaseOwn(pending.size() - header.matched(), sink);
                return rest();
            }
        }
        return this;
    }

    private LogState header() {
        slurm = format.slurmMessages();
        return new HeaderNode(format, pending, rest);
    }

    private LogState rest() {
        slurm = format.slurmMessages();
        return rest;
    }

    private boolean mayBeSlurms() {
        return format.hasPreExec()
                && pending.size() < LogFormat.LONGEST_LINE
                && SlurmMessages.mayBe(pending);
    }

    private void endLine(Sink sink) {
        if (format.hasPreExec() && slurm.accepts(pending.line())) {
            pending.releasePlugins(sink);
        } else {
            slurm = format.slurmMessages();
            pending.releaseOwn(sink);
        }
    }

    @Override
    public LogState end(Sink sink) {
        if (!pending.isEmpty()) {
            endLine(sink);
        }
        return this;
    }

    @Override
    public LogState settle(Sink sink) {
        if (pending.isEmpty()) {
            return this;
        }
        header.restart();
        pending.releaseOwn(sink);
        return rest();
    }

    @Override
    public JobRecord record() {
        return slurm.withoutHeader();
    }
}
