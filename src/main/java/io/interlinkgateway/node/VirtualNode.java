package io.interlinkgateway.node;

import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Quantity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A virtual node with its present state.
///
/// @param name its name
/// @param type `virtual-kubelet` or `sandbox`
/// @param ready whether it accepts jobs
/// @param reason why it is not ready, or its last message
/// @param capacity the HPC's resources, by Kubernetes' resource names
/// @param allocatable the resources that pods may request
/// @param accelerators the models of its accelerators, by label (`nvidia-gpu-type`: `A100`)
/// @param taints its taints
/// @param lastPing the virtual kubelet's last heartbeat, if it has one
/// @param labels its labels, by which pods select it
public record VirtualNode(
        NodeName name,
        String type,
        boolean ready,
        String reason,
        Map<String, Quantity> capacity,
        Map<String, Quantity> allocatable,
        Map<String, String> accelerators,
        List<Taint> taints,
        Optional<Instant> lastPing,
        Map<String, String> labels) {

    /// The taint that every interLink node has and every job tolerates.
    public static final String INTERLINK_TAINT = "virtual-node.interlink/no-schedule";

    /// Copies the collections.
    public VirtualNode {
        capacity = Map.copyOf(capacity);
        allocatable = Map.copyOf(allocatable);
        accelerators = Map.copyOf(accelerators);
        taints = List.copyOf(taints);
        labels = Map.copyOf(labels);
    }

    /// A taint, which excludes pods that do not tolerate it.
    ///
    /// @param key its key
    /// @param value its value, may be empty
    /// @param effect `NoSchedule`, `PreferNoSchedule` or `NoExecute`
    public record Taint(String key, String value, String effect) {}
}
