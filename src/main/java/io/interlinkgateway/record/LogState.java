package io.interlinkgateway.record;

import io.interlinkgateway.record.PluginLog.Sink;

/// How far the reading of a log has come. The transitions are the methods that return a state, which is this one
/// if nothing changes. The defaults are those of the states before a record.
///
/// ```
///             ┌────────────────────────┐ no header after all
///             ▼                        │
/// LineStart ⇄ LineRest ──▶ HeaderNode ──▶ HeaderJobId ──▶ RecordLines ──▶ OutputAfterRecord
///     │                                                        │                ▲
///     └──────────────────────▶ RetryMessages ◀─────────────────┘                │
///                                 │      └──────────────────────────────────────┘
///                                 ▼
///                         OutputWithoutRecord
/// ```
sealed interface LogState
        permits LineStart, LineRest, HeaderNode, HeaderJobId, RecordLines, RetryMessages, Output {

    /// Reads at least one byte, at most up to where the next state begins.
    ///
    /// @param input has at least one byte
    /// @param sink gets the bytes whose origin is clear
    LogState read(Input input, Sink sink);

    /// The log is at its end.
    ///
    /// @param sink gets all bytes that are pending
    LogState end(Sink sink);

    /// No bytes came for a moment.
    ///
    /// @param sink gets the bytes whose origin is clear by that
    default LogState pause(Sink sink) {
        return this;
    }

    /// No bytes came for so long that the log is not at its end.
    ///
    /// @param sink gets the bytes whose origin is clear by that
    LogState settle(Sink sink);

    /// @return whether the whole header was read
    default boolean isHeaded() {
        return false;
    }

    /// @return whether the job's bytes that come next are the container's
    default boolean isInOutput() {
        return false;
    }

    /// @return whether the rest of the log can't change the record
    default boolean isDecided() {
        return false;
    }

    /// @return the record so far, of a log that is not empty
    default JobRecord record() {
        return new JobRecord.NoHeader();
    }
}
