package io.interlinkgateway.log;

import io.interlinkgateway.log.feed.LogPosition;
import java.time.Duration;
import java.util.function.Function;

/// What a stream of a log's events has besides the log: the events' ids, and the data of the last event.
///
/// @param id the id of an event after which a client has everything up to a position
/// @param endId the id of the event `end`
/// @param ending gives the data of the event `end`
public record LogFrame(Function<LogPosition, String> id, String endId, Ending ending) {

    /// Gives the data of the event `end`.
    @FunctionalInterface
    public interface Ending {

        /// @param heartbeat how long the stream may be quiet
        /// @return an object that is written as JSON
        /// @throws InterruptedException if the thread is interrupted while it waits
        Object data(Duration heartbeat) throws InterruptedException;
    }

    /// The frame of a log that is read from its node. The ids are valid while the pod exists.
    ///
    /// @param log which log
    /// @param ending gives the data of the event `end`
    /// @return the frame
    public static LogFrame live(ContainerLog.Key log, Ending ending) {
        return new LogFrame(
                position -> LogCursor.at(log, position).toString(),
                LogCursor.atEnd(log).toString(),
                ending);
    }
}
