package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.interlinkgateway.job.SlurmOptions;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The lines that the SLURM plugin writes, by the rules of the version in the recordings: the flags,
/// then CPUs and memory from the largest limits of any container, which displace the same flags.
final class BatchLines {

    private static final BigDecimal MEBIBYTE = BigDecimal.TWO.pow(20);

    private BatchLines() {}

    static List<String> of(Pod pod) {
        String flags =
                Objects.requireNonNullElse(
                                pod.getMetadata().getAnnotations(), Map.<String, String>of())
                        .get(Annotations.FLAGS);
        Map<String, String> options =
                new LinkedHashMap<>(flags == null ? Map.of() : SlurmOptions.parse(flags).values());
        Optional<BigDecimal> cpu = largest(pod, "cpu");
        Optional<BigDecimal> memory = largest(pod, "memory");
        cpu.ifPresent(_ -> options.remove("cpus-per-task"));
        memory.ifPresent(_ -> options.remove("mem"));
        options.putIfAbsent(
                "cpus-per-task",
                cpu.orElse(BigDecimal.ONE).setScale(0, RoundingMode.CEILING).toPlainString());
        options.putIfAbsent(
                "mem",
                memory.orElse(MEBIBYTE).divideToIntegralValue(MEBIBYTE).toBigInteger().toString());
        List<String> lines = new ArrayList<>();
        options.forEach((name, value) ->
                lines.add("#SBATCH --" + name + (value.isEmpty() ? "" : "=" + value)));
        return lines;
    }

    private static Optional<BigDecimal> largest(Pod pod, String resource) {
        return pod.getSpec().getContainers().stream()
                .map(Container::getResources)
                .filter(Objects::nonNull)
                .map(resources ->
                        Objects.requireNonNullElse(
                                        resources.getLimits(), Map.<String, Quantity>of())
                                .get(resource))
                .filter(Objects::nonNull)
                .map(Quantity::getNumericalAmount)
                .max(BigDecimal::compareTo);
    }
}
