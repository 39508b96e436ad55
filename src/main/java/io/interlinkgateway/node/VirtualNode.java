package io.interlinkgateway.node;

import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Quantity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A virtual node as it is now.
///
/// @param name its name
/// @param type `virtual-kubelet` or `sandbox`
/// @param ready whether it takes jobs
/// @param reason why it isn't ready, or what it last said
/// @param capacity what the HPC has, by Kubernetes' resource names
/// @param allocatable what pods may ask for
/// @param accelerators the models it names, by their label (`nvidia-gpu-type`: `A100`)
/// @param taints what keeps pods away
/// @param lastPing when the virtual kubelet last heard from the HPC, if it says so
/// @param labels by which pods select it
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

    /// The taint that every interLink node has, and every job tolerates.
    public static final String INTERLINK_TAINT = "virtual-node.interlink/no-schedule";

    /// Copies the collections.
    public VirtualNode {
        capacity = Map.copyOf(capacity);
        allocatable = Map.copyOf(allocatable);
        accelerators = Map.copyOf(accelerators);
        taints = List.copyOf(taints);
        labels = Map.copyOf(labels);
    }

    /// What keeps pods away that do not tolerate it.
    ///
    /// @param key its key
    /// @param value its value, may be empty
    /// @param effect `NoSchedule`, `PreferNoSchedule` or `NoExecute`
    public record Taint(String key, String value, String effect) {}
}
