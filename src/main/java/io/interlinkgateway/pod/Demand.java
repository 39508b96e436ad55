package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.Toleration;
import io.interlinkgateway.node.VirtualNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a job's pod needs of its node and workspace.
public final class Demand {

    private final List<Toleration> tolerations;
    private final Map<String, BigDecimal> resources;
    private final Set<String> secrets;
    private final PodSpec spec;

    private Demand(PodSpec spec, Map<String, BigDecimal> resources, Set<String> secrets) {
        this.spec = spec;
        this.tolerations = spec.getTolerations();
        this.resources = resources;
        this.secrets = secrets;
    }

    static Demand of(Pod pod) {
        List<Container> containers = pod.getSpec().getContainers();
        List<Container> all = new ArrayList<>(containers);
        all.addAll(PodReading.orEmpty(pod.getSpec().getInitContainers()));
        Map<String, BigDecimal> resources = new LinkedHashMap<>();
        containers.forEach(container ->
                needs(container)
                        .forEach((name, amount) -> resources.merge(name, amount, BigDecimal::add)));
        all.forEach(container ->
                needs(container)
                        .forEach((name, amount) -> resources.merge(name, amount, BigDecimal::max)));
        // The scheduler does not count a request of nothing.
        resources.values().removeIf(amount -> amount.signum() == 0);
        return new Demand(pod.getSpec(), resources, secretsOf(all));
    }

    /// What each resource needs in all, by Kubernetes' names, in base units: the sum of what the containers
    /// request, where a limit without a request is the request.
    ///
    /// @return names to amounts
    public Map<String, BigDecimal> resources() {
        return resources;
    }

    /// The Secrets that environment variables come from, those marked optional aside.
    ///
    /// @return their names
    public Set<String> secrets() {
        return secrets;
    }

    /// The rules of the pod itself that keep it from a node.
    ///
    /// @param node the node
    /// @return node selectors and required node affinities that the node does not satisfy
    public List<HpcUse.Said> brokenSelections(VirtualNode node) {
        return NodeSelection.broken(spec, node);
    }

    /// Whether a taint lets the job in.
    ///
    /// @param taint a node's taint
    /// @return true if the pod tolerates it, or it only asks to be avoided
    public boolean tolerates(VirtualNode.Taint taint) {
        return taint.effect().equals("PreferNoSchedule")
                || tolerations.stream().anyMatch(toleration -> tolerates(toleration, taint));
    }

    /// The matching rules of Kubernetes: an empty key with Exists matches all, an empty effect every effect.
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
        PodReading.orEmpty(quantities)
                .forEach((name, quantity) -> needs.put(name, quantity.getNumericalAmount()));
    }

    private static Set<String> secretsOf(List<Container> containers) {
        return containers.stream()
                .flatMap(container -> container.getEnv().stream())
                .flatMap(Demand::secretOf)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Stream<String> secretOf(EnvVar variable) {
        SecretKeySelector reference =
                variable.getValueFrom() == null ? null : variable.getValueFrom().getSecretKeyRef();
        return reference == null || Boolean.TRUE.equals(reference.getOptional())
                ? Stream.empty()
                : Stream.ofNullable(reference.getName());
    }
}
