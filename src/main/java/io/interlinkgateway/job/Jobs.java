package io.interlinkgateway.job;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Where jobs are kept. A job is its pod: there is no other record of it.
///
/// Every method throws [GatewayException.ClusterUnavailable] when the cluster gives no answer within the
/// configured deadline, and [GatewayException.ClusterRefused] when it gives one that makes no sense.
public interface Jobs {

    /// Creates the job's pod, once. If a pod of that name exists, compares: the same definition is the same
    /// job.
    ///
    /// @param job what to create
    /// @return the job, and whether this call made it
    /// @throws GatewayException.NameTaken if another job has the name
    /// @throws GatewayException.IdempotencyKeyReused if the key was used for a job of another name or definition
    /// @throws GatewayException.StillTerminating if a job of that name is going away
    /// @throws GatewayException.Rejected if the cluster finds the pod invalid
    Submission submit(PlacedJob job);

    /// Deletes the job of that name, if there is one, waits until its pod is gone, and creates the new one. A job of
    /// the same definition that has not ended and is not going away stays as it is, unless a restart is wanted. A
    /// repeat with the same Idempotency-Key replaces nothing.
    ///
    /// @param job what to create
    /// @param replacement which job may be replaced
    /// @return the job, and whether this call made it
    /// @throws GatewayException.OtherJob if the name is not a job's that may be replaced
    /// @throws GatewayException.IdempotencyKeyReused if the key was used for a job of another name or definition; the
    ///     old job then still stands
    /// @throws GatewayException.StillTerminating if the old pod is not gone within the configured deadline
    /// @throws GatewayException.Rejected if the cluster finds the pod invalid; the old job then still stands
    Submission replace(PlacedJob job, Replacement replacement);

    /// The job that stays in the place of a replacement which can't be made.
    ///
    /// @param job what was to be created
    /// @param replacement which job may be replaced
    /// @return the job of that name, if it was made by the same Idempotency-Key, or is what is wanted and goes on
    /// @throws GatewayException.OtherJob if the name is not a job's that may be replaced
    /// @throws GatewayException.IdempotencyKeyReused if the key made another job of that name
    Optional<Job> staying(PlacedJob job, Replacement replacement);

    /// The job that an earlier repeat of the same request made.
    ///
    /// @param job what was to be created
    /// @return the job, if one of that name was made from the same definition and is not going away, or by the
    ///     same Idempotency-Key
    /// @throws GatewayException.IdempotencyKeyReused if the key made another job of that name
    Optional<Job> repeated(PlacedJob job);

    /// What [#submit] would create.
    ///
    /// @param job what to try
    /// @return the pod and the lines that SLURM would read
    /// @throws GatewayException.Rejected if the cluster finds the pod invalid
    Preview preview(PlacedJob job);

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

    /// A job, and whether the call made it.
    ///
    /// @param job the job
    /// @param created false if it was there before
    record Submission(Job job, boolean created) {}

    /// What would be created.
    ///
    /// @param manifest the pod as YAML
    /// @param batchLines the `#SBATCH` lines that the SLURM plugin will write, without those for its own files
    /// @param warnings what the gateway changed or interLink will ignore
    record Preview(String manifest, List<String> batchLines, List<Finding> warnings) {}
}
