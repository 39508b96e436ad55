package io.interlinkgateway.job;

import io.interlinkgateway.failure.GatewayException;
import java.util.Optional;
import java.util.Set;

/// Reads and deletes jobs. A job exists only as its pod; nothing else is stored. Creating a job requires its pod, so
/// that part of the port is in the package `pod`, with the translation.
///
/// Every method throws [GatewayException.ClusterUnavailable] if the cluster does not respond within the configured
/// deadline, and [GatewayException.ClusterRefused] if it responds with an unexpected error.
public interface Jobs {

    /// @param workspace the job's workspace
    /// @param name the job's name
    /// @return the job, or nothing if there is none
    Optional<Job> find(Workspace workspace, JobName name);

    /// @param query which jobs
    /// @return a page of jobs, which may have fewer than the limit although there are more
    /// @throws GatewayException.CursorExpired if the cursor is not valid
    JobPage list(JobQuery query);

    /// Counts jobs without reading their definitions.
    ///
    /// @param filter which jobs
    /// @param most the number at which to stop, 1 or more
    /// @return how many there are, at most `most`
    int count(JobFilter filter, int most);

    /// @param workspace the job's workspace
    /// @param name the job's name
    /// @return the present pod as YAML, or nothing if there is none
    Optional<String> manifest(Workspace workspace, JobName name);

    /// Deletes a job, with the default grace period.
    ///
    /// @param workspace the job's workspace
    /// @param name the job's name
    /// @return as [#delete(Workspace, JobName, Set, Optional)]
    default Optional<Job> delete(Workspace workspace, JobName name) {
        return delete(workspace, name, Set.of(), Optional.empty());
    }

    /// Deletes a job.
    ///
    /// @param workspace the job's workspace
    /// @param name the job's name
    /// @param uids the UIDs of the jobs that may be deleted; empty for any
    /// @param gracePeriod how long the pod stays; empty for the default
    /// @return the job with its cancellation, while it is being deleted; the job as it was last known, if it was
    ///     removed and this process knows it but not that it ended on the HPC; nothing if its end is confirmed, or no
    ///     job of that name is known
    /// @throws GatewayException.OtherJob if the job has another UID, or does not exist
    Optional<Job> delete(
            Workspace workspace, JobName name, Set<String> uids, Optional<GracePeriod> gracePeriod);

    /// Deletes the pod of a job that has ended, because its time is over. No caller asks for that, so it does not count as
    /// reading the workspace.
    ///
    /// @param workspace the job's workspace
    /// @param name the job's name
    /// @param uid the job's UID
    /// @throws GatewayException.OtherJob if the job has another UID, or does not exist
    void expire(Workspace workspace, JobName name, String uid);
}
