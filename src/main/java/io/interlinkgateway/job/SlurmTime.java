package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A value of `sbatch --time`, in the forms of its manual page: `minutes`, `minutes:seconds`,
/// `hours:minutes:seconds`, `days-hours`, `days-hours:minutes` and `days-hours:minutes:seconds`. SLURM rounds up to
/// whole minutes; here the seconds are kept.
///
/// @param limit the maximum run time, more than zero; empty for no limit, which zero means too
public record SlurmTime(Optional<Duration> limit) {

    private static final Pattern FORM =
            Pattern.compile("(?:(\\d{1,6})-)?(\\d{1,9})(?::(\\d{1,9}))?(?::(\\d{1,9}))?");

    /// @param text a value of `--time`
    /// @return the time, or nothing if sbatch would refuse it
    public static Optional<SlurmTime> of(String text) {
        if (text.equalsIgnoreCase("UNLIMITED") || text.equalsIgnoreCase("INFINITE")) {
            return Optional.of(new SlurmTime(Optional.empty()));
        }
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(
                        new SlurmTime(
                                Optional.of(duration(matcher)).filter(limit -> !limit.isZero())))
                : Optional.empty();
    }

    /// @param text a value of `--time`
    /// @return the time
    /// @throws InvalidValueException if sbatch would refuse it
    public static SlurmTime parse(String text) {
        return of(text).orElseThrow(() ->
                new InvalidValueException(
                        "sbatch: error: Invalid --time specification: " + Text.shown(text),
                        "Write it like 30, 01:30:00 or 1-12:00:00."));
    }

    private static Duration duration(Matcher time) {
        boolean hoursFirst = time.group(1) != null || time.group(4) != null;
        Duration first = hoursFirst ? Duration.ofHours(1) : Duration.ofMinutes(1);
        Duration second = hoursFirst ? Duration.ofMinutes(1) : Duration.ofSeconds(1);
        return Duration.ofDays(number(time.group(1)))
                .plus(first.multipliedBy(number(time.group(2))))
                .plus(second.multipliedBy(number(time.group(3))))
                .plusSeconds(number(time.group(4)));
    }

    private static long number(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
