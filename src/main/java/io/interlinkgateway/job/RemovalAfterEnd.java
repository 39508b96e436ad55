package io.interlinkgateway.job;

/// Whether this gateway can delete pods some time after their jobs have ended. That requires that logs are archived
/// before.
@FunctionalInterface
public interface RemovalAfterEnd {

    /// @return whether a job spec may have `ttlSecondsAfterFinished`
    boolean isAvailable();
}
