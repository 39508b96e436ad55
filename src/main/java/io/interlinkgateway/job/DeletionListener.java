package io.interlinkgateway.job;

/// Called before this gateway deletes a job's pod, after which its log can no longer be read.
@FunctionalInterface
public interface DeletionListener {

    /// Does nothing.
    DeletionListener NONE = _ -> {};

    /// Saves what would be lost. The deletion waits until this returns, which is after 10 s at most, and does not depend
    /// on its success.
    ///
    /// @param job the job as it is now, with its definition
    void beforeDeletion(Job job);
}
