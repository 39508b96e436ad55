package io.interlinkgateway.job;

import io.interlinkgateway.failure.GatewayException;
import java.util.Optional;
import java.util.Set;

/// Where jobs are kept, to read and to end them. A job is its pod: there is no other record of it. Who creates jobs
/// needs their pods, so that half of the port is beside the translation, in `pod`.
///
/// Every method throws [GatewayException.ClusterUnavailable] when the cluster gives no answer within the
/// configured deadline, and [GatewayException.ClusterRefused] when it gives one that makes no sense.
public interface Jobs {

    /// @param workspace where to look
    /// @param name the job's name
    /// @return the job, unless there is none
    Optional<Job> find(Workspace workspace, JobName name);

    /// @param query which jobs
    /// @return a page of them, which may hold fewer than the limit although there are more
    /// @throws GatewayException.CursorExpired if the cursor can't be used
    JobPage list(JobQuery query);

    /// Counts jobs without reading them whole.
    ///
    /// @param filter which jobs
    /// @param most where to stop, 1 or more
    /// @return how many there are, at most that
    int count(JobFilter filter, int most);

    /// @param workspace where to look
    /// @param name the job's name
    /// @return the live pod as YAML, unless there is none
    Optional<String> manifest(Workspace workspace, JobName name);

    /// Asks for the job's end.
    ///
    /// @param workspace where to look
    /// @param name the job's name
    /// @return the job as it goes away, or nothing when it is gone already
    default Optional<Job> delete(Workspace workspace, JobName name) {
        return delete(workspace, name, Set.of());
    }

    /// As [#delete(Workspace, JobName)], but ends no other job than those that are meant.
    ///
    /// @param workspace where to look
    /// @param name the job's name
    /// @param meant the UIDs of the jobs that may be ended; empty for any
    /// @return the job as it goes away, or nothing when it is gone already
    /// @throws GatewayException.OtherJob if the name is another job's, or no job's
    Optional<Job> delete(Workspace workspace, JobName name, Set<String> meant);
}
