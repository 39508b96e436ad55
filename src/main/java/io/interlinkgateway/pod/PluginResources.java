package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.interlinkgateway.failure.Checked;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.job.SlurmOptions;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Normalizes the resources that the SLURM plugin will request from SLURM, so that every version of the plugin reads
/// the pod in the same way.
///
/// The plugin always requests CPUs and memory with `--cpus-per-task` and `--mem`. It reads only limits and flags, and
/// only whole amounts (`resource.Quantity.AsInt64()`): the maximum of the init containers or the sum of the
/// containers. Without a limit or a flag it requests one CPU and 1 MB (recording `no-limits`), in which nothing can
/// run; for less than 1 MiB it requests `--mem=0`, which is all of a node's memory. So fractions are rounded up,
/// implausible amounts are refused, a missing limit is set to the request if there is one, else to [#DEFAULTS],
/// options that exclude the plugin's own are translated, and options that a limit overrides are removed.
final class PluginResources {

    /// The limits of a job without any: enough to start, and to fail with a clear message.
    static final Map<String, String> DEFAULTS = Map.of("cpu", "1", "memory", "1Gi");

    static final BigDecimal MEBIBYTE = BigDecimal.TWO.pow(20);

    /// A resource that the plugin requests from SLURM, and the option for it.
    private enum Size {
        CPU("cpu", "cpus-per-task"),
        MEMORY("memory", "mem");

        private final String resource;
        private final String option;

        Size(String resource, String option) {
            this.resource = resource;
            this.option = option;
        }
    }

    /// The paths of limits and options in the caller's document.
    interface Fields {

        /// @param containers `containers` or `initContainers`
        /// @param index the container's index
        /// @param resource the resource's name
        /// @return the path of the limit
        String limit(String containers, int index, String resource);

        /// @param name an option's long name
        /// @return the path of the option
        String option(String name);
    }

    private final Pod pod;
    private final Fields fields;
    private final List<Finding> findings = new ArrayList<>();
    private final Set<String> completed = new LinkedHashSet<>();
    private SlurmOptions options;

    private PluginResources(Pod pod, Fields fields) {
        this.pod = new PodBuilder(pod).build();
        this.fields = fields;
        this.options = flags(pod);
    }

    /// @param pod a pod with parsed flags
    /// @param fields the paths in the caller's document
    /// @return the normalized pod, with warnings for what was changed, and errors for what can't be normalized
    static Checked<Pod> normalized(Pod pod, Fields fields) {
        PluginResources resources = new PluginResources(pod, fields);
        resources.normalize();
        return Checked.of(resources.pod, resources.findings);
    }

    /// The resources whose limits the gateway added.
    static List<String> completedIn(Pod pod) {
        String names = annotations(pod).get(MetadataNames.COMPLETED_LIMITS);
        return names == null ? List.of() : List.of(names.split(","));
    }

    /// What the plugin requests: the maximum of the init containers, or the sum of the containers if that is more.
    ///
    /// @param pod a normalized pod
    /// @param resource the resource's name
    /// @return the amount, or nothing if no container has a limit
    static Optional<BigDecimal> limit(Pod pod, String resource) {
        Optional<BigDecimal> largest =
                amounts(pod.getSpec().getInitContainers(), resource).max(BigDecimal::compareTo);
        Optional<BigDecimal> sum =
                amounts(pod.getSpec().getContainers(), resource).reduce(BigDecimal::add);
        return Stream.concat(largest.stream(), sum.stream()).max(BigDecimal::compareTo);
    }

    private static Stream<BigDecimal> amounts(List<Container> containers, String resource) {
        return ModelFields.orEmpty(containers).stream()
                .map(container -> limits(container).get(resource))
                .filter(Objects::nonNull)
                .map(Quantity::getNumericalAmount);
    }

    private void normalize() {
        moveDownFromPod();
        round("initContainers", ModelFields.orEmpty(pod.getSpec().getInitContainers()));
        round("containers", pod.getSpec().getContainers());
        translatePerGpu();
        complete(Size.CPU);
        translateMemory();
        complete(Size.MEMORY);
        for (Size size : Size.values()) {
            removeOverridden(size);
        }
        write();
    }

    /// The plugin does not read pod-level resources.
    private void moveDownFromPod() {
        ResourceRequirements whole = pod.getSpec().getResources();
        if (whole == null) {
            return;
        }
        Set<String> limited =
                Stream.of(
                                ModelFields.orEmpty(pod.getSpec().getInitContainers()),
                                pod.getSpec().getContainers())
                        .flatMap(List::stream)
                        .flatMap(container -> limits(container).keySet().stream())
                        .collect(Collectors.toSet());
        Container first = pod.getSpec().getContainers().getFirst();
        Map<String, Quantity> limits = new LinkedHashMap<>(limits(first));
        ModelFields.orEmpty(whole.getLimits())
                .forEach((resource, amount) -> {
                    if (!limited.contains(resource)) {
                        limits.put(resource, amount);
                    }
                });
        setLimits(first, limits);
        pod.getSpec().setResources(null);
        findings.add(
                Finding.warning(
                        "changed-by-gateway",
                        "spec.resources",
                        "interLink does not read spec.resources: its limits become those of the"
                            + " first container if no container has its own, and its requests are"
                            + " removed.",
                        "Set limits on the containers."));
    }

    private void round(String kind, List<Container> containers) {
        for (int index = 0; index < containers.size(); index++) {
            Container container = containers.get(index);
            Quantity cpu = limits(container).get(Size.CPU.resource);
            if (cpu != null) {
                roundCpu(container, fields.limit(kind, index, Size.CPU.resource), cpu);
            }
            Quantity memory = limits(container).get(Size.MEMORY.resource);
            if (memory != null) {
                roundMemory(container, fields.limit(kind, index, Size.MEMORY.resource), memory);
            }
        }
    }

    private void roundCpu(Container container, String field, Quantity cpu) {
        BigDecimal amount = cpu.getNumericalAmount();
        BigDecimal whole = amount.setScale(0, RoundingMode.CEILING).max(BigDecimal.ONE);
        if (whole.compareTo(amount) != 0) {
            setLimit(container, Size.CPU.resource, new Quantity(whole.toPlainString()));
            findings.add(rounded(field, cpu, whole.toPlainString(), "SLURM allocates whole CPUs."));
        }
    }

    private void roundMemory(Container container, String field, Quantity memory) {
        BigDecimal bytes = memory.getNumericalAmount();
        if (bytes.compareTo(MEBIBYTE) < 0) {
            findings.add(
                    Finding.error(
                            "limit-size",
                            field,
                            "A limit of "
                                    + memory
                                    + " is less than 1 MiB. The plugin would request 1 MB, or all"
                                    + " memory of a node.",
                            "Write the unit, such as 512Mi or 4Gi."));
        } else if (bytes.stripTrailingZeros().scale() > 0) {
            String whole = bytes.divide(MEBIBYTE, 0, RoundingMode.CEILING) + "Mi";
            setLimit(container, Size.MEMORY.resource, Quantity.parse(whole));
            findings.add(
                    rounded(
                            field,
                            memory,
                            whole,
                            "The plugin can only read whole numbers of bytes."));
        }
    }

    private static Finding rounded(String field, Quantity written, String becomes, String why) {
        return Finding.warning(
                "limit-rounded",
                field,
                "The limit " + written + " becomes " + becomes + ". " + why,
                "Write " + becomes + ".");
    }

    private void complete(Size size) {
        if (limit(pod, size.resource).isPresent()
                || options.value(size.option).isPresent()
                || annotations(pod).containsKey(MetadataNames.FLAVOR)) {
            return;
        }
        List<Container> containers = pod.getSpec().getContainers();
        List<Integer> requesting =
                IntStream.range(0, containers.size())
                        .filter(index -> isRequested(size, containers.get(index)))
                        .boxed()
                        .toList();
        if (requesting.isEmpty()) {
            Quantity defaultAmount =
                    Quantity.parse(Objects.requireNonNull(DEFAULTS.get(size.resource)));
            add(size, 0, defaultAmount, ", the default.");
        }
        for (int index : requesting) {
            add(
                    size,
                    index,
                    Objects.requireNonNull(requests(containers.get(index)).get(size.resource)),
                    ", its request.");
        }
        round("containers", containers);
    }

    /// A request of less than 1 MiB is too small for any job.
    private static boolean isRequested(Size size, Container container) {
        Quantity amount = requests(container).get(size.resource);
        return amount != null
                && (size == Size.CPU || amount.getNumericalAmount().compareTo(MEBIBYTE) >= 0);
    }

    private void add(Size size, int index, Quantity amount, String source) {
        setLimit(pod.getSpec().getContainers().get(index), size.resource, amount);
        completed.add(size.resource);
        findings.add(
                Finding.warning(
                        "limit-added",
                        fields.limit("containers", index, size.resource),
                        "The job has no limit for "
                                + size.resource
                                + "; it gets "
                                + amount
                                + source,
                        "Set a limit: the plugin requests it from SLURM."));
    }

    /// `--cpus-per-gpu` excludes `--cpus-per-task`, which the plugin always writes.
    private void translatePerGpu() {
        options.value("cpus-per-gpu")
                .ifPresent(each ->
                        translate(
                                "cpus-per-gpu",
                                Size.CPU,
                                product(number(each), gpusOnEachNode())
                                        .flatMap(cpus -> quotient(cpus, tasksOnEachNode()))
                                        .map(BigDecimal::toPlainString)));
    }

    /// `--mem-per-cpu` and `--mem-per-gpu` exclude `--mem`, which the plugin always writes.
    private void translateMemory() {
        options.value("mem-per-cpu")
                .ifPresent(each ->
                        translate(
                                "mem-per-cpu",
                                Size.MEMORY,
                                times(each, product(cpusOfEachTask(), tasksOnEachNode()))));
        options.value("mem-per-gpu")
                .ifPresent(each ->
                        translate("mem-per-gpu", Size.MEMORY, times(each, gpusOnEachNode())));
    }

    private void translate(String option, Size size, Optional<String> value) {
        if (limit(pod, size.resource).isPresent() || value.isEmpty()) {
            findings.add(
                    Finding.error(
                            "option-excluded",
                            fields.option(option),
                            "The plugin always uses the option --"
                                    + size.option
                                    + ", which excludes --"
                                    + option
                                    + ".",
                            "Leave --"
                                    + option
                                    + " out, and give "
                                    + (size == Size.CPU ? "the CPUs of a task" : "a node's memory")
                                    + " as the limit of "
                                    + size.resource
                                    + "."));
            return;
        }
        String becomes = "--" + size.option + "=" + value.get();
        findings.add(
                Finding.warning(
                        "option-translated",
                        fields.option(option),
                        "The plugin always uses the option --"
                                + size.option
                                + ", which excludes --"
                                + option
                                + ": it becomes "
                                + becomes
                                + ".",
                        "Write " + becomes + "."));
        Map<String, String> values = new LinkedHashMap<>();
        options.values()
                .forEach((name, text) ->
                        values.put(
                                name.equals(option) ? size.option : name,
                                name.equals(option) ? value.get() : text));
        options = new SlurmOptions(values);
    }

    /// Multiplies an amount of memory in sbatch's notation.
    private static Optional<String> times(String memory, Optional<BigDecimal> factor) {
        String digits = memory.replaceFirst("[KMGTkmgt]$", "");
        return product(number(digits), factor)
                .map(amount -> amount.toPlainString() + memory.substring(digits.length()));
    }

    private Optional<BigDecimal> cpusOfEachTask() {
        Optional<BigDecimal> limit = limit(pod, Size.CPU.resource);
        return limit.isPresent()
                ? limit
                : options.value(Size.CPU.option).flatMap(PluginResources::number);
    }

    /// How many tasks each node gets, if that is certain.
    private Optional<BigDecimal> tasksOnEachNode() {
        if (options.value("ntasks-per-node").isPresent()) {
            return options.value("ntasks-per-node").flatMap(PluginResources::number);
        }
        if (options.value("ntasks").isEmpty()) {
            return Optional.of(BigDecimal.ONE);
        }
        return onOneNode()
                ? options.value("ntasks").flatMap(PluginResources::number)
                : Optional.empty();
    }

    /// How many GPUs are allocated on each node, if that is certain.
    private Optional<BigDecimal> gpusOnEachNode() {
        Optional<String> perNode =
                options.value("gpus-per-node")
                        .or(() -> options.value("gpus").filter(_ -> onOneNode()))
                        .or(() ->
                                options.value("gres")
                                        .filter(gres -> gres.matches("gpu(:[^,]*)?"))
                                        .map(gres -> gres.equals("gpu") ? "1" : gres));
        return perNode.flatMap(text -> number(text.substring(text.lastIndexOf(':') + 1)));
    }

    private boolean onOneNode() {
        return options.value("nodes").filter("1"::equals).isPresent();
    }

    private static Optional<BigDecimal> number(String text) {
        return text.matches("[1-9][0-9]{0,8}")
                ? Optional.of(new BigDecimal(text))
                : Optional.empty();
    }

    private static Optional<BigDecimal> product(
            Optional<BigDecimal> one, Optional<BigDecimal> other) {
        return one.flatMap(factor -> other.map(factor::multiply));
    }

    private static Optional<BigDecimal> quotient(BigDecimal all, Optional<BigDecimal> parts) {
        return parts.map(all::divideAndRemainder)
                .filter(divided -> divided[1].signum() == 0)
                .map(divided -> divided[0]);
    }

    /// A limit overrides the option in all versions of the plugin, except those that can't read the limit.
    private void removeOverridden(Size size) {
        if (limit(pod, size.resource).isPresent() && options.value(size.option).isPresent()) {
            options = options.without(Set.of(size.option));
            findings.add(
                    Finding.warning(
                            "flag-displaced",
                            fields.option(size.option),
                            "The limit for "
                                    + size.resource
                                    + " overrides the option --"
                                    + size.option
                                    + ".",
                            "Give only the limit."));
        }
    }

    private void write() {
        Map<String, String> annotations = new LinkedHashMap<>(annotations(pod));
        if (options.values().isEmpty()) {
            annotations.remove(MetadataNames.FLAGS);
        } else {
            annotations.put(MetadataNames.FLAGS, options.rendered());
        }
        if (!completed.isEmpty()) {
            annotations.put(MetadataNames.COMPLETED_LIMITS, String.join(",", completed));
        }
        pod.getMetadata().setAnnotations(annotations);
    }

    private static void setLimit(Container container, String resource, Quantity amount) {
        Map<String, Quantity> limits = new LinkedHashMap<>(limits(container));
        limits.put(resource, amount);
        setLimits(container, limits);
    }

    private static void setLimits(Container container, Map<String, Quantity> limits) {
        ResourceRequirements resources =
                Objects.requireNonNullElseGet(container.getResources(), ResourceRequirements::new);
        resources.setLimits(limits);
        container.setResources(resources);
    }

    static SlurmOptions flags(Pod pod) {
        return SlurmOptions.parse(annotations(pod).getOrDefault(MetadataNames.FLAGS, ""));
    }

    private static Map<String, String> annotations(Pod pod) {
        return ModelFields.orEmpty(pod.getMetadata().getAnnotations());
    }

    private static Map<String, Quantity> limits(Container container) {
        return container.getResources() == null
                ? Map.of()
                : ModelFields.orEmpty(container.getResources().getLimits());
    }

    private static Map<String, Quantity> requests(Container container) {
        return container.getResources() == null
                ? Map.of()
                : ModelFields.orEmpty(container.getResources().getRequests());
    }
}
