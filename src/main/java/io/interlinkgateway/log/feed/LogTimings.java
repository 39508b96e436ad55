package io.interlinkgateway.log.feed;

import io.interlinkgateway.log.LogProperties;
import java.time.Duration;

/// Timings and sizes for following logs. The plugin itself polls every four seconds.
///
/// @param buffer the maximum number of buffered bytes of a log
/// @param grace how long a slow reader may delay the others
/// @param pause the time without bytes after which a burst has ended
/// @param settle the time without bytes after which the log is not at its end, because it would have ended
/// @param look the interval at which the job's state is checked for its start or end
/// @param retry the first delay before the log is read again; doubled each time
/// @param longestRetry the maximum delay if there is no new output
/// @param longestOutage the maximum delay after failures, so that followers continue soon after an outage
/// @param catchUp how long a reader that fell behind may read the log again while other such readers wait
/// @param unconfirmedWait see [LogProperties]
public record LogTimings(
        int buffer,
        Duration grace,
        Duration pause,
        Duration settle,
        Duration look,
        Duration retry,
        Duration longestRetry,
        Duration longestOutage,
        Duration catchUp,
        Duration unconfirmedWait) {

    /// @param properties what is configured
    /// @return these, with the timings that are not configurable
    public static LogTimings of(LogProperties properties) {
        return new LogTimings(
                (int) properties.buffer().toBytes(),
                Duration.ofSeconds(1),
                Duration.ofMillis(200),
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                Duration.ofMillis(500),
                Duration.ofSeconds(30),
                Duration.ofSeconds(4),
                Duration.ofMinutes(1),
                properties.unconfirmedWait());
    }
}
