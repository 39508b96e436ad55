package io.interlinkgateway.log.feed;

import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.record.JobRecord;
import java.util.Optional;

/// When a job's log begins and when it is complete.
final class EndOfLog {

    /// How a followed log stopped.
    enum Cause {
        /// The node ended it, as it does when the container has ended, and when the plugin is restarted.
        NODE,
        /// The gateway closed it, because the job is reported to have ended. The node never ends the log of a job that
        /// SLURM killed.
        GATEWAY
    }

    private EndOfLog() {}

    /// @param state a job's state
    /// @return false if its containers have certainly not run
    static boolean mayHaveOutput(JobState state) {
        return switch (state) {
            case JobState.Queued queued ->
                    switch (queued.reason()) {
                        case IN_HPC_QUEUE, REQUEUED -> true;
                        case NODE_FULL, NODE_NOT_READY, SECRET_MISSING, SUBMITTING -> false;
                    };
            case JobState.Starting _,
                    JobState.Running _,
                    JobState.Succeeded _,
                    JobState.Failed _,
                    JobState.Cancelling _,
                    JobState.Unknown _ ->
                    true;
        };
    }

    /// @param state a job's
    /// @return whether the job is said to have ended. An end that is not confirmed is one for which the log is to be read
    static boolean isClaimed(JobState state) {
        return switch (JobPhase.of(state)) {
            case SUCCEEDED, FAILED, UNKNOWN -> true;
            case QUEUED, STARTING, RUNNING, CANCELLING -> false;
        };
    }

    /// @param record the record in a log that was read to its end
    /// @param times whether the times that the plugin lets bash print stand at that end
    /// @param cause how the log stopped when it was followed
    /// @param state the job's
    /// @return whether nothing will be added to the log
    static boolean isComplete(
            Optional<JobRecord> record, boolean times, Cause cause, JobState state) {
        boolean failed = JobPhase.of(state) == JobPhase.FAILED;
        boolean byNode = cause == Cause.NODE;
        return switch (record.orElse(null)) {
            case null -> failed;
            case JobRecord.Ended _ -> true;
            case JobRecord.Killed _ -> failed;
            case JobRecord.Started _ ->
                    failed || (byNode && (times || JobPhase.of(state) == JobPhase.SUCCEEDED));
            case JobRecord.NoHeader _,
                    JobRecord.Empty _,
                    JobRecord.Contradictory _,
                    JobRecord.OtherPlugin _ ->
                    failed || (byNode && isClaimed(state));
        };
    }
}
