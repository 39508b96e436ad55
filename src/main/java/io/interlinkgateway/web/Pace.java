package io.interlinkgateway.web;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.springframework.util.unit.DataSize;

/// Limits for the speed of a body.
///
/// @param longestPause the maximum time without a byte, and the time after which the rate is checked
/// @param leastPerSecond the minimum average rate
/// @param deadline the maximum time for the whole body of any size
record Pace(Duration longestPause, DataSize leastPerSecond, Duration deadline) {

    Pace {
        if (!longestPause.isPositive() || !deadline.isPositive() || leastPerSecond.isNegative()) {
            throw new IllegalArgumentException(
                    "The times of gateway.body must be positive, and its rate must not be"
                            + " negative.");
        }
    }

    /// The remaining time for the next bytes.
    ///
    /// @param elapsed the time since the first read
    /// @param bytes how many bytes have arrived since then
    /// @return zero or less if the body is already too slow
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
