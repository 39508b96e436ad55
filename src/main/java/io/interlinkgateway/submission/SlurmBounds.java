package io.interlinkgateway.submission;

import io.interlinkgateway.job.SlurmOptions;
import io.interlinkgateway.job.SlurmTime;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The maximum of what options of `sbatch` can request. It is empty if it can't be determined; a job is then refused
/// if there is a limit.
final class SlurmBounds {

    private static final Pattern NODES = Pattern.compile("(\\d{1,6})(?:-(\\d{1,6}))?");
    private static final Pattern COUNT = Pattern.compile("(?:[A-Za-z0-9_.]+:)?(\\d{1,6})");

    /// A type without a count after it must not start with a digit, because it may be a count itself: `gpu:1k` is
    /// 1024.
    private static final Pattern GPU =
            Pattern.compile(
                    "gpu(?::[A-Za-z_][A-Za-z0-9_.]*|:[A-Za-z0-9_.]+(?=:))?(?::(\\d{1,6}))?");

    /// A resource that is not a GPU or a part of one (`shard`, `mps`).
    private static final Pattern OTHER =
            Pattern.compile(
                    "(?!(?:gpu|shard|mps|gres)(?![a-z0-9_]))[a-z][a-z0-9_]*(?::[A-Za-z0-9_.]+){0,2}");

    private static final Pattern MEMORY = Pattern.compile("(\\d{1,12})([KMGTkmgt])?[Bb]?");

    private final SlurmOptions options;

    SlurmBounds(SlurmOptions options) {
        this.options = options;
    }

    /// SLURM treats a time of zero as no limit.
    Optional<Duration> walltime() {
        return options.value("time").flatMap(SlurmTime::of).flatMap(SlurmTime::limit);
    }

    private static long number(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    /// Without `--nodes`, each task may get a node of its own. A constraint can also request nodes (`rack*4`).
    OptionalLong nodes() {
        if (options.value("constraint").filter(text -> text.contains("*")).isPresent()) {
            return OptionalLong.empty();
        }
        Optional<String> nodes = options.value("nodes");
        if (nodes.isPresent()) {
            Matcher range = NODES.matcher(nodes.get());
            long most =
                    range.matches() ? Math.max(number(range.group(1)), number(range.group(2))) : 0;
            return most > 0 ? OptionalLong.of(most) : OptionalLong.empty();
        }
        return options.value("ntasks").isPresent() ? count("ntasks") : OptionalLong.of(1);
    }

    private OptionalLong tasks() {
        if (options.value("ntasks").isPresent()) {
            return count("ntasks");
        }
        OptionalLong nodes = nodes();
        OptionalLong perNode =
                options.value("ntasks-per-node").isPresent()
                        ? count("ntasks-per-node")
                        : OptionalLong.of(1);
        return times(nodes, perNode);
    }

    /// GPUs on all nodes together, by the option that requests most.
    OptionalLong gpus() {
        OptionalLong most = OptionalLong.of(0);
        if (options.value("gres").isPresent()) {
            most = larger(most, times(gres(options.value("gres").get()), nodes()));
        }
        if (options.value("gpus").isPresent()) {
            most = larger(most, count("gpus"));
        }
        if (options.value("gpus-per-node").isPresent()) {
            most = larger(most, times(count("gpus-per-node"), nodes()));
        }
        if (options.value("gpus-per-task").isPresent()) {
            most = larger(most, times(count("gpus-per-task"), tasks()));
        }
        return most;
    }

    private static OptionalLong gres(String list) {
        long sum = 0;
        for (String item : list.split(",", -1)) {
            Matcher gpu = GPU.matcher(item);
            if (gpu.matches()) {
                sum += gpu.group(1) == null ? 1 : number(gpu.group(1));
            } else if (!OTHER.matcher(item).matches()) {
                return OptionalLong.empty();
            }
        }
        return OptionalLong.of(sum);
    }

    /// A number, which may follow a type.
    private OptionalLong count(String option) {
        Matcher count = COUNT.matcher(options.value(option).orElse(""));
        return count.matches() ? OptionalLong.of(number(count.group(1))) : OptionalLong.empty();
    }

    /// The bytes that `--mem` requests on each node. Zero means all of the node's memory.
    Optional<BigDecimal> memory() {
        Matcher memory = MEMORY.matcher(options.value("mem").orElse(""));
        if (!memory.matches() || number(memory.group(1)) == 0) {
            return Optional.empty();
        }
        String unit = memory.group(2) == null ? "M" : memory.group(2).toUpperCase(Locale.ROOT);
        return Optional.of(
                new BigDecimal(memory.group(1))
                        .multiply(BigDecimal.TWO.pow(10 * ("KMGT".indexOf(unit) + 1))));
    }

    private static OptionalLong times(OptionalLong some, OptionalLong others) {
        return some.isPresent() && others.isPresent()
                ? OptionalLong.of(some.getAsLong() * others.getAsLong())
                : OptionalLong.empty();
    }

    private static OptionalLong larger(OptionalLong some, OptionalLong other) {
        return some.isPresent() && other.isPresent()
                ? OptionalLong.of(Math.max(some.getAsLong(), other.getAsLong()))
                : OptionalLong.empty();
    }
}
