package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.pod.Circumstances;
import io.interlinkgateway.pod.PodReading;
import java.time.Instant;

/// Reads jobs from pods, with what this gateway knows beside them.
final class JobReading {

    private final WatchedNodes nodes;
    private final MissingSecrets secrets;

    JobReading(WatchedNodes nodes, MissingSecrets secrets) {
        this.nodes = nodes;
        this.secrets = secrets;
    }

    /// @param pod a job's
    /// @param observedAt when it was known to be so
    Job read(Pod pod, Instant observedAt) {
        return PodReading.jobFrom(
                pod,
                new Circumstances(
                        observedAt,
                        secrets.missingFor(pod),
                        PodReading.nodeOf(pod).flatMap(nodes::lostContactAt)));
    }
}
