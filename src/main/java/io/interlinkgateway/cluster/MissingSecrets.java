package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretEnvSource;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import io.fabric8.kubernetes.api.model.Volume;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.InvalidValueException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// The Secrets that jobs wait for, as they were found missing: interLink waits for them for ever and says
/// nothing (recording `secret-missing`). Only whether they exist is asked, never what they hold.
final class MissingSecrets {

    private final ApiServer apiServer;
    private final Map<String, String> byUid = new ConcurrentHashMap<>();

    MissingSecrets(ApiServer apiServer) {
        this.apiServer = apiServer;
    }

    Optional<String> missingFor(Pod pod) {
        String uid = pod.getMetadata().getUid();
        return uid == null ? Optional.empty() : Optional.ofNullable(byUid.get(uid));
    }

    /// Looks whether the Secrets of a job exist.
    ///
    /// @return whether something else was found than before
    /// @throws io.interlinkgateway.job.GatewayException if the API server does not say
    boolean look(Pod pod) {
        Optional<String> missing =
                needed(pod)
                        .filter(name -> !exists(pod.getMetadata().getNamespace(), name))
                        .findFirst();
        return missing.isPresent()
                ? !missing.get().equals(byUid.put(pod.getMetadata().getUid(), missing.get()))
                : byUid.remove(pod.getMetadata().getUid()) != null;
    }

    /// The job waits no more.
    void forget(String uid) {
        byUid.remove(uid);
    }

    private boolean exists(String namespace, String name) {
        ApiServer.Answer answer =
                apiServer.getMetadata("/api/v1/namespaces/" + namespace + "/secrets/" + name);
        if (!answer.successful() && answer.code() != 404) {
            throw apiServer.refused(answer.code(), answer.status());
        }
        return answer.successful();
    }

    /// What a pod can't start without.
    private static Stream<String> needed(Pod pod) {
        return Stream.concat(
                        Stream.concat(
                                        pod.getSpec().getInitContainers().stream(),
                                        pod.getSpec().getContainers().stream())
                                .flatMap(MissingSecrets::ofEnvironment),
                        pod.getSpec().getVolumes().stream()
                                .map(Volume::getSecret)
                                .filter(Objects::nonNull)
                                .filter(secret -> !Boolean.TRUE.equals(secret.getOptional()))
                                .map(SecretVolumeSource::getSecretName))
                .filter(Objects::nonNull)
                .filter(MissingSecrets::canBeAName)
                .distinct();
    }

    private static Stream<String> ofEnvironment(Container container) {
        return Stream.concat(
                container.getEnv().stream()
                        .map(EnvVar::getValueFrom)
                        .filter(Objects::nonNull)
                        .map(EnvVarSource::getSecretKeyRef)
                        .filter(Objects::nonNull)
                        .filter(secret -> !Boolean.TRUE.equals(secret.getOptional()))
                        .map(SecretKeySelector::getName),
                container.getEnvFrom().stream()
                        .map(EnvFromSource::getSecretRef)
                        .filter(Objects::nonNull)
                        .filter(secret -> !Boolean.TRUE.equals(secret.getOptional()))
                        .map(SecretEnvSource::getName));
    }

    private static boolean canBeAName(String name) {
        try {
            return new CredentialName(name).value().equals(name);
        } catch (InvalidValueException none) {
            return false;
        }
    }
}
