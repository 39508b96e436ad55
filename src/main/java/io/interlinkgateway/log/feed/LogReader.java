package io.interlinkgateway.log.feed;

import io.interlinkgateway.log.ContainerLog;
import java.time.Duration;

/// One client's way through a log. For one thread at a time.
public interface LogReader extends AutoCloseable {

    /// @return whose log it is
    ContainerLog.Key key();

    /// @param patience how long to wait
    /// @return what comes next; after [LogEvent.End] and [LogEvent.Broken] nothing does
    /// @throws InterruptedException if the thread is interrupted while it waits
    LogEvent next(Duration patience) throws InterruptedException;

    @Override
    void close();
}
