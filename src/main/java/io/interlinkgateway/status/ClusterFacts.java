package io.interlinkgateway.status;

import io.interlinkgateway.job.MissingObject;
import io.interlinkgateway.job.Quantity;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// What is known about a job beside its pod, at the time when the pod was read.
///
/// @param observedAt when the pod was read
/// @param missing what the pod waits for and what does not exist, if that was looked for
/// @param lostContactAt when the job's node was last heard of, if it is silent now; empty if it is in contact
///     or that was not looked for
/// @param recordObservedAt when this gateway last knew that the job's record is as the pod has it; empty if it does not
///     watch the record
/// @param allocatable what the job's node has in all for jobs, by Kubernetes' names, as far as that is known
public record ClusterFacts(
        Instant observedAt,
        Optional<MissingObject> missing,
        Optional<Instant> lostContactAt,
        Optional<Instant> recordObservedAt,
        Map<String, Quantity> allocatable) {

    /// Copies the amounts.
    public ClusterFacts {
        allocatable = Map.copyOf(allocatable);
    }

    /// With nothing known of the node's size.
    ///
    /// @param observedAt when the pod was read
    /// @param missing what the pod waits for and what does not exist
    /// @param lostContactAt when the job's node was last heard of, if it is silent now
    public ClusterFacts(
            Instant observedAt, Optional<MissingObject> missing, Optional<Instant> lostContactAt) {
        this(observedAt, missing, lostContactAt, Optional.empty(), Map.of());
    }

    /// Nothing but the pod.
    ///
    /// @param observedAt when it was read
    /// @return circumstances without any facts
    public static ClusterFacts at(Instant observedAt) {
        return new ClusterFacts(observedAt, Optional.empty(), Optional.empty());
    }
}
