package io.interlinkgateway.record;

import java.util.Optional;

/// Reads one container's log, as interLink's SLURM plugin returns it, from its beginning. It separates the
/// job's bytes from the plugin's and SLURM's, and finds what the latter report about the job.
///
/// The plugin returns the job's file `job.out` and then what the container wrote. `job.out` has, in this order,
/// the output of what runs before the containers (which is the job's as well), and the record: a header with
/// the pod's UID and SLURM's job id, lines about each container, the end of the script, and SLURM's messages
/// if it killed the job. While the job runs the record grows, in the middle of the log. After the container's
/// output come the three lines of bash's `time`. A log that was followed from before the container's start has
/// no `job.out`; it starts with the plugin's retry messages, which have no trailing newline.
///
/// A container can print all of this as well. Only the first header counts, then only lines in the plugin's
/// order with the job's own names and process ids, up to the first line that does not match. So a running job
/// can forge its own end, and so can a job whose record is cut short. Rely on an end only if the plugin ends a
/// log request with `follow=true` of each container by itself, and on a kill only if the pod's status reports
/// an end as well.
///
/// The job's bytes are the same in each later reading of the log, however much longer the record is by then.
/// Not thread-safe.
public final class PluginLog {

    /// Gets the bytes of the log, each once and in their order. An array is valid only during the call.
    public interface Sink {

        /// [PluginLog#isInOutput] is true if these bytes are the container's.
        ///
        /// @param bytes has bytes that the job wrote
        /// @param from the first of them
        /// @param to after the last of them
        void own(byte[] bytes, int from, int to);

        /// @param bytes has bytes that the plugin or SLURM wrote
        /// @param from the first of them
        /// @param to after the last of them
        void plugin(byte[] bytes, int from, int to);
    }

    private final boolean preExec;
    private final LookaheadBuffer pending = new LookaheadBuffer();
    private LogState state;
    private boolean empty = true;

    private PluginLog(LogFormat format) {
        this.preExec = format.hasPreExec();
        this.state = new LineStart(format, pending);
    }

    /// A reader at the beginning of a container's log.
    ///
    /// @param job the job
    /// @param container the container's name
    /// @return the reader, before the first byte
    public static PluginLog of(LogContext job, String container) {
        return new PluginLog(new LogFormat(job, container));
    }

    /// Reads the next bytes.
    ///
    /// @param bytes has the bytes, cut anywhere
    /// @param from the first of them
    /// @param to after the last of them
    /// @param sink gets the bytes whose origin is clear by now; at most some thousand bytes stay pending
    public void read(byte[] bytes, int from, int to, Sink sink) {
        empty &= from == to;
        Input input = new Input(bytes, from, to);
        while (input.hasNext()) {
            state = state.read(input, sink);
        }
    }

    /// Ends the log.
    ///
    /// @param sink gets all bytes that are pending
    public void end(Sink sink) {
        state = state.end(sink);
    }

    /// Reports that no bytes came for a moment. The plugin's lines and the times come whole, so a line end that
    /// is pending is the job's.
    ///
    /// @param sink gets that line end
    public void pause(Sink sink) {
        state = state.pause(sink);
    }

    /// Reports that no bytes came for so long that the log, which is being followed, is not at its end. So all
    /// bytes that are pending are the job's, unless they begin a header.
    ///
    /// @param sink gets these bytes
    public void settle(Sink sink) {
        state = state.settle(sink);
    }

    /// Whether the record has begun.
    ///
    /// @return true once the whole header was read
    public boolean isHeaded() {
        return state.isHeaded();
    }

    /// Whether the job's bytes that come now are the container's output.
    ///
    /// @return false if they are the output of what runs before the containers
    public boolean isInOutput() {
        return state.isInOutput();
    }

    /// Whether the bytes so far may be the output of what runs before the containers, with a record to follow.
    ///
    /// @return false if the job has no pre-exec, or if the record has begun
    public boolean mayBePreparing() {
        return preExec && !isInOutput();
    }

    /// What the record contains so far.
    ///
    /// @return empty if the log is empty so far
    public Optional<JobRecord> record() {
        return empty ? Optional.empty() : Optional.of(state.record());
    }

    /// Whether the rest of the log can't change the record.
    ///
    /// @return true if the rest need not be read for the record
    public boolean isDecided() {
        return state.isDecided();
    }

    /// @return how many bytes are pending until their origin is clear
    int pending() {
        return pending.size();
    }
}
