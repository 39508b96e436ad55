package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.ConfigMapEnvSource;
import io.fabric8.kubernetes.api.model.ConfigMapKeySelector;
import io.fabric8.kubernetes.api.model.ConfigMapProjection;
import io.fabric8.kubernetes.api.model.ConfigMapVolumeSource;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretEnvSource;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.SecretProjection;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.ObjectReference;
import io.interlinkgateway.job.ObjectReference.Kind;
import io.interlinkgateway.job.ObjectReference.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds all Secrets and ConfigMaps that a pod refers to in `env`, `envFrom` and volumes.
public final class ObjectReferences {

    private final List<ObjectReference> found = new ArrayList<>();

    private ObjectReferences() {}

    /// Lists the references in the order in which interLink resolves them: first those of environment variables, then
    /// those of volumes.
    ///
    /// @param pod any pod
    /// @return all references with a name, including optional ones
    public static List<ObjectReference> of(Pod pod) {
        ObjectReferences references = new ObjectReferences();
        references.addContainers("spec.initContainers", pod.getSpec().getInitContainers());
        references.addContainers("spec.containers", pod.getSpec().getContainers());
        List<Volume> volumes = ModelFields.orEmpty(pod.getSpec().getVolumes());
        for (int index = 0; index < volumes.size(); index++) {
            references.addVolume("spec.volumes[" + index + "]", volumes.get(index));
        }
        return List.copyOf(references.found);
    }

    /// The Secrets whose values a pod can get.
    ///
    /// @param pod any pod
    /// @return the names that are valid names of MLflow credentials
    public static Set<CredentialName> credentialsOf(Pod pod) {
        return of(pod).stream()
                .filter(reference -> reference.kind() == Kind.SECRET)
                .flatMap(reference -> asCredential(reference.name()).stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Optional<CredentialName> asCredential(String name) {
        try {
            return Optional.of(new CredentialName(name));
        } catch (InvalidValueException _) {
            return Optional.empty();
        }
    }

    private void addContainers(String path, @Nullable List<Container> containers) {
        List<Container> all = ModelFields.orEmpty(containers);
        for (int index = 0; index < all.size(); index++) {
            addContainer(path + "[" + index + "]", all.get(index));
        }
    }

    private void addContainer(String path, Container container) {
        var sources = ModelFields.orEmpty(container.getEnvFrom());
        for (int index = 0; index < sources.size(); index++) {
            addWhole(path + ".envFrom[" + index + "]", sources.get(index));
        }
        var variables = ModelFields.orEmpty(container.getEnv());
        for (int index = 0; index < variables.size(); index++) {
            EnvVarSource source = variables.get(index).getValueFrom();
            if (source != null) {
                addKey(path + ".env[" + index + "].valueFrom", source);
            }
        }
    }

    private void addWhole(String path, EnvFromSource source) {
        SecretEnvSource secret = source.getSecretRef();
        if (secret != null) {
            add(
                    Kind.SECRET,
                    secret.getName(),
                    Stream.empty(),
                    secret.getOptional(),
                    Use.ENVIRONMENT,
                    path + ".secretRef");
        }
        ConfigMapEnvSource configMap = source.getConfigMapRef();
        if (configMap != null) {
            add(
                    Kind.CONFIG_MAP,
                    configMap.getName(),
                    Stream.empty(),
                    configMap.getOptional(),
                    Use.ENVIRONMENT,
                    path + ".configMapRef");
        }
    }

    private void addKey(String path, EnvVarSource source) {
        SecretKeySelector secret = source.getSecretKeyRef();
        if (secret != null) {
            add(
                    Kind.SECRET,
                    secret.getName(),
                    Stream.ofNullable(secret.getKey()),
                    secret.getOptional(),
                    Use.ENVIRONMENT,
                    path + ".secretKeyRef");
        }
        ConfigMapKeySelector configMap = source.getConfigMapKeyRef();
        if (configMap != null) {
            add(
                    Kind.CONFIG_MAP,
                    configMap.getName(),
                    Stream.ofNullable(configMap.getKey()),
                    configMap.getOptional(),
                    Use.ENVIRONMENT,
                    path + ".configMapKeyRef");
        }
    }

    private void addVolume(String path, Volume volume) {
        SecretVolumeSource secret = volume.getSecret();
        if (secret != null) {
            add(
                    Kind.SECRET,
                    secret.getSecretName(),
                    keys(secret.getItems()),
                    secret.getOptional(),
                    Use.VOLUME,
                    path + ".secret");
        }
        ConfigMapVolumeSource configMap = volume.getConfigMap();
        if (configMap != null) {
            add(
                    Kind.CONFIG_MAP,
                    configMap.getName(),
                    keys(configMap.getItems()),
                    configMap.getOptional(),
                    Use.VOLUME,
                    path + ".configMap");
        }
        if (volume.getProjected() != null) {
            var sources = ModelFields.orEmpty(volume.getProjected().getSources());
            for (int index = 0; index < sources.size(); index++) {
                addProjection(path + ".projected.sources[" + index + "]", sources.get(index));
            }
        }
    }

    private void addProjection(String path, VolumeProjection source) {
        SecretProjection secret = source.getSecret();
        if (secret != null) {
            add(
                    Kind.SECRET,
                    secret.getName(),
                    keys(secret.getItems()),
                    secret.getOptional(),
                    Use.PROJECTED_VOLUME,
                    path + ".secret");
        }
        ConfigMapProjection configMap = source.getConfigMap();
        if (configMap != null) {
            add(
                    Kind.CONFIG_MAP,
                    configMap.getName(),
                    keys(configMap.getItems()),
                    configMap.getOptional(),
                    Use.PROJECTED_VOLUME,
                    path + ".configMap");
        }
    }

    private static Stream<String> keys(@Nullable List<KeyToPath> items) {
        return ModelFields.orEmpty(items).stream().map(KeyToPath::getKey).filter(Objects::nonNull);
    }

    private void add(
            Kind kind,
            @Nullable String name,
            Stream<String> keys,
            @Nullable Boolean optional,
            Use use,
            String field) {
        if (name != null) {
            found.add(
                    new ObjectReference(
                            kind,
                            name,
                            keys.collect(Collectors.toUnmodifiableSet()),
                            Boolean.TRUE.equals(optional),
                            use,
                            field));
        }
    }
}
