package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.pod.HpcRequest.FieldValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether a pod's node selector and required node affinity match a node, by Kubernetes' rules. Preferences and
/// affinities to other pods are ignored.
final class NodeSelection {

    private static final String AFFINITY =
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution";

    private NodeSelection() {}

    /// @param spec a pod's spec
    /// @param node the node to run on
    /// @return the rules that do not match, each with its path
    static List<FieldValue> unmatched(PodSpec spec, VirtualNode node) {
        List<FieldValue> unmatched = new ArrayList<>();
        ModelFields.orEmpty(spec.getNodeSelector())
                .forEach((label, value) -> {
                    if (!Objects.requireNonNullElse(value, "").equals(node.labels().get(label))) {
                        unmatched.add(
                                new FieldValue(
                                        "spec.nodeSelector[" + label + "]", label + "=" + value));
                    }
                });
        if (spec.getAffinity() != null
                && spec.getAffinity().getNodeAffinity() != null
                && spec.getAffinity()
                                .getNodeAffinity()
                                .getRequiredDuringSchedulingIgnoredDuringExecution()
                        != null) {
            List<NodeSelectorTerm> terms =
                    spec.getAffinity()
                            .getNodeAffinity()
                            .getRequiredDuringSchedulingIgnoredDuringExecution()
                            .getNodeSelectorTerms();
            if (terms.stream().noneMatch(term -> matches(term, node))) {
                unmatched.add(new FieldValue(AFFINITY, "what the pod's affinity requires"));
            }
        }
        return unmatched;
    }

    /// A term without requirements matches nothing.
    private static boolean matches(NodeSelectorTerm term, VirtualNode node) {
        return !(term.getMatchExpressions().isEmpty() && term.getMatchFields().isEmpty())
                && term.getMatchExpressions().stream()
                        .allMatch(requirement -> matches(requirement, node.labels()))
                && term.getMatchFields().stream()
                        .allMatch(requirement ->
                                matches(requirement, Map.of("metadata.name", node.name().value())));
    }

    private static boolean matches(
            NodeSelectorRequirement requirement, Map<String, String> labels) {
        @Nullable String value = labels.get(requirement.getKey());
        List<String> values = requirement.getValues();
        return switch (Objects.requireNonNullElse(requirement.getOperator(), "")) {
            case "In" -> value != null && values.contains(value);
            case "NotIn" -> value == null || !values.contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            case "Gt" -> compared(value, values).filter(order -> order > 0).isPresent();
            case "Lt" -> compared(value, values).filter(order -> order < 0).isPresent();
            default -> false;
        };
    }

    private static Optional<Integer> compared(@Nullable String value, List<String> values) {
        try {
            return value == null || values.size() != 1
                    ? Optional.empty()
                    : Optional.of(
                            Long.compare(Long.parseLong(value), Long.parseLong(values.getFirst())));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }
}
