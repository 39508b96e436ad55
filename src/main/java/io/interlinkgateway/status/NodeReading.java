package io.interlinkgateway.status;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Quantity;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.pod.ModelFields;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// From a node to the virtual node that it is. interLink's reason for Ready is always "KubeletPending"; what
/// happened stands in its own condition, `InterlinkConnectivity`.
final class NodeReading {

    private static final List<String> ACCELERATORS =
            List.of("nvidia-gpu-type", "xilinx-fpga-type", "intel-fpga-type");

    private static final Set<String> UNREADY =
            Set.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable");

    /// Three pings.
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(90);

    private NodeReading() {}

    static Optional<VirtualNode> nodeFrom(Node node) {
        if (node.getMetadata() == null || node.getMetadata().getName() == null) {
            return Optional.empty();
        }
        Map<String, String> labels = ModelFields.orEmpty(node.getMetadata().getLabels());
        String type = labels.get(MetadataNames.NODE_TYPE);
        if (type == null) {
            return Optional.empty();
        }
        Optional<NodeCondition> ready = condition(node, "Ready");
        Optional<NodeCondition> connectivity = condition(node, "InterlinkConnectivity");
        NodeStatus status = Objects.requireNonNullElseGet(node.getStatus(), NodeStatus::new);
        return Optional.of(
                new VirtualNode(
                        new NodeName(node.getMetadata().getName()),
                        type,
                        ready.filter(NodeReading::holds).isPresent()
                                && connectivity.map(NodeReading::holds).orElse(true),
                        connectivity
                                .or(() -> ready)
                                .map(NodeReading::told)
                                .orElse("The node says nothing of itself."),
                        amounts(status.getCapacity()),
                        amounts(status.getAllocatable()),
                        accelerators(labels),
                        taints(node),
                        connectivity
                                .or(() -> ready)
                                .flatMap(condition ->
                                        ModelFields.instant(condition.getLastHeartbeatTime())),
                        labels));
    }

    /// The virtual kubelet writes all conditions anew at each ping, every 30 s, whether the HPC answers or not
    /// (recordings `node-ready`, `node-plugin-down`). So an old ping means that the virtual kubelet is silent;
    /// and since when the HPC is, only the taint says that Kubernetes then gave the node.
    static Optional<Instant> lostContactAt(Node node, Instant now) {
        Optional<NodeCondition> ping =
                condition(node, "InterlinkConnectivity").or(() -> condition(node, "Ready"));
        Optional<Instant> pinged =
                ping.flatMap(condition -> ModelFields.instant(condition.getLastHeartbeatTime()));
        if (ping.filter(NodeReading::holds).isPresent()) {
            return pinged.filter(last -> last.plus(LONGEST_SILENCE).isBefore(now));
        }
        return Stream.concat(unreadySince(node), pinged.stream()).min(Comparator.naturalOrder());
    }

    private static Stream<Instant> unreadySince(Node node) {
        return node.getSpec() == null
                ? Stream.empty()
                : ModelFields.orEmpty(node.getSpec().getTaints()).stream()
                        .filter(taint -> taint.getKey() != null && UNREADY.contains(taint.getKey()))
                        .flatMap(taint -> ModelFields.instant(taint.getTimeAdded()).stream());
    }

    private static boolean holds(NodeCondition condition) {
        return "True".equals(condition.getStatus());
    }

    private static String told(NodeCondition condition) {
        return Objects.requireNonNullElse(condition.getReason(), "")
                + ": "
                + Objects.requireNonNullElse(condition.getMessage(), "");
    }

    private static Optional<NodeCondition> condition(Node node, String type) {
        return node.getStatus() == null
                ? Optional.empty()
                : ModelFields.orEmpty(node.getStatus().getConditions()).stream()
                        .filter(condition -> type.equals(condition.getType()))
                        .findFirst();
    }

    private static List<VirtualNode.Taint> taints(Node node) {
        return node.getSpec() == null
                ? List.of()
                : ModelFields.orEmpty(node.getSpec().getTaints()).stream()
                        .filter(taint -> taint.getKey() != null && taint.getEffect() != null)
                        .map(taint ->
                                new VirtualNode.Taint(
                                        taint.getKey(),
                                        Objects.requireNonNullElse(taint.getValue(), ""),
                                        taint.getEffect()))
                        .toList();
    }

    private static Map<String, String> accelerators(Map<String, String> labels) {
        Map<String, String> models = new LinkedHashMap<>(labels);
        models.keySet().retainAll(ACCELERATORS);
        return models;
    }

    private static Map<String, Quantity> amounts(
            @Nullable Map<String, io.fabric8.kubernetes.api.model.Quantity> quantities) {
        Map<String, Quantity> amounts = new LinkedHashMap<>();
        ModelFields.orEmpty(quantities)
                .forEach((name, quantity) -> {
                    try {
                        amounts.put(name, new Quantity(quantity.toString()));
                    } catch (InvalidValueException notAnAmount) {
                        amounts.remove(name);
                    }
                });
        return amounts;
    }
}
