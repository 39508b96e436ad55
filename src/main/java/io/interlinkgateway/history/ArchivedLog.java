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

    /// @param why why the job may have written more, one sentence
    /// @return the same bytes as a part of the log, which is read again
    public ArchivedLog partial(String why) {
        return new ArchivedLog(
                container, Completeness.PARTIAL, Optional.of(why), size, kept, sha256, archivedAt);
    }

    /// Whether an archived log is whole.
    public enum Completeness {
        /// Everything that the job wrote.
        COMPLETE,
        /// The first and the last bytes, with a marker between them that has the number of missing bytes; or only the
        /// first ones if it takes too long to read the others.
        SHORTENED,
        /// What could be read before the job was deleted, or before the log broke off; the job may have written more. It
        /// is read again while the job's pod exists.
        PARTIAL,
        /// Nothing: the log could not be read, or the job was deleted before. It is read again as a partial one.
        LOST,
        /// Nothing any more: the time for which logs are kept is over, or the workspace had too many.
        EXPIRED;

        /// @return whether the log is not read again
        public boolean isFinal() {
            return switch (this) {
                case COMPLETE, SHORTENED, EXPIRED -> true;
                case PARTIAL, LOST -> false;
            };
        }

        /// @return whether something of the log is archived
        public boolean hasContent() {
            return switch (this) {
                case COMPLETE, SHORTENED, PARTIAL -> true;
                case LOST, EXPIRED -> false;
            };
        }
    }
}
