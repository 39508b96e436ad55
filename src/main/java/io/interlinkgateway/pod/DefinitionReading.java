package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.interlinkgateway.job.BindMount;
import io.interlinkgateway.job.ComputeResources;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.ImageReference;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Quantity;
import io.interlinkgateway.job.SingularityOptions;
import io.interlinkgateway.job.SlurmOptions;
import io.interlinkgateway.job.TrackingUri;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Recovers the definition from which a pod was created: the job spec if the gateway created it from one, else the
/// pod without what the cluster added.
public final class DefinitionReading {

    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

    private DefinitionReading() {}

    /// @param pod a job's pod
    /// @return the job spec from which it was created, or else the pod as a definition
    public static JobDefinition definitionOf(Pod pod) {
        return writtenSpec(pod).<JobDefinition>map(spec -> spec).orElseGet(() -> manifestOf(pod));
    }

    private static Optional<JobSpec> writtenSpec(Pod pod) {
        Map<String, String> annotations = ModelFields.orEmpty(pod.getMetadata().getAnnotations());
        if (!PodTranslation.FROM_SPEC.equals(annotations.get(MetadataNames.DEFINITION))) {
            return Optional.empty();
        }
        try {
            return Optional.of(specOf(pod, annotations, pod.getSpec().getContainers().getFirst()));
        } catch (RuntimeException _) {
            return Optional.empty();
        }
    }

    /// Reads what a job was created from, as a type of the caller.
    ///
    /// @param pod a job's pod
    /// @param as makes that of the definition and the submitted pod
    public static <T> T submitted(Pod pod, BiFunction<JobDefinition, PodManifest, T> as) {
        PodManifest manifest = manifestOf(pod);
        return as.apply(
                writtenSpec(pod).<JobDefinition>map(spec -> spec).orElse(manifest), manifest);
    }

    private static JobSpec specOf(Pod pod, Map<String, String> annotations, Container container) {
        ImageReference image =
                new ImageReference(
                        container.getImage(),
                        Optional.ofNullable(annotations.get(MetadataNames.PULL_FROM)));
        Map<String, String> environment = new LinkedHashMap<>();
        ModelFields.orEmpty(container.getEnv()).stream()
                .filter(variable -> variable.getValueFrom() == null)
                .forEach(variable ->
                        environment.put(
                                variable.getName(),
                                EnvironmentEncoding.decoded(
                                        Objects.requireNonNullElse(variable.getValue(), ""))));
        Optional<MlflowAccess> mlflow = mlflowOf(container);
        mlflow.ifPresent(_ -> environment.remove(MlflowAccess.TRACKING_URI));
        List<String> command = ModelFields.orEmpty(container.getCommand());
        List<String> arguments = ModelFields.orEmpty(container.getArgs());
        boolean added =
                EnvironmentEncoding.needsNoEvaluation(
                        environment.values(), mlflow, command, arguments);
        Map<String, Quantity> limits = amounts(container.getResources().getLimits());
        limits.keySet().removeAll(PluginResources.completedIn(pod));
        Optional.ofNullable(annotations.get(MetadataNames.WRITTEN_LIMITS)).stream()
                .flatMap(written -> Arrays.stream(written.split(",")))
                .map(limit -> limit.split("=", 2))
                .forEach(limit -> limits.put(limit[0], new Quantity(limit[1])));
        return new JobSpec(
                image,
                command,
                arguments,
                environment,
                mlflow,
                new ComputeResources(limits, amounts(container.getResources().getRequests())),
                Optional.ofNullable(annotations.get(MetadataNames.WRITTEN_FLAGS))
                        .or(() -> Optional.ofNullable(annotations.get(MetadataNames.FLAGS)))
                        .map(SlurmOptions::parse)
                        .orElse(SlurmOptions.NONE),
                PreExec.ownPart(
                        image, Optional.ofNullable(annotations.get(MetadataNames.PRE_EXEC))),
                singularityOf(annotations, added),
                ownLabels(pod.getMetadata()),
                Optional.ofNullable(annotations.get(MetadataNames.TTL_AFTER_FINISHED))
                        .map(seconds -> JobSpec.requireTtl(Long.parseLong(seconds))));
    }

    private static SingularityOptions singularityOf(
            Map<String, String> annotations, boolean added) {
        List<BindMount> mounts =
                SingularityOptions.ofMounts(
                                annotations.getOrDefault(MetadataNames.SINGULARITY_MOUNTS, ""))
                        .mounts();
        Optional<String> options =
                Optional.ofNullable(annotations.get(MetadataNames.SINGULARITY_OPTIONS))
                        .map(text ->
                                added && text.startsWith(EnvironmentEncoding.NO_EVALUATION)
                                        ? text.substring(EnvironmentEncoding.NO_EVALUATION.length())
                                                .strip()
                                        : text)
                        .filter(text -> !text.isEmpty());
        return new SingularityOptions(mounts, options);
    }

    private static Optional<MlflowAccess> mlflowOf(Container container) {
        Optional<String> trackingUri =
                variable(container, MlflowAccess.TRACKING_URI)
                        .map(EnvVar::getValue)
                        .map(EnvironmentEncoding::decoded);
        return trackingUri.flatMap(uri ->
                Stream.of(MlflowAccess.Kind.values())
                        .flatMap(kind -> accessOf(container, uri, kind).stream())
                        .findFirst());
    }

    private static Optional<MlflowAccess> accessOf(
            Container container, String trackingUri, MlflowAccess.Kind kind) {
        return kind.variables().stream()
                .flatMap(wanted -> variable(container, wanted.name()).stream())
                .filter(variable ->
                        variable.getValueFrom() != null
                                && variable.getValueFrom().getSecretKeyRef() != null)
                .map(variable -> variable.getValueFrom().getSecretKeyRef().getName())
                .findFirst()
                .map(name ->
                        new MlflowAccess(
                                new CredentialName(name), TrackingUri.parse(trackingUri), kind));
    }

    private static Optional<EnvVar> variable(Container container, String name) {
        return ModelFields.orEmpty(container.getEnv()).stream()
                .filter(variable -> name.equals(variable.getName()))
                .findFirst();
    }

    private static Map<String, Quantity> amounts(
            @Nullable Map<String, io.fabric8.kubernetes.api.model.Quantity> quantities) {
        Map<String, Quantity> amounts = new LinkedHashMap<>();
        ModelFields.orEmpty(quantities)
                .forEach((name, quantity) -> amounts.put(name, new Quantity(quantity.toString())));
        return amounts;
    }

    private static PodManifest manifestOf(Pod pod) {
        @SuppressWarnings("unchecked")
        Map<String, Object> document = SERIALIZATION.convertValue(submittedPod(pod), Map.class);
        return new PodManifest(document);
    }

    /// @param pod a job's pod
    /// @return the pod as it was submitted: without what the cluster and the gateway added
    public static Pod submittedPod(Pod pod) {
        // spotless:off
        Pod written = new PodBuilder(pod)
                .editMetadata()
                    .withUid(null)
                    .withResourceVersion(null)
                    .withGeneration(null)
                    .withCreationTimestamp(null)
                    .withDeletionTimestamp(null)
                    .withDeletionGracePeriodSeconds(null)
                    .withManagedFields(List.of())
                    .removeFromLabels(MetadataNames.MANAGED_BY)
                    .removeFromLabels(MetadataNames.IDEMPOTENCY_KEY)
                    .withAnnotations(ownAnnotations(pod))
                .endMetadata()
                .editSpec()
                    .withNodeName(null)
                    .withServiceAccount(null)
                    .withServiceAccountName(ownServiceAccount(pod))
                .endSpec()
                .withStatus(null)
                .build();
        // spotless:on
        PluginResources.completedIn(pod).forEach(resource -> removeLimit(written, resource));
        return written;
    }

    private static Map<String, String> ownAnnotations(Pod pod) {
        Map<String, String> annotations =
                new LinkedHashMap<>(ModelFields.orEmpty(pod.getMetadata().getAnnotations()));
        annotations
                .keySet()
                .removeIf(name ->
                        name.equals(MetadataNames.JOB_ID) || name.startsWith(MetadataNames.PREFIX));
        return annotations;
    }

    /// The API server writes `default` if the caller wrote nothing.
    private static @Nullable String ownServiceAccount(Pod pod) {
        String name = pod.getSpec().getServiceAccountName();
        return "default".equals(name) ? null : name;
    }

    private static void removeLimit(Pod written, String resource) {
        for (Container container : ModelFields.orEmpty(written.getSpec().getContainers())) {
            if (container.getResources() != null && container.getResources().getLimits() != null) {
                Map<String, io.fabric8.kubernetes.api.model.Quantity> limits =
                        new LinkedHashMap<>(container.getResources().getLimits());
                limits.remove(resource);
                container.getResources().setLimits(limits);
            }
        }
    }

    /// The labels from the job's definition, without those that the gateway adds.
    ///
    /// @param metadata a pod's metadata
    /// @return a copy
    public static Map<String, String> ownLabels(ObjectMeta metadata) {
        Map<String, String> labels = new LinkedHashMap<>(ModelFields.orEmpty(metadata.getLabels()));
        labels.remove(MetadataNames.MANAGED_BY);
        labels.remove(MetadataNames.IDEMPOTENCY_KEY);
        return labels;
    }
}
