package io.interlinkgateway.event;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How changes of jobs are sent.
///
/// @param heartbeat how often a stream of job events without events sends a heartbeat; a disconnected client is
///     detected after two of these
/// @param walltimeMarks how long before the end of a running job's time limit an event `walltime` is sent: at most 10
///     durations from 1s to 30d, in whole seconds; none for no such events
@ConfigurationProperties("gateway.events")
public record EventProperties(
        @DefaultValue("10s") Duration heartbeat,
        @DefaultValue({"10m", "1m"}) List<Duration> walltimeMarks) {

    private static final int MAX_MARKS = 10;
    private static final Duration MAX_MARK = Duration.ofDays(30);

    /// Sorts the marks, the longest first.
    ///
    /// @throws IllegalArgumentException if a mark is out of range, or there are too many
    public EventProperties {
        if (walltimeMarks.size() > MAX_MARKS
                || !walltimeMarks.stream().allMatch(EventProperties::isMark)) {
            throw new IllegalArgumentException(
                    "gateway.events.walltime-marks must be at most 10 durations from 1s to 30d, in"
                            + " whole seconds.");
        }
        walltimeMarks =
                walltimeMarks.stream().distinct().sorted(Comparator.reverseOrder()).toList();
    }

    private static boolean isMark(Duration mark) {
        return mark.isPositive()
                && mark.compareTo(MAX_MARK) <= 0
                && mark.equals(mark.truncatedTo(ChronoUnit.SECONDS));
    }
}
