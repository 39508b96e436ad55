package io.interlinkgateway.history;

import java.time.Instant;
import java.util.Optional;

/// The log of one container in the archive: the job's own output, with masked secrets.
///
/// @param container the container's name
/// @param completeness whether it is the whole log
/// @param note why it is not the whole log, one sentence; empty if it is
/// @param size how many bytes the job wrote, as far as they could be read
/// @param kept how many of them are archived: all, or the first and the last ones
/// @param sha256 the digest of the archived bytes, with the marker for omitted bytes, as 64 hexadecimal digits; empty
///     if nothing is archived
/// @param archivedAt when it was archived
public record ArchivedLog(
        String container,
        Completeness completeness,
        Optional<String> note,
        long size,
        long kept,
        Optional<String> sha256,
        Instant archivedAt) {

    /// Whether an archived log is whole.
    public enum Completeness {
        /// Everything that the job wrote.
        COMPLETE,
        /// The first and the last bytes; a marker between them says how many are missing.
        SHORTENED,
        /// What could be read before the job was deleted; the job may have written more.
        PARTIAL,
        /// Nothing: the log could not be read, or the job was deleted before.
        LOST,
        /// Nothing any more: the time for which logs are kept is over.
        EXPIRED
    }
}
