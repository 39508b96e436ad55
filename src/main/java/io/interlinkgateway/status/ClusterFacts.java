package io.interlinkgateway.status;

import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.MissingObject;
import io.interlinkgateway.job.Quantity;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// What the cluster shows about a job in addition to its pod, at the time the pod was read.
///
/// @param observedAt when the pod was read
/// @param missing a missing Secret or ConfigMap that the pod waits for; empty if there is none or this was not
///     checked
/// @param lostContactAt the time of the node's last report, if the node has lost contact; empty if it is in contact
///     or this was not checked
/// @param recordObservedAt the last time at which this gateway knew that the job's record is as the pod has it; empty
///     if it does not watch the record
/// @param allocatable the total resources that the job's node offers to pods, by Kubernetes' resource names; empty if
///     unknown
/// @param hpc what SLURM reports of the job, if its node has a slurmrestd
public record ClusterFacts(
        Instant observedAt,
        Optional<MissingObject> missing,
        Optional<Instant> lostContactAt,
        Optional<Instant> recordObservedAt,
        Map<String, Quantity> allocatable,
        Optional<HpcJob> hpc) {

    /// Copies the amounts.
    public ClusterFacts {
        allocatable = Map.copyOf(allocatable);
    }

    /// Facts without the node's resources.
    ///
    /// @param observedAt when the pod was read
    /// @param missing a missing Secret or ConfigMap that the pod waits for
    /// @param lostContactAt the time of the node's last report, if the node has lost contact
    public ClusterFacts(
            Instant observedAt, Optional<MissingObject> missing, Optional<Instant> lostContactAt) {
        this(observedAt, missing, lostContactAt, Optional.empty(), Map.of(), Optional.empty());
    }

    /// No facts other than the time.
    ///
    /// @param observedAt when the pod was read
    /// @return the time alone
    public static ClusterFacts at(Instant observedAt) {
        return new ClusterFacts(observedAt, Optional.empty(), Optional.empty());
    }
}
