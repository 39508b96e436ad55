package io.interlinkgateway.history;

import java.time.Instant;

/// Whether the history can be read and written.
public interface HistoryHealth {

    /// Whether the history can be read and written.
    sealed interface Condition {}

    /// There is no database: nothing is recorded.
    record Off() implements Condition {}

    /// The database responded to the last request.
    record Up() implements Condition {}

    /// The database did not respond to the last request.
    ///
    /// @param since when the first request failed
    /// @param problem what happened, one sentence without secrets
    record Down(Instant since, String problem) implements Condition {}

    /// @return the present condition
    Condition condition();
}
