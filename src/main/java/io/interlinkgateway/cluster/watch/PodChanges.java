package io.interlinkgateway.cluster.watch;

import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.job.Job;
import java.util.function.Supplier;

/// Receives what [WatchedPods] find, in the order of each job's changes. The methods must return at once.
interface PodChanges {

    /// The HPC does not have a job yet. Called once for each job.
    ///
    /// @param job the job
    void submitting(Job job);

    /// SLURM reports a job's end before anything else does.
    ///
    /// @param job the job, ended
    void endReportedBySlurm(Job job);

    /// The HPC has a job for which [#submitting] was called, or its pod was removed.
    ///
    /// @param uid its pod's UID
    void settled(String uid);

    /// As [JobObserver#changed].
    void changed(long version, Job job, Supplier<JobObserver.Origin> origin);

    /// As [JobObserver#removed]. While this is called, the job is still found.
    void removed(long version, Job job, Supplier<JobObserver.Origin> origin);

    /// SLURM has confirmed the end of a job since [#removed] was called for it.
    ///
    /// @param version of the removal
    /// @param job the removed job, with the confirmed cancellation
    void endConfirmed(long version, Job job, Supplier<JobObserver.Origin> origin);
}
