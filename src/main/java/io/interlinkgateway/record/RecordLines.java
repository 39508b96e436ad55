package io.interlinkgateway.record;

import io.interlinkgateway.record.PluginLog.Sink;
import java.util.Optional;

/// The header was read, and the pending bytes begin a line that may be the record's.
final class RecordLines implements LogState {

    private final LogFormat format;
    private final LookaheadBuffer pending;
    private final RecordGrammar grammar;

    RecordLines(LogFormat format, LookaheadBuffer pending) {
        this.format = format;
        this.pending = pending;
        this.grammar = format.recordGrammar();
    }

    @Override
    public LogState read(Input input, Sink sink) {
        while (input.hasNext()) {
            byte next = input.next();
            pending.add(next);
            if (next == '\n') {
                if (!grammar.accepts(pending.line())) {
                    return isSecondRun()
                            ? OutputAfterRecord.ofSeveral(format, pending, grammar).begin(sink)
                            : output().begin(sink);
                }
                pending.releasePlugins(sink);
            } else if (format.retryMessage().is(pending)) {
                pending.releasePlugins(sink);
                return new RetryMessages(format, pending, output());
            } else if (!mayBeRecords()) {
                return output().begin(sink);
            }
        }
        return this;
    }

    private Output output() {
        return OutputAfterRecord.of(format, pending, grammar);
    }

    /// SLURM may have started the job again, or the job printed the header.
    private boolean isSecondRun() {
        return grammar.mayBeginAgain() && format.header().begins(pending);
    }

    private boolean mayBeRecords() {
        return pending.size() <= LogFormat.LONGEST_LINE
                && (format.retryMessage().mayBe(pending)
                        || format.header().mayBe(pending)
                        || grammar.mayAccept(pending));
    }

    @Override
    public LogState end(Sink sink) {
        if (grammar.accepts(pending.line())) {
            pending.releasePlugins(sink);
        } else {
            pending.releaseOwn(sink);
        }
        return this;
    }

    @Override
    public LogState settle(Sink sink) {
        return pending.isEmpty() ? this : output().begin(sink).settle(sink);
    }

    @Override
    public boolean isHeaded() {
        return true;
    }

    @Override
    public boolean isInOutput() {
        return true;
    }

    @Override
    public JobRecord record() {
        return grammar.record(Optional.empty());
    }
}
