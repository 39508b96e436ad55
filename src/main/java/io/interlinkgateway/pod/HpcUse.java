package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.interlinkgateway.job.ImageReference;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.PlacedJob;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.SlurmOptions;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What a job makes the HPC do, read from the pod that would be created: so nothing that is said in one way of
/// writing a job is overlooked in the other.
///
/// @param slurm the options of `sbatch`
/// @param slurmField where they are said
/// @param images what the containers run, and where images are pulled from
/// @param mounts the sources of bind mounts, as they are said; what is no mount comes as it is
/// @param runtimeOptions each word of the container runtime's options
/// @param hostCommands what runs outside of the containers, or may
/// @param otherAnnotations the plugin's other annotations, which change what the rest means
/// @param memory the largest memory limit of any container in bytes, which the plugin asks for on each node
/// @param gpus the GPUs that the containers' limits add up to
public record HpcUse(
        SlurmOptions slurm,
        SlurmField slurmField,
        List<Said> images,
        List<Said> mounts,
        List<Said> runtimeOptions,
        List<Said> hostCommands,
        List<Said> otherAnnotations,
        Optional<BigDecimal> memory,
        BigDecimal gpus) {

    private static final Set<String> KNOWN =
            Set.of(
                    Annotations.FLAGS,
                    Annotations.PRE_EXEC,
                    Annotations.SINGULARITY_MOUNTS,
                    Annotations.SINGULARITY_OPTIONS);

    /// The fields of a job spec that have an option's name in another spelling.
    private static final Map<String, String> SPEC_FIELDS =
            Map.ofEntries(
                    Map.entry("partition", "slurm.partition"),
                    Map.entry("account", "slurm.account"),
                    Map.entry("qos", "slurm.qos"),
                    Map.entry("reservation", "slurm.reservation"),
                    Map.entry("constraint", "slurm.constraint"),
                    Map.entry("gres", "slurm.gres"),
                    Map.entry("nodes", "slurm.nodes"),
                    Map.entry("ntasks", "slurm.tasks"),
                    Map.entry("ntasks-per-node", "slurm.tasksPerNode"),
                    Map.entry("time", "slurm.timeLimit"),
                    Map.entry("exclude", "slurm.exclude"));

    /// A value and where the caller said it.
    ///
    /// @param field the path in the caller's document
    /// @param value the value
    public record Said(String field, String value) {}

    /// Where a caller says an option of `sbatch`.
    @FunctionalInterface
    public interface SlurmField {

        /// @param option the option's long name
        /// @return the path in the caller's document
        String of(String option);
    }

    static HpcUse of(PlacedJob job, Pod pod) {
        return switch (job.definition()) {
            case JobSpec spec -> ofSpec(spec, pod);
            case PodManifest _ -> ofManifest(pod);
        };
    }

    private static HpcUse ofSpec(JobSpec spec, Pod pod) {
        List<Said> images = new ArrayList<>();
        images.add(new Said("image", spec.image().value()));
        spec.image().pullFrom().ifPresent(source -> images.add(new Said("image.pullFrom", source)));
        return new HpcUse(
                slurm(pod),
                option -> SPEC_FIELDS.getOrDefault(option, "slurm.flags"),
                images,
                mounts("singularity.mounts", pod),
                words("singularity.options", annotation(pod, Annotations.SINGULARITY_OPTIONS)),
                Stream.concat(
                                ownPreExec(spec.image(), pod).stream(),
                                exports("slurm.flags", pod).stream())
                        .toList(),
                List.of(),
                memory(pod),
                gpus(pod));
    }

    private static List<Said> ownPreExec(ImageReference image, Pod pod) {
        return PreExec.ownPart(
                        image, Optional.ofNullable(annotations(pod).get(Annotations.PRE_EXEC)))
                .stream()
                .map(text -> new Said("preExec", text))
                .toList();
    }

    /// A variable that is set for the batch script can run a command, such as `BASH_ENV`.
    private static Optional<Said> exports(String field, Pod pod) {
        return slurm(pod)
                .value("export")
                .filter(value -> value.contains("="))
                .map(value -> new Said(field, value));
    }

    private static HpcUse ofManifest(Pod pod) {
        List<Said> images = new ArrayList<>();
        List<Said> commands = new ArrayList<>();
        if (annotations(pod).containsKey(Annotations.PRE_EXEC)) {
            commands.add(
                    new Said(path(Annotations.PRE_EXEC), annotation(pod, Annotations.PRE_EXEC)));
        }
        exports(path(Annotations.FLAGS), pod).ifPresent(commands::add);
        visit("spec.initContainers", pod.getSpec().getInitContainers(), images, commands);
        visit("spec.containers", pod.getSpec().getContainers(), images, commands);
        return new HpcUse(
                slurm(pod),
                _ -> path(Annotations.FLAGS),
                images,
                mounts(path(Annotations.SINGULARITY_MOUNTS), pod),
                words(
                        path(Annotations.SINGULARITY_OPTIONS),
                        annotation(pod, Annotations.SINGULARITY_OPTIONS)),
                commands,
                annotations(pod).entrySet().stream()
                        .filter(annotation ->
                                annotation.getKey().startsWith("slurm-job.vk.io/")
                                        && !KNOWN.contains(annotation.getKey()))
                        .map(annotation ->
                                new Said(path(annotation.getKey()), annotation.getValue()))
                        .toList(),
                memory(pod),
                gpus(pod));
    }

    /// The plugin runs hooks and probes from its own script.
    private static void visit(
            String path, List<Container> containers, List<Said> images, List<Said> commands) {
        for (int index = 0; index < containers.size(); index++) {
            Container container = containers.get(index);
            String here = path + "[" + index + "].";
            images.add(new Said(here + "image", String.valueOf(container.getImage())));
            if (container.getLifecycle() != null) {
                commands.add(new Said(here + "lifecycle", ""));
            }
            if (container.getLivenessProbe() != null) {
                commands.add(new Said(here + "livenessProbe", ""));
            }
            if (container.getReadinessProbe() != null) {
                commands.add(new Said(here + "readinessProbe", ""));
            }
            if (container.getStartupProbe() != null) {
                commands.add(new Said(here + "startupProbe", ""));
            }
        }
    }

    private static String path(String annotation) {
        return "metadata.annotations[" + annotation + "]";
    }

    private static Map<String, String> annotations(Pod pod) {
        return PodReading.orEmpty(pod.getMetadata().getAnnotations());
    }

    private static String annotation(Pod pod, String name) {
        return annotations(pod).getOrDefault(name, "");
    }

    private static SlurmOptions slurm(Pod pod) {
        return SlurmOptions.parse(annotation(pod, Annotations.FLAGS));
    }

    private static List<Said> words(String field, String text) {
        return Arrays.stream(text.split(" "))
                .filter(word -> !word.isEmpty())
                .map(word -> new Said(field, word))
                .toList();
    }

    /// `--bind a:b,c:d`, `--bind=a:b`, `-B a:b`: the sources. A word that is neither option nor mount is given as
    /// it is.
    private static List<Said> mounts(String field, Pod pod) {
        return words(field, annotation(pod, Annotations.SINGULARITY_MOUNTS)).stream()
                .filter(word -> !word.value().equals("--bind") && !word.value().equals("-B"))
                .flatMap(
                        word -> Stream.of(word.value().replaceFirst("^--bind=", "").split(",", -1)))
                .map(mount -> new Said(field, mount.split(":", -1)[0]))
                .toList();
    }

    private static Optional<BigDecimal> memory(Pod pod) {
        return limits(pod)
                .map(limits -> limits.get("memory"))
                .flatMap(Stream::ofNullable)
                .map(Quantity::getNumericalAmount)
                .max(BigDecimal::compareTo);
    }

    private static BigDecimal gpus(Pod pod) {
        return limits(pod)
                .flatMap(limits -> limits.entrySet().stream())
                .filter(limit -> limit.getKey().endsWith("/gpu"))
                .map(limit -> limit.getValue().getNumericalAmount())
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static Stream<Map<String, Quantity>> limits(Pod pod) {
        return pod.getSpec().getContainers().stream()
                .filter(container -> container.getResources() != null)
                .map(container -> PodReading.orEmpty(container.getResources().getLimits()));
    }
}
