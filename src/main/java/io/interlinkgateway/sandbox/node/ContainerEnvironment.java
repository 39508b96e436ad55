package io.interlinkgateway.sandbox.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// The environment variables that a container declares, with values resolved as the kubelet resolves them.
public final class ContainerEnvironment {

    private static final Set<String> FIELDS =
            Set.of("metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName");

    private ContainerEnvironment() {}

    /// @param pod the container's pod
    /// @param container any of its containers
    /// @param secrets the keys and values of all existing Secrets, by name
    /// @return names to values, without variables whose source does not exist
    static Map<String, String> of(
            Pod pod, Container container, Map<String, Map<String, String>> secrets) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (EnvFromSource source : container.getEnvFrom()) {
            String prefix = Objects.requireNonNullElse(source.getPrefix(), "");
            allOf(source, secrets).forEach((key, value) -> environment.put(prefix + key, value));
        }
        for (EnvVar variable : container.getEnv()) {
            EnvVarSource source = variable.getValueFrom();
            if (source == null) {
                String written = Objects.requireNonNullElse(variable.getValue(), "");
                environment.put(variable.getName(), Expansion.of(written, environment));
            } else {
                valueOf(source, pod, secrets)
                        .ifPresent(found -> environment.put(variable.getName(), found));
            }
        }
        return environment;
    }

    /// Whether a variable refers to a field of the pod that the sandbox does not provide.
    public static boolean isUnsupported(EnvVar variable) {
        EnvVarSource source = variable.getValueFrom();
        return source != null
                && source.getSecretKeyRef() == null
                && source.getConfigMapKeyRef() == null
                && (source.getFieldRef() == null
                        || !FIELDS.contains(source.getFieldRef().getFieldPath()));
    }

    private static Map<String, String> allOf(
            EnvFromSource source, Map<String, Map<String, String>> secrets) {
        return source.getSecretRef() == null
                ? Map.of()
                : secrets.getOrDefault(source.getSecretRef().getName(), Map.of());
    }

    private static Optional<String> valueOf(
            EnvVarSource source, Pod pod, Map<String, Map<String, String>> secrets) {
        SecretKeySelector secret = source.getSecretKeyRef();
        if (secret != null) {
            return Optional.ofNullable(secrets.get(secret.getName()))
                    .map(values -> values.get(secret.getKey()));
        }
        if (source.getFieldRef() == null) {
            return Optional.empty();
        }
        return Optional.of(
                switch (source.getFieldRef().getFieldPath()) {
                    case "metadata.name" -> pod.getMetadata().getName();
                    case "metadata.namespace" -> pod.getMetadata().getNamespace();
                    case "metadata.uid" -> pod.getMetadata().getUid();
                    default -> Objects.requireNonNullElse(pod.getSpec().getNodeName(), "");
                });
    }
}
