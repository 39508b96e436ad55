package io.interlinkgateway.cluster.watch;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.Job;

/// Reads jobs from the pods of one watch.
interface PodReader {

    /// @param pod any pod
    /// @return whether it is a job
    boolean isJob(Pod pod);

    /// @param pod a job's pod
    /// @return the job as it is now
    Job read(Pod pod);

    /// @param pod a job's pod as it was when it was removed
    /// @return the job, whose cancellation is confirmed or not
    Job readRemoved(Pod pod);

    /// @param pod a job's pod as it was some time before its removal, which was not seen
    /// @return the job, whose cancellation is confirmed or not
    Job readMissed(Pod pod);
}
