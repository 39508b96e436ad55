package io.interlinkgateway.web;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/// Writes the events of one stream. Used by one thread. A [StreamedResponse] flushes what was written after each call
/// of a method.
public interface EventSource {

    /// The result of [#next].
    enum Progress {
        /// Something was written, and more may follow.
        SENT,
        /// Nothing was written, because nothing happened in time.
        QUIET,
        /// Nothing follows.
        ENDED
    }

    /// Writes what a client receives with the headers, before anything happens: by default nothing.
    ///
    /// @param client the response's body
    /// @throws IOException if the client disconnected
    default void begin(OutputStream client) throws IOException {}

    /// Writes the available events, or the next one.
    ///
    /// @param patience how long to wait for an event
    /// @param client the response's body
    /// @return whether something was written, and whether more may follow
    /// @throws IOException if the client disconnected
    /// @throws InterruptedException if the thread is interrupted while it waits
    Progress next(Duration patience, OutputStream client) throws IOException, InterruptedException;

    /// Text that shows that a quiet stream is still connected: by default a comment.
    ///
    /// @return text that is not an event for clients
    default byte[] heartbeat() {
        return EventText.heartbeat();
    }
}
