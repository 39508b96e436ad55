package io.interlinkgateway.job;

import java.util.Optional;

/// Why a job waits, failed or has an unknown state: all reasons of all states, as they are named in the API.
public enum JobReason {
    /// See [JobState.QueueReason#NODE_FULL].
    NODE_FULL,
    /// See [JobState.QueueReason#NODE_NOT_READY].
    NODE_NOT_READY,
    /// See [JobState.QueueReason#SECRET_MISSING].
    SECRET_MISSING,
    /// See [JobState.QueueReason#SUBMITTING].
    SUBMITTING,
    /// See [JobState.QueueReason#IN_HPC_QUEUE].
    IN_HPC_QUEUE,
    /// See [JobState.QueueReason#REQUEUED].
    REQUEUED,
    /// See [JobState.FailureReason#EXIT_CODE].
    EXIT_CODE,
    /// See [JobState.FailureReason#OUT_OF_MEMORY].
    OUT_OF_MEMORY,
    /// See [JobState.FailureReason#TIME_LIMIT].
    TIME_LIMIT,
    /// See [JobState.FailureReason#CANCELLED_ON_HPC].
    CANCELLED_ON_HPC,
    /// See [JobState.FailureReason#NODE_FAILED].
    NODE_FAILED,
    /// See [JobState.FailureReason#SUBMISSION_REFUSED].
    SUBMISSION_REFUSED,
    /// See [JobState.FailureReason#PRE_EXEC_FAILED].
    PRE_EXEC_FAILED,
    /// See [JobState.FailureReason#IMAGE_UNAVAILABLE].
    IMAGE_UNAVAILABLE,
    /// See [JobState.FailureReason#COMMAND_NOT_FOUND].
    COMMAND_NOT_FOUND,
    /// See [JobState.FailureReason#OTHER].
    OTHER,
    /// See [JobState.UnknownReason#SUCCESS_UNCONFIRMED].
    SUCCESS_UNCONFIRMED,
    /// See [JobState.UnknownReason#CONTRADICTION].
    CONTRADICTION,
    /// See [JobState.UnknownReason#MAY_START_AGAIN].
    MAY_START_AGAIN,
    /// See [JobState.UnknownReason#STATUS_UNREADABLE].
    STATUS_UNREADABLE,
    /// The state is out of date, because the node has lost contact.
    NODE_UNREACHABLE;

    /// @param state any state
    /// @return its reason, if it has one
    public static Optional<JobReason> of(JobState state) {
        return switch (state) {
            case JobState.Queued queued -> Optional.of(of(queued.reason()));
            case JobState.Failed failed -> Optional.of(of(failed.reason()));
            case JobState.Unknown unknown -> Optional.of(of(unknown.reason()));
            case JobState.Starting _,
                    JobState.Running _,
                    JobState.Succeeded _,
                    JobState.Cancelling _ ->
                    Optional.empty();
        };
    }

    /// @param reason why a job waits
    /// @return the same reason
    public static JobReason of(JobState.QueueReason reason) {
        return valueOf(reason.name());
    }

    /// @param reason why a job failed
    /// @return the same reason
    public static JobReason of(JobState.FailureReason reason) {
        return valueOf(reason.name());
    }

    /// @param reason why a job's state is unknown
    /// @return the same reason
    public static JobReason of(JobState.UnknownReason reason) {
        return valueOf(reason.name());
    }
}
