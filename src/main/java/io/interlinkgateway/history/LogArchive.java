package io.interlinkgateway.history;

import io.interlinkgateway.job.NodeName;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Stores logs of containers. A log is visible once it is stored as a whole. Every method throws
/// [GatewayException.HistoryUnavailable] as those of [JobHistory] do.
public interface LogArchive {

    /// A part of a log, compressed.
    ///
    /// @param start the position of its first byte in the archived log
    /// @param startLine how many lines end before it
    /// @param length how many bytes it has when it is not compressed
    /// @param compressed the bytes, in gzip's format, read-only
    record Chunk(long start, long startLine, int length, ByteBuffer compressed) {}

    /// A log that is to be archived.
    ///
    /// @param job the job; without its logs
    /// @param container the container's name
    record Due(PastJob job, String container) {}

    /// Reserves a log for this replica, so that others do not read it at the same time. A reservation ends by itself,
    /// by the database's clock.
    ///
    /// @param uid a pod's UID
    /// @param container the container's name
    /// @param period how long it lasts
    /// @return false if the log is archived completely, or reserved by another replica
    boolean reserve(String uid, String container, Duration period);

    /// Stores a log, unless a complete one is already stored. Replaces a partial one. Ends the reservation.
    ///
    /// @param uid the pod's UID
    /// @param log what is known of it
    /// @param chunks its parts, in their order
    /// @return whether it was stored
    boolean store(String uid, ArchivedLog log, List<Chunk> chunks);

    /// Stores what was read of a log at the end of its job, as [#store] does. If the job has gone on since, what was
    /// read is stored in part, and the log is due again at the real end.
    ///
    /// @param uid the pod's UID
    /// @param log what is known of it
    /// @param chunks its parts, in their order
    /// @return whether it was stored
    boolean storeAtEnd(String uid, ArchivedLog log, List<Chunk> chunks);

    /// Records what the log shows of the job's MLflow run.
    ///
    /// @param uid the pod's UID
    /// @param link what is known; nothing that is known already is removed
    void link(String uid, MlflowLink link);

    /// @param most how many
    /// @param except nodes whose jobs are left out
    /// @return logs of jobs that have ended or were removed, which are not reserved and not archived, or are so in part or
    ///     lost although the job is live; the oldest first
    List<Due> due(int most, Set<NodeName> except);

    /// @param uid a pod's UID
    /// @param container the container's name
    /// @return what is known of its log; empty if it is not archived
    Optional<ArchivedLog> find(String uid, String container);

    /// Reads a part of a log. Only the chunks from that position on are read, one after the other.
    ///
    /// @param uid a pod's UID
    /// @param container the container's name
    /// @param start the position of the first byte, 0 or more
    /// @return the bytes from there to the end; must be closed. Reading throws
    ///     [io.interlinkgateway.failure.GatewayException.HistoryUnreadable] at a part that is damaged
    InputStream read(String uid, String container, long start);

    /// @param uid a pod's UID
    /// @param container the container's name
    /// @param lines how many lines, 0 or more
    /// @return the position at which that many last lines begin; 0 if the log has fewer
    long tail(String uid, String container, int lines);
}
