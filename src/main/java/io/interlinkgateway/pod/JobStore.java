package io.interlinkgateway.pod;

import io.interlinkgateway.failure.Checked;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.job.Replacement;
import java.util.List;
import java.util.Optional;

/// Where jobs are kept, with what creates them from their pods.
///
/// Every method throws [GatewayException.ClusterUnavailable] when the cluster gives no answer within the
/// configured deadline, and [GatewayException.ClusterRefused] when it gives one that makes no sense.
public interface JobStore extends Jobs {

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
    /// @param job what was to be created, whether or not it passes the checks now
    /// @param replacement which job may be replaced
    /// @return the job of that name, if it was made by the same Idempotency-Key, or is what is wanted and goes on
    /// @throws GatewayException.OtherJob if the name is not a job's that may be replaced
    /// @throws GatewayException.IdempotencyKeyReused if the key made another job of that name
    Optional<Job> staying(TranslatedJob job, Replacement replacement);

    /// The job that an earlier repeat of the same request made.
    ///
    /// @param job what was to be created, whether or not it passes the checks now
    /// @return the job, if one of that name was made from the same definition and is not going away, or by the
    ///     same Idempotency-Key
    /// @throws GatewayException.IdempotencyKeyReused if the key made another job of that name
    Optional<Job> repeated(TranslatedJob job);

    /// What [#submit] would create.
    ///
    /// @param job what to try, whether or not it passes the checks now
    /// @return the pod and the lines that SLURM would read, unless the cluster finds the pod invalid; the findings
    ///     are the cluster's own
    Checked<Preview> preview(TranslatedJob job);

    /// A job, and whether the call made it.
    ///
    /// @param job the job
    /// @param created false if it was there before
    record Submission(Job job, boolean created) {}

    /// What would be created.
    ///
    /// @param manifest the pod as YAML
    /// @param batchLines the `#SBATCH` lines that the SLURM plugin will write, without those for its own files
    record Preview(String manifest, List<String> batchLines) {}
}
