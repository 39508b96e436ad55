package io.interlinkgateway.cluster.watch;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.status.ClusterFacts;
import io.interlinkgateway.status.PodReading;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// Decides which pods are jobs, and reads jobs from them with the known facts about their nodes and references.
public final class JobReading {

    private final JobSources sources;

    /// @param sources what is known of the jobs besides their pods
    JobReading(JobSources sources) {
        this.sources = sources;
    }

    /// @param pod any pod
    /// @return whether the gateway shows it as a job
    public boolean isJob(Pod pod) {
        return PodReading.isJob(pod, sources.nodes()::has);
    }

    /// @param pod a job's pod
    /// @param observedAt when the pod was known to be in this state
    public Job read(Pod pod, Instant observedAt) {
        return PodReading.jobFrom(pod, facts(pod, observedAt));
    }

    /// @param pod a job's pod as it was when it was removed
    /// @param removedAt when it was known to be removed
    /// @return the job, whose cancellation is confirmed or not
    public Job readRemoved(Pod pod, Instant removedAt) {
        return PodReading.removedJobFrom(pod, facts(pod, removedAt));
    }

    /// @param pod a job's pod as it was some time before it was removed
    /// @param missedAt when it was known to be removed
    /// @return the job, whose cancellation is confirmed or not
    public Job readMissed(Pod pod, Instant missedAt) {
        return PodReading.missedJobFrom(pod, facts(pod, missedAt));
    }

    private ClusterFacts facts(Pod pod, Instant observedAt) {
        Optional<NodeName> node = PodReading.nodeOf(pod);
        return new ClusterFacts(
                observedAt,
                sources.missing().missingFor(pod),
                node.flatMap(sources.nodes()::lostContactAt),
                sources.records().observedAt(pod),
                node.flatMap(sources.nodes()::find).map(VirtualNode::allocatable).orElse(Map.of()),
                node.flatMap(name -> hpcJob(name, pod)));
    }

    private Optional<HpcJob> hpcJob(NodeName node, Pod pod) {
        return sources.hpcs().find(node, pod.getMetadata().getUid(), PodReading.remoteJobIdOf(pod));
    }
}
