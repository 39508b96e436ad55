package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import io.interlinkgateway.job.ObjectReference;
import io.interlinkgateway.node.VirtualNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What a job's pod requires of its node and workspace.
public final class PodRequirements {

    private final List<Toleration> tolerations;
    private final Map<String, BigDecimal> resources;
    private final List<ObjectReference> references;
    private final PodSpec spec;

    private PodRequirements(
            PodSpec spec, Map<String, BigDecimal> resources, List<ObjectReference> references) {
        this.spec = spec;
        this.tolerations = spec.getTolerations();
        this.resources = resources;
        this.references = references;
    }

    /// @param pod any pod
    /// @return its requirements
    public static PodRequirements of(Pod pod) {
        List<Container> containers = pod.getSpec().getContainers();
        List<Container> all = new ArrayList<>(containers);
        all.addAll(ModelFields.orEmpty(pod.getSpec().getInitContainers()));
        Map<String, BigDecimal> resources = new LinkedHashMap<>();
        containers.forEach(container ->
                needs(container)
                        .forEach((name, amount) -> resources.merge(name, amount, BigDecimal::add)));
        all.forEach(container ->
                needs(container)
                        .forEach((name, amount) -> resources.merge(name, amount, BigDecimal::max)));
        // The scheduler ignores a request of zero.
        resources.values().removeIf(amount -> amount.signum() == 0);
        return new PodRequirements(pod.getSpec(), resources, ObjectReferences.of(pod));
    }

    /// The total of each resource, by Kubernetes' names, in base units: the sum of the containers' requests, where a
    /// limit without a request counts as the request.
    ///
    /// @return names to amounts
    public Map<String, BigDecimal> resources() {
        return resources;
    }

    /// The Secrets and ConfigMaps that the pod refers to.
    ///
    /// @return all references, including optional ones
    public List<ObjectReference> references() {
        return references;
    }

    /// The pod's rules that exclude a node.
    ///
    /// @param node the node
    /// @return node selectors and required node affinities that the node does not match
    public List<HpcRequest.FieldValue> unmatchedSelections(VirtualNode node) {
        return NodeSelection.unmatched(spec, node);
    }

    /// Whether the job can be scheduled on a node with a taint.
    ///
    /// @param taint a node's taint
    /// @return true if the pod tolerates the taint, or its effect is only a preference
    public boolean tolerates(VirtualNode.Taint taint) {
        return taint.effect().equals("PreferNoSchedule")
                || tolerations.stream().anyMatch(toleration -> tolerates(toleration, taint));
    }

    /// Kubernetes' rules for matching: an empty key with Exists matches all taints, an empty effect every effect.
    static boolean tolerates(Toleration toleration, VirtualNode.Taint taint) {
        String key = Objects.requireNonNullElse(toleration.getKey(), "");
        String effect = Objects.requireNonNullElse(toleration.getEffect(), "");
        String value = Objects.requireNonNullElse(toleration.getValue(), "");
        boolean exists = "Exists".equals(toleration.getOperator());
        return (key.isEmpty() ? exists : key.equals(taint.key()))
                && (effect.isEmpty() || effect.equals(taint.effect()))
                && (exists || value.equals(taint.value()));
    }

    private static Map<String, BigDecimal> needs(Container container) {
        Map<String, BigDecimal> needs = new LinkedHashMap<>();
        if (container.getResources() != null) {
            put(needs, container.getResources().getLimits());
            put(needs, container.getResources().getRequests());
        }
        return needs;
    }

    private static void put(Map<String, BigDecimal> needs, Map<String, Quantity> quantities) {
        ModelFields.orEmpty(quantities)
                .forEach((name, quantity) -> needs.put(name, quantity.getNumericalAmount()));
    }
}
