package io.interlinkgateway.pod;

import io.interlinkgateway.failure.Checked;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.job.Replacement;
import java.util.List;
import java.util.Optional;

/// Reads and deletes jobs, and creates them from their pods.
///
/// Every method throws [GatewayException.ClusterUnavailable] if the cluster does not respond within the configured
/// deadline, and [GatewayException.ClusterRefused] if it responds with an unexpected error.
public interface JobStore extends Jobs {

    /// Creates the job's pod. If a pod with that name and the same definition exists, it is the job.
    ///
    /// @param job what to create
    /// @return the job, and whether this call created it
    /// @throws GatewayException.NameTaken if another job has the name
    /// @throws GatewayException.IdempotencyKeyReused if the key was used for a job with another name or definition
    /// @throws GatewayException.StillTerminating if a job with that name is being deleted
    /// @throws GatewayException.Rejected if the cluster refuses the pod as invalid
    Submission submit(PlacedJob job);

    /// Deletes the job with that name, if there is one, waits until its pod is removed, and creates the new one. A
    /// job with the same definition that has not ended and is not being deleted is kept, unless a restart is
    /// requested. A repeat with the same Idempotency-Key replaces nothing.
    ///
    /// @param job what to create
    /// @param replacement which job may be replaced
    /// @return the job, and whether this call created it
    /// @throws GatewayException.OtherJob if the job with that name may not be replaced, or does not exist
    /// @throws GatewayException.IdempotencyKeyReused if the key was used for a job with another name or definition;
    ///     the old job is then unchanged
    /// @throws GatewayException.StillTerminating if the old pod is not removed within the configured deadline
    /// @throws GatewayException.Rejected if the cluster refuses the pod as invalid; the old job is then unchanged
    Submission replace(PlacedJob job, Replacement replacement);

    /// The existing job, if a replacement keeps it (see [#replace]).
    ///
    /// @param job the job to be created; it need not have passed the checks
    /// @param replacement which job may be replaced
    /// @return the job with that name, if it was created with the same Idempotency-Key, or has the same definition
    ///     and is kept
    /// @throws GatewayException.OtherJob if the job with that name may not be replaced, or does not exist
    /// @throws GatewayException.IdempotencyKeyReused if the key was used for a job with another definition
    Optional<Job> staying(TranslatedJob job, Replacement replacement);

    /// The job that an earlier attempt of the same request created.
    ///
    /// @param job the job to be created; it need not have passed the checks
    /// @return the job with that name, if it has the same definition and is not being deleted, or was created with
    ///     the same Idempotency-Key
    /// @throws GatewayException.IdempotencyKeyReused if the key was used for a job with another definition
    Optional<Job> repeated(TranslatedJob job);

    /// What [#submit] would create.
    ///
    /// @param job the job to try; it need not have passed the checks
    /// @return the pod and the lines that SLURM would read; or the cluster's findings, if it refuses the pod as
    ///     invalid
    Checked<Preview> preview(TranslatedJob job);

    /// A job, and whether the call created it.
    ///
    /// @param job the job
    /// @param created false if it existed before
    record Submission(Job job, boolean created) {}

    /// What would be created.
    ///
    /// @param manifest the pod as YAML
    /// @param batchLines the `#SBATCH` lines that the SLURM plugin will write, without those for its own files
    record Preview(String manifest, List<String> batchLines) {}
}
