package io.interlinkgateway.record;

import io.interlinkgateway.record.PluginLog.Sink;

/// The output in a log that was followed from before the container's start: it has no record.
final class OutputWithoutRecord extends Output {

    private final SlurmMessages slurm;
    private final boolean preExec;

    /// @param slurm the messages before the output
    OutputWithoutRecord(LogFormat format, LookaheadBuffer pending, SlurmMessages slurm) {
        super(pending);
        this.slurm = slurm;
        this.preExec = format.hasPreExec();
    }

    @Override
    void observe(byte[] bytes, int from, int to) {
        // There is no record that the output could contradict.
    }

    @Override
    Sink observed(Sink sink) {
        return sink;
    }

    @Override
    public boolean isDecided() {
        return !preExec;
    }

    @Override
    public JobRecord record() {
        return slurm.withoutHeader();
    }
}
