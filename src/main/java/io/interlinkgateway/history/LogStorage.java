package io.interlinkgateway.history;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.ArchivedLog.Completeness;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.ContainerLog;
import io.interlinkgateway.log.JobLogs;
import io.interlinkgateway.log.Redaction;
import io.interlinkgateway.log.feed.LogEvent;
import io.interlinkgateway.log.feed.LogFeed;
import io.interlinkgateway.log.feed.LogPiece;
import io.interlinkgateway.log.feed.LogPosition;
import io.interlinkgateway.log.feed.SnapshotReader;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Reads the logs of existing jobs with masked secrets, and stores what was read.
final class LogStorage {

    /// A container's log.
    ///
    /// @param uid its job's UID
    /// @param container the container's name
    record Log(String uid, String container) {}

    private final JobLogs logs;
    private final LogArchive archive;
    private final Function<Workspace, Redaction> redactions;
    private final long maxSize;
    private final Clock clock;

    /// @param logs reads the logs of existing jobs
    /// @param archive where they are stored
    /// @param redactions mask the secrets of a workspace in a log: the logs that are read are masked with the credentials
    ///     that their jobs refer to, and a caller may have written another one as a plain value
    /// @param maxSize how many bytes of a log are kept
    /// @param clock the time
    LogStorage(
            JobLogs logs,
            LogArchive archive,
            Function<Workspace, Redaction> redactions,
            long maxSize,
            Clock clock) {
        this.logs = logs;
        this.archive = archive;
        this.redactions = redactions;
        this.maxSize = maxSize;
        this.clock = clock;
    }

    /// @param job an existing job
    /// @return an empty log of it
    /// @throws GatewayException why the secrets of its workspace can't be masked now
    LogCompressor compressorFor(Job job) {
        return new LogCompressor(maxSize, redactions.apply(job.workspace()));
    }

    /// @return whether there may be a log: a job that was refused or cancelled before its start has none
    static boolean mayHaveOutput(Job job) {
        boolean refused =
                job.state() instanceof JobState.Failed failed
                        && failed.reason() == JobState.FailureReason.SUBMISSION_REFUSED;
        boolean neverStarted = job.hpc().filter(HpcJob::neverStarted).isPresent();
        return LogFeed.mayHaveOutput(job.state()) && !refused && !neverStarted;
    }

    /// @throws GatewayException.NotFound if another job has the name now
    ContainerLog find(Job job, Log log) {
        ContainerLog found = logs.find(job.workspace(), job.name(), Optional.of(log.container));
        if (!found.key().uid().equals(log.uid)) {
            throw new GatewayException.NotFound("job", job.name().value());
        }
        return found;
    }

    static SnapshotReader reader(ContainerLog.Opened opened, Job job, Log log) {
        return new SnapshotReader(
                new ContainerLog.Key(job.workspace(), job.name(), log.uid, log.container),
                opened,
                LogPosition.HEAD,
                false);
    }

    static void add(LogEvent.Output output, LogCompressor compressor) {
        for (LogPiece piece : output.pieces()) {
            compressor.add(piece.bytes());
        }
    }

    /// Stores a log that was read to its end, before its job is deleted.
    void storeWhole(Log log, LogCompressor.Compressed all) {
        storeWhole(log, all, archive::store);
    }

    /// Stores the log of a job that has ended, which was read to its end. It is not due any more.
    void storeEnded(Log log, LogCompressor.Compressed all) {
        storeWhole(log, all, archive::storeAtEnd);
    }

    /// Stores the log of a job that has ended and wrote nothing. It is not due any more.
    void storeEmpty(Log log) {
        storeEnded(log, new LogCompressor(maxSize).finish());
    }

    /// Stores the log of a job that has ended as far as it was read. It is not due any more.
    ///
    /// @param note what is missing, and why
    void storeEndedPart(Log log, String note, LogCompressor.Compressed kept) {
        store(log, Completeness.SHORTENED, Optional.of(note), kept, archive::storeAtEnd);
    }

    /// How the archive takes a log.
    private interface Storing {

        boolean store(String uid, ArchivedLog log, List<LogArchive.Chunk> chunks);
    }

    private void storeWhole(Log log, LogCompressor.Compressed all, Storing storing) {
        if (all.isShortened()) {
            store(
                    log,
                    Completeness.SHORTENED,
                    Optional.of(
                            "The log has more than "
                                    + maxSize
                                    + " bytes; only the first and the last ones are kept."),
                    all,
                    storing);
        } else {
            store(log, Completeness.COMPLETE, Optional.empty(), all, storing);
        }
    }

    /// Stores a log as far as it was read. It stays due if its job has ended.
    ///
    /// @param note what is missing, and why
    void storePart(Log log, String note, LogCompressor.Compressed kept) {
        store(log, Completeness.PARTIAL, Optional.of(note), kept, archive::store);
    }

    private void store(
            Log log,
            Completeness completeness,
            Optional<String> note,
            LogCompressor.Compressed kept,
            Storing storing) {
        storing.store(
                log.uid,
                new ArchivedLog(
                        log.container,
                        completeness,
                        note,
                        kept.size(),
                        kept.kept(),
                        Optional.of(kept.sha256()),
                        clock.instant()),
                kept.chunks());
        if (!kept.mlflow().equals(MlflowLink.NONE)) {
            archive.link(log.uid, kept.mlflow());
        }
    }

    /// Records that a log was not read.
    ///
    /// @param note why
    void storeLost(Log log, String note) {
        archive.store(
                log.uid,
                new ArchivedLog(
                        log.container,
                        Completeness.LOST,
                        Optional.of(note),
                        0,
                        0,
                        Optional.empty(),
                        clock.instant()),
                List.of());
    }
}
