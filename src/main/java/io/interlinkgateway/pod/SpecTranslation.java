package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.interlinkgateway.failure.Checked;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.job.ImageReference;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.NamedJob;
import io.interlinkgateway.job.Quantity;
import io.interlinkgateway.job.SlurmField;
import io.interlinkgateway.node.VirtualNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Translates a job spec to its pod.
final class SpecTranslation {

    private SpecTranslation() {}

    /// @return the pod, with findings
    static Checked<Pod> translated(NamedJob job, JobSpec spec) {
        Pod pod = podFor(job, spec);
        ImageRoot.missing(pod)
                .ifPresent(kind ->
                        pod.getMetadata().getAnnotations().put(MetadataNames.IMAGE_ROOT, kind));
        Checked<Pod> normalized = PluginResources.normalized(pod, new SpecFields());
        normalized.value().ifPresent(written -> storeWritten(spec, written));
        return new Checked<>(
                normalized.value(),
                Stream.of(
                                normalized.findings().stream(),
                                SuspectedSecrets.in(spec),
                                imageWarnings(spec.image()))
                        .flatMap(findings -> findings)
                        .toList());
    }

    private static Stream<Finding> imageWarnings(ImageReference image) {
        return Stream.concat(
                ImageReference.warning("image", image.value()).stream(),
                image.pullFrom().stream()
                        .flatMap(source ->
                                ImageReference.warning("image.pullFrom", source).stream()));
    }

    /// Stores the caller's values where they were normalized, so that the job's definition can be shown as it was
    /// sent.
    private static void storeWritten(JobSpec spec, Pod pod) {
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        String flags = spec.slurm().rendered();
        if (!flags.equals(annotations.getOrDefault(MetadataNames.FLAGS, ""))) {
            annotations.put(MetadataNames.WRITTEN_FLAGS, flags);
        }
        Map<String, io.fabric8.kubernetes.api.model.Quantity> normalized =
                pod.getSpec().getContainers().getFirst().getResources().getLimits();
        String limits =
                spec.resources().limits().entrySet().stream()
                        .filter(limit ->
                                !limit.getValue()
                                        .text()
                                        .equals(String.valueOf(normalized.get(limit.getKey()))))
                        .map(limit -> limit.getKey() + "=" + limit.getValue())
                        .collect(Collectors.joining(","));
        if (!limits.isEmpty()) {
            annotations.put(MetadataNames.WRITTEN_LIMITS, limits);
        }
    }

    /// The paths of a spec's limits and options.
    static final class SpecFields implements PluginResources.Fields {

        @Override
        public String limit(String containers, int index, String resource) {
            return "resources.limits." + resource;
        }

        @Override
        public String option(String name) {
            return SlurmField.pathOf(name);
        }
    }

    private static Pod podFor(NamedJob job, JobSpec spec) {
        // spotless:off
        return new PodBuilder()
                .withNewMetadata()
                    .withName(job.name().value())
                    .withNamespace(job.workspace().value())
                    .withLabels(spec.labels())
                    .withAnnotations(annotations(spec))
                .endMetadata()
                .withNewSpec()
                    .withRestartPolicy("Never")
                    .withAutomountServiceAccountToken(false)
                    .withNodeSelector(Map.of(MetadataNames.HOSTNAME, job.node().value()))
                    .withTolerations(interlinkToleration())
                    .withContainers(container(spec))
                .endSpec()
                .build();
        // spotless:on
    }

    static Toleration interlinkToleration() {
        return new TolerationBuilder()
                .withKey(VirtualNode.INTERLINK_TAINT)
                .withOperator("Exists")
                .withEffect("NoSchedule")
                .build();
    }

    private static Map<String, String> annotations(JobSpec spec) {
        Map<String, String> annotations = new LinkedHashMap<>();
        if (!spec.slurm().values().isEmpty()) {
            annotations.put(MetadataNames.FLAGS, spec.slurm().rendered());
        }
        PreExec.textFor(spec.image(), spec.preExec())
                .ifPresent(text -> annotations.put(MetadataNames.PRE_EXEC, text));
        spec.image()
                .pullFrom()
                .ifPresent(source -> annotations.put(MetadataNames.PULL_FROM, source));
        if (!spec.singularity().mounts().isEmpty()) {
            annotations.put(MetadataNames.SINGULARITY_MOUNTS, spec.singularity().renderedMounts());
        }
        spec.ttlAfterFinished()
                .ifPresent(ttl ->
                        annotations.put(
                                MetadataNames.TTL_AFTER_FINISHED, Long.toString(ttl.toSeconds())));
        options(spec).ifPresent(text -> annotations.put(MetadataNames.SINGULARITY_OPTIONS, text));
        return annotations;
    }

    /// The gateway's option is put before the caller's options, even if they contain it too. So it can be removed
    /// again with certainty; the runtime accepts it twice.
    private static Optional<String> options(JobSpec spec) {
        boolean needed =
                EnvironmentEncoding.needsNoEvaluation(
                        spec.environment().values(),
                        spec.mlflow(),
                        spec.command(),
                        spec.arguments());
        return needed
                ? Optional.of(
                        Stream.concat(
                                        Stream.of(EnvironmentEncoding.NO_EVALUATION),
                                        spec.singularity().renderedOptions().stream())
                                .collect(Collectors.joining(" ")))
                : spec.singularity().renderedOptions();
    }

    private static Container container(JobSpec spec) {
        // spotless:off
        return new ContainerBuilder()
                .withName(JobSpec.CONTAINER)
                .withImage(spec.image().value())
                .withCommand(spec.command())
                .withArgs(spec.arguments())
                .withEnv(environment(spec))
                .withNewResources()
                    .withLimits(quantities(spec.resources().limits()))
                    .withRequests(quantities(spec.resources().requests()))
                .endResources()
                .build();
        // spotless:on
    }

    private static List<EnvVar> environment(JobSpec spec) {
        List<EnvVar> variables = new ArrayList<>();
        spec.environment()
                .forEach((name, value) ->
                        variables.add(literal(name, EnvironmentEncoding.encoded(value))));
        spec.mlflow().stream().flatMap(SpecTranslation::mlflow).forEach(variables::add);
        return variables;
    }

    private static Stream<EnvVar> mlflow(MlflowAccess access) {
        String secret = access.credential().value();
        return Stream.concat(
                Stream.of(
                        literal(
                                MlflowAccess.TRACKING_URI,
                                EnvironmentEncoding.encoded(access.trackingUri().toString()))),
                access.kind().variables().stream()
                        .map(variable -> fromSecret(variable.name(), secret, variable.key())));
    }

    private static EnvVar literal(String name, String value) {
        return new EnvVarBuilder().withName(name).withValue(value).build();
    }

    private static EnvVar fromSecret(String name, String secret, String key) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewSecretKeyRef(key, secret, false)
                .endValueFrom()
                .build();
    }

    private static Map<String, io.fabric8.kubernetes.api.model.Quantity> quantities(
            Map<String, Quantity> amounts) {
        Map<String, io.fabric8.kubernetes.api.model.Quantity> quantities = new LinkedHashMap<>();
        amounts.forEach((name, amount) ->
                quantities.put(
                        name, io.fabric8.kubernetes.api.model.Quantity.parse(amount.text())));
        return quantities;
    }
}
