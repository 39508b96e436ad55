package io.interlinkgateway.log.feed;

import io.interlinkgateway.log.LogProperties;
import java.time.Duration;

/// How fast logs are followed. The plugin itself looks every four seconds.
///
/// @param buffer the most bytes that are kept of a log
/// @param grace how long a slow reader may hold the others up
/// @param pause without bytes this long, a burst is over
/// @param settle without bytes this long, the log would have ended if it were at its end
/// @param look how often to look whether a job has started or ended
/// @param retry how long to wait before the log is read again; doubled each time
/// @param longestRetry at most, where there is only nothing new
/// @param longestOutage at most after a failure: who follows goes on soon after it is over
/// @param catchUp how long a reader that fell behind may keep others of its kind waiting
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
