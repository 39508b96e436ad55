package io.interlinkgateway.sandbox;

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
import java.util.function.Function;

/// The environment variables that a container declares, with their values as the kubelet finds them.
final class ContainerEnvironment {

    private static final Set<String> FIELDS =
            Set.of("metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName");

    private ContainerEnvironment() {}

    /// @param pod the container's pod
    /// @param container any of its containers
    /// @param secrets a Secret's keys and values by its name
    /// @return nothing while something that the container needs is missing
    static Optional<Map<String, String>> of(
            Pod pod, Container container, Function<String, Optional<Map<String, String>>> secrets) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (EnvFromSource source : container.getEnvFrom()) {
            Optional<Map<String, String>> values = allOf(source, secrets);
            if (values.isEmpty()) {
                return Optional.empty();
            }
            String prefix = Objects.requireNonNullElse(source.getPrefix(), "");
            values.get().forEach((key, value) -> environment.put(prefix + key, value));
        }
        for (EnvVar variable : container.getEnv()) {
            EnvVarSource source = variable.getValueFrom();
            if (source == null) {
                String written = Objects.requireNonNullElse(variable.getValue(), "");
                environment.put(variable.getName(), Expansion.of(written, environment));
                continue;
            }
            Optional<String> value = valueOf(source, pod, secrets);
            if (value.isEmpty() && !isOptional(source)) {
                return Optional.empty();
            }
            value.ifPresent(found -> environment.put(variable.getName(), found));
        }
        return Optional.of(environment);
    }

    /// Whether a variable needs something of the pod that the sandbox does not have.
    static boolean isBeyondTheSandbox(EnvVar variable) {
        EnvVarSource source = variable.getValueFrom();
        return source != null
                && source.getSecretKeyRef() == null
                && source.getConfigMapKeyRef() == null
                && (source.getFieldRef() == null
                        || !FIELDS.contains(source.getFieldRef().getFieldPath()));
    }

    private static Optional<Map<String, String>> allOf(
            EnvFromSource source, Function<String, Optional<Map<String, String>>> secrets) {
        if (source.getSecretRef() != null) {
            Optional<Map<String, String>> secret = secrets.apply(source.getSecretRef().getName());
            return Boolean.TRUE.equals(source.getSecretRef().getOptional())
                    ? secret.or(() -> Optional.of(Map.of()))
                    : secret;
        }
        // The sandbox has no ConfigMaps, so a pod that needs one waits for it, as on a cluster.
        return source.getConfigMapRef() == null
                        || Boolean.TRUE.equals(source.getConfigMapRef().getOptional())
                ? Optional.of(Map.of())
                : Optional.empty();
    }

    private static Optional<String> valueOf(
            EnvVarSource source, Pod pod, Function<String, Optional<Map<String, String>>> secrets) {
        SecretKeySelector secret = source.getSecretKeyRef();
        if (secret != null) {
            return secrets.apply(secret.getName()).map(values -> values.get(secret.getKey()));
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

    private static boolean isOptional(EnvVarSource source) {
        return (source.getSecretKeyRef() != null
                        && Boolean.TRUE.equals(source.getSecretKeyRef().getOptional()))
                || (source.getConfigMapKeyRef() != null
                        && Boolean.TRUE.equals(source.getConfigMapKeyRef().getOptional()));
    }
}
