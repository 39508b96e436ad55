package io.interlinkgateway.job;

/// The kind of a [JobState], as it is named in the API.
public enum JobPhase {
    /// See [JobState.Queued].
    QUEUED,
    /// See [JobState.Starting].
    STARTING,
    /// See [JobState.Running].
    RUNNING,
    /// See [JobState.Succeeded].
    SUCCEEDED,
    /// See [JobState.Failed].
    FAILED,
    /// See [JobState.Cancelling].
    CANCELLING,
    /// See [JobState.Unknown].
    UNKNOWN;

    /// @param state any state
    /// @return its kind
    public static JobPhase of(JobState state) {
        return switch (state) {
            case JobState.Queued _ -> QUEUED;
            case JobState.Starting _ -> STARTING;
            case JobState.Running _ -> RUNNING;
            case JobState.Succeeded _ -> SUCCEEDED;
            case JobState.Failed _ -> FAILED;
            case JobState.Cancelling _ -> CANCELLING;
            case JobState.Unknown _ -> UNKNOWN;
        };
    }

    /// @return whether the state is final
    public boolean ended() {
        return this == SUCCEEDED || this == FAILED;
    }
}
