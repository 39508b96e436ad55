package io.interlinkgateway.sandbox;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.InvalidValueException;
import io.interlinkgateway.job.SlurmOptions;
import io.interlinkgateway.job.Text;
import io.interlinkgateway.pod.Annotations;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The walltime that a pod's SLURM options ask for, by the forms in sbatch's manual page: `minutes`,
/// `minutes:seconds`, `hours:minutes:seconds`, `days-hours`, `days-hours:minutes` and
/// `days-hours:minutes:seconds`. SLURM rounds up to whole minutes; the sandbox keeps the seconds.
final class Walltime {

    private static final Pattern FORM =
            Pattern.compile("(?:(\\d{1,6})-)?(\\d{1,9})(?::(\\d{1,9}))?(?::(\\d{1,9}))?");

    private Walltime() {}

    /// @param pod any pod
    /// @return nothing if the job may run for ever
    /// @throws InvalidValueException if sbatch would refuse it
    static Optional<Duration> of(Pod pod) {
        String flags =
                Objects.requireNonNullElse(
                                pod.getMetadata().getAnnotations(), Map.<String, String>of())
                        .get(Annotations.FLAGS);
        return flags == null
                ? Optional.empty()
                : SlurmOptions.parse(flags).value("time").flatMap(Walltime::parse);
    }

    /// @param text as in `--time=`
    /// @return nothing for no limit
    /// @throws InvalidValueException if sbatch would refuse it
    static Optional<Duration> parse(String text) {
        if (text.equalsIgnoreCase("UNLIMITED") || text.equalsIgnoreCase("INFINITE")) {
            return Optional.empty();
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidValueException(
                    "sbatch: error: Invalid --time specification: " + Text.shown(text),
                    "Write it like 30, 01:30:00 or 1-12:00:00.");
        }
        Duration duration =
                matcher.group(1) != null
                        ? Duration.ofDays(number(matcher, 1))
                                .plusHours(number(matcher, 2))
                                .plusMinutes(number(matcher, 3))
                                .plusSeconds(number(matcher, 4))
                        : matcher.group(4) != null
                                ? Duration.ofHours(number(matcher, 2))
                                        .plusMinutes(number(matcher, 3))
                                        .plusSeconds(number(matcher, 4))
                                : Duration.ofMinutes(number(matcher, 2))
                                        .plusSeconds(number(matcher, 3));
        // To sbatch, zero asks for no limit.
        return Optional.of(duration).filter(limit -> !limit.isZero());
    }

    private static long number(Matcher matcher, int group) {
        String digits = matcher.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
