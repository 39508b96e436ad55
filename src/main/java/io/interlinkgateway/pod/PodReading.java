package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.node.VirtualNode;
import java.time.Instant;
import java.util.Optional;

/// From what the cluster says to jobs and nodes. Takes anything: missing fields, nulls, unknown phases.
public final class PodReading {

    private PodReading() {}

    /// Whether a pod is a job: whether it is bound, or asks to be, to a virtual node of interLink.
    ///
    /// @param pod any pod
    /// @return true if it tolerates interLink's taint and names a node
    public static boolean isJob(Pod pod) {
        throw new UnsupportedOperationException(pod.toString());
    }

    /// The job that a pod is.
    ///
    /// @param pod any pod
    /// @param observedAt when the pod was read
    /// @return the job
    public static Job jobFrom(Pod pod, Instant observedAt) {
        throw new UnsupportedOperationException(pod.toString() + observedAt);
    }

    /// The virtual node that a node is.
    ///
    /// @param node any node
    /// @return nothing if it is no virtual node of interLink
    public static Optional<VirtualNode> nodeFrom(Node node) {
        throw new UnsupportedOperationException(node.toString());
    }
}
