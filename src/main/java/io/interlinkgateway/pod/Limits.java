package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.SlurmOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The limits that a pod lacks. The plugin reads nothing else: without a limit it asks SLURM for one CPU and
/// 1 MB (recording `no-limits`), in which nothing runs. So a missing limit becomes the request where there
/// is one, else [#DEFAULTS]; a warning says so. Where the flags say it (`--cpus-per-task`, `--mem`), nothing
/// is missing.
final class Limits {

    /// What a job gets that says nothing: enough to start, and to fail with a clear message.
    static final Map<String, String> DEFAULTS = Map.of("cpu", "1", "memory", "1Gi");

    private static final List<String> NEEDED = List.of("cpu", "memory");
    private static final Map<String, String> FLAGS =
            Map.of("cpu", "cpus-per-task", "memory", "mem");

    private Limits() {}

    /// A limit that the gateway adds.
    ///
    /// @param container the container's index
    /// @param resource `cpu` or `memory`
    /// @param amount how much
    /// @param requested whether that is the container's own request
    record Addition(int container, String resource, Quantity amount, boolean requested) {}

    static List<Addition> missing(Pod pod) {
        List<Addition> additions = new ArrayList<>();
        for (String resource : NEEDED) {
            if (!isLimited(pod, resource) && flag(pod, FLAGS.get(resource)).isEmpty()) {
                additions.addAll(additions(pod, resource));
            }
        }
        return additions;
    }

    private static List<Addition> additions(Pod pod, String resource) {
        List<Container> containers = pod.getSpec().getContainers();
        List<Addition> additions = new ArrayList<>();
        for (int index = 0; index < containers.size(); index++) {
            Quantity requested = requests(containers.get(index)).get(resource);
            if (requested != null) {
                additions.add(new Addition(index, resource, requested, true));
            }
        }
        return additions.isEmpty()
                ? List.of(
                        new Addition(
                                0,
                                resource,
                                Quantity.parse(Objects.requireNonNull(DEFAULTS.get(resource))),
                                false))
                : additions;
    }

    static Pod completed(Pod pod) {
        List<Addition> additions = missing(pod);
        if (additions.isEmpty()) {
            return pod;
        }
        Pod completed = new PodBuilder(pod).build();
        for (Addition addition : additions) {
            Container container = completed.getSpec().getContainers().get(addition.container());
            ResourceRequirements resources =
                    Objects.requireNonNullElseGet(
                            container.getResources(), ResourceRequirements::new);
            Map<String, Quantity> limits = new LinkedHashMap<>(limits(container));
            limits.put(addition.resource(), addition.amount());
            resources.setLimits(limits);
            container.setResources(resources);
        }
        Map<String, String> annotations =
                new LinkedHashMap<>(PodReading.orEmpty(pod.getMetadata().getAnnotations()));
        annotations.put(
                Annotations.COMPLETED_LIMITS,
                String.join(",", additions.stream().map(Addition::resource).distinct().toList()));
        completed.getMetadata().setAnnotations(annotations);
        return completed;
    }

    /// The resources whose limits the gateway added.
    static List<String> completedIn(Pod pod) {
        String names =
                PodReading.orEmpty(pod.getMetadata().getAnnotations())
                        .get(Annotations.COMPLETED_LIMITS);
        return names == null ? List.of() : List.of(names.split(","));
    }

    static List<Finding> warnings(Pod pod, String path) {
        List<Finding> warnings = new ArrayList<>();
        for (Addition addition : missing(pod)) {
            warnings.add(
                    Finding.warning(
                            "limit-added",
                            path.formatted(addition.container()) + ".limits." + addition.resource(),
                            "The job has no limit for "
                                    + addition.resource()
                                    + "; it gets "
                                    + addition.amount()
                                    + (addition.requested() ? ", its request." : ", the default."),
                            "Say how much it needs: SLURM is asked for the limit."));
        }
        FLAGS.forEach((resource, flag) -> {
            if (isLimited(pod, resource) && flag(pod, flag).isPresent()) {
                warnings.add(
                        Finding.warning(
                                "flag-displaced",
                                path.startsWith("spec")
                                        ? "metadata.annotations[" + Annotations.FLAGS + "]"
                                        : "slurm.flags",
                                "The limit for "
                                        + resource
                                        + " displaces the option --"
                                        + flag
                                        + ".",
                                "Give only the limit."));
            }
        });
        return warnings;
    }

    private static Optional<String> flag(Pod pod, @Nullable String name) {
        String flags =
                PodReading.orEmpty(pod.getMetadata().getAnnotations()).get(Annotations.FLAGS);
        return flags == null || name == null
                ? Optional.empty()
                : SlurmOptions.parse(flags).value(name);
    }

    private static boolean isLimited(Pod pod, String resource) {
        return pod.getSpec().getContainers().stream()
                .anyMatch(container -> limits(container).containsKey(resource));
    }

    private static Map<String, Quantity> limits(Container container) {
        return container.getResources() == null
                ? Map.of()
                : PodReading.orEmpty(container.getResources().getLimits());
    }

    private static Map<String, Quantity> requests(Container container) {
        return container.getResources() == null
                ? Map.of()
                : PodReading.orEmpty(container.getResources().getRequests());
    }
}
