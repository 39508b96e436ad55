package io.interlinkgateway.record;

import io.interlinkgateway.record.PluginLog.Sink;

/// The output after the job's record.
final class OutputAfterRecord extends Output {

    private enum Certainty {
        /// Nothing can come before the plugin's record: this is it.
        CERTAIN,
        /// What runs before the containers can have printed the record. If so, the plugin's own is in what was
        /// taken for the output.
        OPEN,
        /// There are several records.
        CONTRADICTORY
    }

    private final RecordGrammar grammar;
    private final FirstOutput firstOutput;
    private final BytePattern.Search secondHeader;
    private Certainty certainty;

    private OutputAfterRecord(
            LogFormat format, LookaheadBuffer pending, RecordGrammar grammar, Certainty certainty) {
        super(pending);
        this.grammar = grammar;
        this.firstOutput = format.firstOutput(grammar.firstFailure());
        this.secondHeader = format.header().search();
        this.certainty = certainty;
    }

    /// @param grammar what was read of the record
    static OutputAfterRecord of(LogFormat format, LookaheadBuffer pending, RecordGrammar grammar) {
        return new OutputAfterRecord(
                format, pending, grammar, format.hasPreExec() ? Certainty.OPEN : Certainty.CERTAIN);
    }

    /// @param grammar what was read of the first of several records
    static OutputAfterRecord ofSeveral(
            LogFormat format, LookaheadBuffer pending, RecordGrammar grammar) {
        return new OutputAfterRecord(format, pending, grammar, Certainty.CONTRADICTORY);
    }

    @Override
    void observe(byte[] bytes, int from, int to) {
        if (certainty == Certainty.OPEN
                && secondHeader.endOfNext(bytes, from, to) != BytePattern.NOT_FOUND) {
            certainty = Certainty.CONTRADICTORY;
        }
    }

    @Override
    Sink observed(Sink sink) {
        return firstOutput.before(sink);
    }

    @Override
    public boolean isHeaded() {
        return true;
    }

    @Override
    public boolean isDecided() {
        return certainty != Certainty.OPEN && !firstOutput.isKept();
    }

    @Override
    public JobRecord record() {
        return switch (certainty) {
            case CERTAIN, OPEN -> grammar.record(firstOutput.fault());
            case CONTRADICTORY -> new JobRecord.Contradictory();
        };
    }
}
