package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretEnvSource;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.SecretProjection;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.InvalidValueException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The Secrets whose values a pod is given, in its environment or as files.
public final class SecretReferences {

    private SecretReferences() {}

    /// @param pod any pod
    /// @return the names of those that may be credentials, and of others
    public static Set<CredentialName> of(Pod pod) {
        return Stream.concat(
                        Stream.concat(
                                        PodReading.orEmpty(pod.getSpec().getInitContainers())
                                                .stream(),
                                        PodReading.orEmpty(pod.getSpec().getContainers()).stream())
                                .flatMap(SecretReferences::ofEnvironment),
                        PodReading.orEmpty(pod.getSpec().getVolumes()).stream()
                                .flatMap(SecretReferences::ofVolume))
                .filter(Objects::nonNull)
                .flatMap(name -> asCredential(name).stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Stream<String> ofEnvironment(Container container) {
        return Stream.concat(
                PodReading.orEmpty(container.getEnv()).stream()
                        .map(EnvVar::getValueFrom)
                        .filter(Objects::nonNull)
                        .map(EnvVarSource::getSecretKeyRef)
                        .filter(Objects::nonNull)
                        .map(SecretKeySelector::getName),
                PodReading.orEmpty(container.getEnvFrom()).stream()
                        .map(EnvFromSource::getSecretRef)
                        .filter(Objects::nonNull)
                        .map(SecretEnvSource::getName));
    }

    private static Stream<String> ofVolume(Volume volume) {
        return Stream.concat(
                Stream.ofNullable(volume.getSecret()).map(SecretVolumeSource::getSecretName),
                Stream.ofNullable(volume.getProjected())
                        .flatMap(projected -> PodReading.orEmpty(projected.getSources()).stream())
                        .map(VolumeProjection::getSecret)
                        .filter(Objects::nonNull)
                        .map(SecretProjection::getName));
    }

    private static Optional<CredentialName> asCredential(String name) {
        try {
            return Optional.of(new CredentialName(name));
        } catch (InvalidValueException noCredentials) {
            return Optional.empty();
        }
    }
}
