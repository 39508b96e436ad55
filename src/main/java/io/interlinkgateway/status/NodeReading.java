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

/// Reads a virtual node from a Kubernetes node. interLink's reason for the condition Ready is always
/// "KubeletPending"; the actual reason is in interLink's own condition, `InterlinkConnectivity`.
final class NodeReading {

    private static final List<String> ACCELERATORS =
            List.of("nvidia-gpu-type", "xilinx-fpga-type", "intel-fpga-type");

    private static final Set<String> UNREADY =
            Set.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable");

    /// Three ping intervals.
    private static final Duration LOST_AFTER = Duration.ofSeconds(90);

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
                        ready.filter(NodeReading::isTrue).isPresent()
                                && connectivity.map(NodeReading::isTrue).orElse(true),
                        connectivity
                                .or(() -> ready)
                                .map(NodeReading::described)
                                .orElse("The node reports no conditions."),
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

    /// The virtual kubelet updates all conditions at each ping, every 30 s, whether the HPC answers or not
    /// (recordings `node-ready`, `node-plugin-down`). So an old heartbeat means that the virtual kubelet stopped
    /// reporting. The time since which the HPC does not answer is only in the taint that Kubernetes then added to the
    /// node.
    static Optional<Instant> lostContactAt(Node node, Instant now) {
        Optional<NodeCondition> ping =
                condition(node, "InterlinkConnectivity").or(() -> condition(node, "Ready"));
        Optional<Instant> heartbeat =
                ping.flatMap(condition -> ModelFields.instant(condition.getLastHeartbeatTime()));
        if (ping.filter(NodeReading::isTrue).isPresent()) {
            return heartbeat.filter(last -> last.plus(LOST_AFTER).isBefore(now));
        }
        return Stream.concat(unreadyTaintTimes(node), heartbeat.stream())
                .min(Comparator.naturalOrder());
    }

    private static Stream<Instant> unreadyTaintTimes(Node node) {
        return node.getSpec() == null
                ? Stream.empty()
                : ModelFields.orEmpty(node.getSpec().getTaints()).stream()
                        .filter(taint -> taint.getKey() != null && UNREADY.contains(taint.getKey()))
                        .flatMap(taint -> ModelFields.instant(taint.getTimeAdded()).stream());
    }

    private static boolean isTrue(NodeCondition condition) {
        return "True".equals(condition.getStatus());
    }

    private static String described(NodeCondition condition) {
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
                    } catch (InvalidValueException _) {
                        amounts.remove(name);
                    }
                });
        return amounts;
    }
}
