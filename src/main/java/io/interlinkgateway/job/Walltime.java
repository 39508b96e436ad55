package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/// The maximum run time that SLURM allows a job.
///
/// @param duration 1 second to 365 days, whole seconds
public record Walltime(Duration duration) {

    private static final Duration LONGEST = Duration.ofDays(365);

    /// @throws InvalidValueException if it is out of its range
    public Walltime {
        if (duration.isNegative()
                || duration.isZero()
                || !duration.equals(duration.truncatedTo(ChronoUnit.SECONDS))
                || duration.compareTo(LONGEST) > 0) {
            throw refused();
        }
    }

    /// @param text an ISO 8601 duration such as `PT55M`
    /// @return the walltime
    /// @throws InvalidValueException if it is not a valid walltime
    public static Walltime parse(String text) {
        try {
            return new Walltime(Duration.parse(text));
        } catch (DateTimeException _) {
            throw refused();
        }
    }

    private static InvalidValueException refused() {
        return new InvalidValueException(
                "The time limit is not a duration of 1 second to 365 days.",
                "Write it like PT55M, PT12H or P2D (ISO 8601).");
    }

    /// @return as the value of `--time`: `[days-]hours:minutes:seconds`
    public String rendered() {
        String clock =
                String.format(
                        Locale.ROOT,
                        "%02d:%02d:%02d",
                        duration.toHoursPart(),
                        duration.toMinutesPart(),
                        duration.toSecondsPart());
        return duration.toDaysPart() == 0 ? clock : duration.toDaysPart() + "-" + clock;
    }

    /// Parses the form that [#rendered] writes; SLURM has six others.
    ///
    /// @param time the value of `--time`
    /// @return the walltime, or nothing if the text has another form
    public static Optional<Walltime> fromRendered(String time) {
        return SlurmTime.of(time)
                .flatMap(SlurmTime::limit)
                .filter(duration -> duration.compareTo(LONGEST) <= 0)
                .map(Walltime::new)
                .filter(walltime -> walltime.rendered().equals(time));
    }
}
