package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
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
import org.jspecify.annotations.Nullable;

/// From a pod back to what it was made from: the spec if the gateway made it from one, else the pod without
/// what the cluster added.
final class DefinitionReading {

    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

    private DefinitionReading() {}

    static JobDefinition definitionOf(Pod pod) {
        Map<String, String> annotations = PodReading.orEmpty(pod.getMetadata().getAnnotations());
        if (!PodTranslation.FROM_SPEC.equals(annotations.get(Annotations.DEFINITION))) {
            return manifestOf(pod);
        }
        try {
            return specOf(pod, annotations, pod.getSpec().getContainers().getFirst());
        } catch (RuntimeException changedByOthers) {
            return manifestOf(pod);
        }
    }

    private static JobSpec specOf(Pod pod, Map<String, String> annotations, Container container) {
        ImageReference image =
                new ImageReference(
                        container.getImage(),
                        Optional.ofNullable(annotations.get(Annotations.PULL_FROM)));
        Map<String, String> environment = new LinkedHashMap<>();
        PodReading.orEmpty(container.getEnv()).stream()
                .filter(variable -> variable.getValueFrom() == null)
                .forEach(variable ->
                        environment.put(
                                variable.getName(),
                                EnvironmentEncoding.decoded(
                                        Objects.requireNonNullElse(variable.getValue(), ""))));
        Optional<MlflowAccess> mlflow = mlflowOf(container);
        mlflow.ifPresent(_ -> environment.remove(SpecTranslation.TRACKING_URI));
        boolean added =
                mlflow.isPresent()
                        || environment.values().stream()
                                .anyMatch(EnvironmentEncoding::needsNoEvaluation);
        return new JobSpec(
                image,
                PodReading.orEmpty(container.getCommand()),
                PodReading.orEmpty(container.getArgs()),
                environment,
                mlflow,
                new ComputeResources(
                        amounts(container.getResources().getLimits()),
                        amounts(container.getResources().getRequests())),
                Optional.ofNullable(annotations.get(Annotations.FLAGS))
                        .map(SlurmOptions::parse)
                        .orElse(SlurmOptions.NONE),
                PreExec.ownPart(image, Optional.ofNullable(annotations.get(Annotations.PRE_EXEC))),
                singularityOf(annotations, added),
                PodReading.ownLabels(pod.getMetadata()));
    }

    private static SingularityOptions singularityOf(
            Map<String, String> annotations, boolean added) {
        List<String> mounts =
                Optional.ofNullable(annotations.get(Annotations.SINGULARITY_MOUNTS)).stream()
                        .flatMap(text -> Arrays.stream(text.split(" ")))
                        .filter(word -> !word.equals("--bind"))
                        .toList();
        Optional<String> options =
                Optional.ofNullable(annotations.get(Annotations.SINGULARITY_OPTIONS))
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
                variable(container, SpecTranslation.TRACKING_URI).map(EnvVar::getValue);
        Optional<String> secret =
                variable(container, SpecTranslation.PASSWORD)
                        .filter(variable ->
                                variable.getValueFrom() != null
                                        && variable.getValueFrom().getSecretKeyRef() != null)
                        .map(variable -> variable.getValueFrom().getSecretKeyRef().getName());
        return secret.flatMap(name ->
                trackingUri.map(
                        uri -> new MlflowAccess(new CredentialName(name), TrackingUri.parse(uri))));
    }

    private static Optional<EnvVar> variable(Container container, String name) {
        return PodReading.orEmpty(container.getEnv()).stream()
                .filter(variable -> name.equals(variable.getName()))
                .findFirst();
    }

    private static Map<String, Quantity> amounts(
            @Nullable Map<String, io.fabric8.kubernetes.api.model.Quantity> quantities) {
        Map<String, Quantity> amounts = new LinkedHashMap<>();
        PodReading.orEmpty(quantities)
                .forEach((name, quantity) -> amounts.put(name, new Quantity(quantity.toString())));
        return amounts;
    }

    private static PodManifest manifestOf(Pod pod) {
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
                    .removeFromLabels(Annotations.MANAGED_BY)
                    .removeFromAnnotations(Annotations.JOB_ID)
                    .removeFromAnnotations(Annotations.DEFINITION)
                    .removeFromAnnotations(Annotations.DIGEST)
                    .removeFromAnnotations(Annotations.IDEMPOTENCY_KEY)
                .endMetadata()
                .editSpec()
                    .withNodeName(null)
                .endSpec()
                .withStatus(null)
                .build();
        // spotless:on
        @SuppressWarnings("unchecked")
        Map<String, Object> document = SERIALIZATION.convertValue(written, Map.class);
        return new PodManifest(document);
    }
}
