package io.interlinkgateway.web;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.springframework.util.unit.DataSize;

/// How slowly a body may arrive.
///
/// @param longestPause the longest time without a byte, and the time before the rate counts
/// @param leastPerSecond the lowest rate over all of the body
/// @param deadline the longest time for the whole body, however large
record Pace(Duration longestPause, DataSize leastPerSecond, Duration deadline) {

    Pace {
        if (!longestPause.isPositive() || !deadline.isPositive() || leastPerSecond.isNegative()) {
            throw new IllegalArgumentException(
                    "The times of gateway.body must be positive, and its rate not negative.");
        }
    }

    /// How long the next bytes may take.
    ///
    /// @param elapsed the time since the first read
    /// @param bytes how many bytes have arrived since
    /// @return zero or less if they are too late already
    Duration left(Duration elapsed, long bytes) {
        Duration untilDeadline = deadline.minus(elapsed);
        if (leastPerSecond.toBytes() == 0) {
            return Collections.min(List.of(longestPause, untilDeadline));
        }
        Duration earned = Duration.ofMillis(bytes * 1000 / leastPerSecond.toBytes());
        return Collections.min(
                List.of(longestPause, untilDeadline, longestPause.plus(earned).minus(elapsed)));
    }
}
