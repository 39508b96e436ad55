package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Pod;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The `#SBATCH` lines that the SLURM plugin writes, by the rules of the version in the recordings: the flags, then
/// CPUs and memory from the limits, which override the same flags. What a flavor adds is only known on its node.
final class SbatchDirectives {

    private SbatchDirectives() {}

    static List<String> of(Pod pod) {
        Map<String, String> options = new LinkedHashMap<>(PluginResources.flags(pod).values());
        boolean flavored =
                ModelFields.orEmpty(pod.getMetadata().getAnnotations())
                        .containsKey(MetadataNames.FLAVOR);
        put(
                options,
                "cpus-per-task",
                PluginResources.limit(pod, "cpu")
                        .map(cpus -> cpus.setScale(0, RoundingMode.CEILING)),
                flavored);
        put(
                options,
                "mem",
                PluginResources.limit(pod, "memory")
                        .map(bytes -> bytes.divideToIntegralValue(PluginResources.MEBIBYTE)),
                flavored);
        List<String> lines = new ArrayList<>();
        options.forEach((name, value) ->
                lines.add("#SBATCH --" + name + (value.isEmpty() ? "" : "=" + value)));
        return lines;
    }

    /// Without a limit, a flag and a flavor, the plugin requests one CPU and 1 MB.
    private static void put(
            Map<String, String> options,
            String option,
            Optional<BigDecimal> limit,
            boolean flavored) {
        if (limit.isPresent()) {
            options.remove(option);
            options.put(option, limit.get().toBigInteger().toString());
        } else if (!flavored) {
            options.putIfAbsent(option, "1");
        }
    }
}
