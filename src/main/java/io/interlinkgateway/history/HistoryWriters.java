package io.interlinkgateway.history;

import java.util.Optional;

/// What writes the history; nothing without a database.
///
/// @param recorder writes what is observed of jobs
/// @param archiver writes their logs
record HistoryWriters(Optional<JobRecorder> recorder, Optional<LogArchiver> archiver) {

    static final HistoryWriters NONE = new HistoryWriters(Optional.empty(), Optional.empty());
}
