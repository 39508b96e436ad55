package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.BindMount;
import io.interlinkgateway.job.ImageReference;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.NamedJob;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.SingularityOptions;
import io.interlinkgateway.job.SlurmField;
import io.interlinkgateway.job.SlurmOptions;
import io.interlinkgateway.job.SlurmTime;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What a job requests from the HPC. It is read from the translated pod, so it is complete for job specs and for
/// manifests.
///
/// @param slurm the options of `sbatch`
/// @param slurmField the fields in which the caller wrote them
/// @param images the containers' images, and the references from which images are pulled
/// @param mounts the sources of bind mounts; parts that are not mounts are included unchanged
/// @param runtimeOptions all words of the container runtime's options
/// @param hostCommands commands that run outside of the containers, or may do so
/// @param otherAnnotations other annotations of plugins, which can change the meaning of the rest
/// @param operatorAnnotations the names of annotations that an operator must allow
/// @param memory the memory in bytes that the plugin requests on each node because of the containers' limits
/// @param gpus the sum of the containers' limits for GPUs
public record HpcRequest(
        SlurmOptions slurm,
        OptionPath slurmField,
        List<FieldValue> images,
        List<FieldValue> mounts,
        List<FieldValue> runtimeOptions,
        List<FieldValue> hostCommands,
        List<FieldValue> otherAnnotations,
        List<FieldValue> operatorAnnotations,
        Optional<BigDecimal> memory,
        BigDecimal gpus) {

    private static final Set<String> KNOWN =
            Set.of(
                    MetadataNames.FLAGS,
                    MetadataNames.PRE_EXEC,
                    MetadataNames.SINGULARITY_MOUNTS,
                    MetadataNames.SINGULARITY_OPTIONS);

    /// A value and the field in which the caller wrote it.
    ///
    /// @param field the path in the caller's document
    /// @param value the value
    public record FieldValue(String field, String value) {}

    /// Finds the field in which the caller wrote an option of `sbatch`.
    @FunctionalInterface
    public interface OptionPath {

        /// @param option the option's long name
        /// @return the path in the caller's document
        String of(String option);
    }

    /// How long SLURM lets a pod's job run.
    ///
    /// @param pod a job's
    /// @return the limit that the pod names, rounded up to whole minutes as SLURM does; nothing if it names none or an
    ///     invalid one
    public static Optional<Duration> timeLimit(Pod pod) {
        try {
            return Optional.ofNullable(
                            ModelFields.orEmpty(pod.getMetadata().getAnnotations())
                                    .get(MetadataNames.FLAGS))
                    .map(SlurmOptions::parse)
                    .flatMap(options -> options.value("time"))
                    .flatMap(SlurmTime::of)
                    .flatMap(SlurmTime::limit)
                    .map(limit -> Duration.ofMinutes(limit.plusSeconds(59).toMinutes()));
        } catch (InvalidValueException ex) {
            return Optional.empty();
        }
    }

    static HpcRequest of(NamedJob job, Pod pod) {
        return switch (job.definition()) {
            case JobSpec spec -> ofSpec(spec, pod);
            case PodManifest _ -> ofManifest(pod);
        };
    }

    private static HpcRequest ofSpec(JobSpec spec, Pod pod) {
        List<FieldValue> images = new ArrayList<>();
        images.add(new FieldValue("image", spec.image().value()));
        spec.image()
                .pullFrom()
                .ifPresent(source -> images.add(new FieldValue("image.pullFrom", source)));
        return new HpcRequest(
                slurm(pod),
                SlurmField::pathOf,
                images,
                mounts("singularity.mounts", pod),
                words("singularity.options", annotation(pod, MetadataNames.SINGULARITY_OPTIONS)),
                Stream.concat(
                                ownPreExec(spec.image(), pod).stream(),
                                exports("slurm.flags", pod).stream())
                        .toList(),
                List.of(),
                List.of(),
                PluginResources.limit(pod, "memory"),
                gpus(pod));
    }

    private static List<FieldValue> ownPreExec(ImageReference image, Pod pod) {
        return PreExec.ownPart(
                        image, Optional.ofNullable(annotations(pod).get(MetadataNames.PRE_EXEC)))
                .stream()
                .map(text -> new FieldValue("preExec", text))
                .toList();
    }

    /// Some variables make the batch script run commands, such as `BASH_ENV`.
    private static Optional<FieldValue> exports(String field, Pod pod) {
        return slurm(pod)
                .value("export")
                .filter(value -> value.contains("="))
                .map(value -> new FieldValue(field, value));
    }

    private static HpcRequest ofManifest(Pod pod) {
        List<FieldValue> images = new ArrayList<>();
        List<FieldValue> commands = new ArrayList<>();
        if (annotations(pod).containsKey(MetadataNames.PRE_EXEC)) {
            commands.add(
                    new FieldValue(
                            path(MetadataNames.PRE_EXEC), annotation(pod, MetadataNames.PRE_EXEC)));
        }
        exports(path(MetadataNames.FLAGS), pod).ifPresent(commands::add);
        visit("spec.initContainers", pod.getSpec().getInitContainers(), images, commands);
        visit("spec.containers", pod.getSpec().getContainers(), images, commands);
        return new HpcRequest(
                slurm(pod),
                _ -> path(MetadataNames.FLAGS),
                images,
                mounts(path(MetadataNames.SINGULARITY_MOUNTS), pod),
                words(
                        path(MetadataNames.SINGULARITY_OPTIONS),
                        annotation(pod, MetadataNames.SINGULARITY_OPTIONS)),
                commands,
                annotations(pod).entrySet().stream()
                        .filter(annotation ->
                                PluginAnnotations.isReadByPlugin(annotation.getKey())
                                        && !KNOWN.contains(annotation.getKey())
                                        && !(annotation.getKey().equals(MetadataNames.IMAGE_ROOT)
                                                && ImageRoot.namesKindOnly(pod)))
                        .map(annotation ->
                                new FieldValue(path(annotation.getKey()), annotation.getValue()))
                        .toList(),
                annotations(pod).keySet().stream()
                        .filter(PluginAnnotations::isForOperators)
                        .map(name -> new FieldValue(path(name), name))
                        .toList(),
                PluginResources.limit(pod, "memory"),
                gpus(pod));
    }

    /// The plugin runs hooks and probes in its own script.
    private static void visit(
            String path,
            List<Container> containers,
            List<FieldValue> images,
            List<FieldValue> commands) {
        for (int index = 0; index < containers.size(); index++) {
            Container container = containers.get(index);
            String here = path + "[" + index + "].";
            images.add(new FieldValue(here + "image", String.valueOf(container.getImage())));
            if (container.getLifecycle() != null && container.getLifecycle().getPreStop() != null) {
                commands.add(new FieldValue(here + "lifecycle.preStop", ""));
            }
            if (container.getLivenessProbe() != null) {
                commands.add(new FieldValue(here + "livenessProbe", ""));
            }
            if (container.getReadinessProbe() != null) {
                commands.add(new FieldValue(here + "readinessProbe", ""));
            }
            if (container.getStartupProbe() != null) {
                commands.add(new FieldValue(here + "startupProbe", ""));
            }
        }
    }

    private static String path(String annotation) {
        return ManifestTranslation.annotationPath(annotation);
    }

    private static Map<String, String> annotations(Pod pod) {
        return ModelFields.orEmpty(pod.getMetadata().getAnnotations());
    }

    private static String annotation(Pod pod, String name) {
        return annotations(pod).getOrDefault(name, "");
    }

    private static SlurmOptions slurm(Pod pod) {
        return PluginResources.flags(pod);
    }

    private static List<FieldValue> words(String field, String text) {
        return Arrays.stream(text.split(" "))
                .filter(word -> !word.isEmpty())
                .map(word -> new FieldValue(field, word))
                .toList();
    }

    /// The sources of mounts, and other words of the annotation for mounts.
    private static List<FieldValue> mounts(String field, Pod pod) {
        SingularityOptions parsed =
                SingularityOptions.ofMounts(annotation(pod, MetadataNames.SINGULARITY_MOUNTS));
        return Stream.concat(
                        parsed.mounts().stream().map(BindMount::source), parsed.options().stream())
                .map(text -> new FieldValue(field, text))
                .toList();
    }

    private static BigDecimal gpus(Pod pod) {
        return Stream.concat(
                        pod.getSpec().getInitContainers().stream(),
                        pod.getSpec().getContainers().stream())
                .filter(container -> container.getResources() != null)
                .flatMap(container ->
                        ModelFields.orEmpty(container.getResources().getLimits()).keySet().stream())
                .filter(resource -> resource.endsWith("/gpu"))
                .distinct()
                .flatMap(resource -> PluginResources.limit(pod, resource).stream())
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
