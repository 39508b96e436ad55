package io.interlinkgateway.history;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.LogStorage.Log;
import io.interlinkgateway.job.DeletionListener;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.log.ContainerLog;
import io.interlinkgateway.log.feed.LogEvent;
import io.interlinkgateway.log.feed.SnapshotReader;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Archives the logs of jobs that have ended: the job's own output with masked secrets, as the endpoint for logs gives
/// it. Each is read once, after all requests that somebody waits for.
final class LogArchiver implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LogArchiver.class);

    /// How many logs are read at the same time.
    private static final int READERS = 8;

    /// How many of them are of one node, so that a slow one does not hold the others up.
    private static final int READERS_OF_A_NODE = 2;

    /// How many logs are requested from the archive at a time.
    private static final int DUE = 20;

    /// How long a log is reserved; renewed while it is read.
    private static final Duration RESERVATION = Duration.ofMinutes(1);

    private static final Duration RENEWAL = Duration.ofSeconds(15);

    /// interLink reports some ends before the job's last output is in its log, and some although the job goes on.
    private static final Duration QUIET = Duration.ofMinutes(5);

    /// A job that SLURM has ended writes no more, but on a shared file system its last output can become visible late.
    private static final Duration QUIET_AFTER_SLURM = Duration.ofMinutes(1);

    /// The maximum time without data in a log that is read.
    private static final Duration STALL = Duration.ofSeconds(30);

    /// The maximum time until a busy node has room for a request.
    private static final Duration TURN = Duration.ofMinutes(1);

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(30);

    /// How often it is checked which logs are to be archived, if nothing was reported.
    private static final Duration PERIOD = Duration.ofSeconds(15);

    /// The maximum number of logs of which something is noted.
    private static final int MOST_NOTED = 10_000;

    private final LogStorage storage;
    private final LogArchive archive;
    private final Clock clock;
    private final Timings timings;
    private final Semaphore readers = new Semaphore(READERS);
    private final Map<Optional<NodeName>, Semaphore> readersOfNodes = new ConcurrentHashMap<>();
    private final LogsBeingRead beingRead = new LogsBeingRead();
    private final LogsBeforeDeletion beforeDeletions;
    private final Set<Thread> readings = ConcurrentHashMap.newKeySet();
    private final Map<Log, Integer> failures = new ConcurrentHashMap<>();

    /// When logs were due first by this clock, if their ends are in its future.
    private final Map<Log, Instant> dueSince = new ConcurrentHashMap<>();

    private boolean woken;
    private volatile boolean stopping;
    private @Nullable Thread starter;

    /// How long readings take.
    ///
    /// @param shortestPause how long a log that can't be read is left alone first
    /// @param longestReading how long a log is read at most
    /// @param readingBeforeDeletion how long a log is read at most before its job is deleted; two seconds more are for
    ///     storing it
    record Timings(
            Duration shortestPause, Duration longestReading, Duration readingBeforeDeletion) {

        static final Timings DEFAULT =
                new Timings(Duration.ofSeconds(30), Duration.ofMinutes(30), Duration.ofSeconds(8));
    }

    /// @param storage reads and stores logs
    /// @param archive has the logs that are due
    /// @param clock the time
    LogArchiver(LogStorage storage, LogArchive archive, Clock clock) {
        this(storage, archive, clock, Timings.DEFAULT);
    }

    LogArchiver(LogStorage storage, LogArchive archive, Clock clock, Timings timings) {
        this.storage = storage;
        this.archive = archive;
        this.clock = clock;
        this.timings = timings;
        this.beforeDeletions =
                new LogsBeforeDeletion(storage, archive, beingRead, timings.readingBeforeDeletion);
    }

    /// @return archives the logs of jobs that this gateway deletes
    DeletionListener beforeDeletions() {
        return beforeDeletions;
    }

    /// Starts to archive the logs of jobs that have ended, or did so before.
    synchronized void start() {
        starter = Thread.ofVirtual().name("log-archive").start(this::run);
    }

    /// Reports that a job has ended or was removed, or that a reading is over.
    synchronized void wake() {
        woken = true;
        notifyAll();
    }

    private void run() {
        try {
            while (!stopping) {
                if (!archiveDue()) {
                    awaitReport();
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void awaitReport() throws InterruptedException {
        long end = System.nanoTime() + PERIOD.toNanos();
        while (!woken && !stopping && System.nanoTime() < end) {
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, end - System.nanoTime()));
        }
        woken = false;
    }

    /// @return whether a reading was started
    private boolean archiveDue() throws InterruptedException {
        boolean started = false;
        try {
            for (LogArchive.Due due : archive.due(DUE, busyNodes())) {
                started |= start(due);
            }
        } catch (GatewayException.HistoryUnavailable unavailable) {
            LOG.debug("No logs can be archived now: {}", unavailable.getMessage());
        } catch (RuntimeException defect) {
            LOG.error("Unexpected failure", defect);
        }
        return started;
    }

    private Set<NodeName> busyNodes() {
        return readersOfNodes.entrySet().stream()
                .filter(node -> node.getValue().availablePermits() == 0)
                .flatMap(node -> node.getKey().stream())
                .collect(Collectors.toSet());
    }

    /// @return false if the log is being read already, or its node is busy
    private boolean start(LogArchive.Due due) throws InterruptedException {
        Log log = new Log(due.job().job().uid(), due.container());
        Semaphore node = readersOf(due);
        readers.acquire();
        if (node.tryAcquire()) {
            if (beingRead.begin(log, System.nanoTime())) {
                Thread reading =
                        Thread.ofVirtual()
                                .name("log-archive-" + log.uid())
                                .unstarted(() -> read(due, log));
                readings.add(reading);
                reading.start();
                return true;
            }
            node.release();
        }
        readers.release();
        return false;
    }

    private Semaphore readersOf(LogArchive.Due due) {
        return readersOfNodes.computeIfAbsent(
                due.job().job().node(), _ -> new Semaphore(READERS_OF_A_NODE));
    }

    private void read(LogArchive.Due due, Log log) {
        boolean responds = true;
        try {
            archive(due, log);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (GatewayException.HistoryUnavailable unavailable) {
            LOG.debug("A log can't be archived now: {}", unavailable.getMessage());
            responds = false;
        } catch (RuntimeException defect) {
            LOG.error("The log of {} can't be archived", log.uid(), defect);
        } finally {
            beingRead.end(log);
            readersOf(due).release();
            readers.release();
            readings.remove(Thread.currentThread());
            if (responds) {
                wake();
            }
        }
    }

    /// Only a log that is stored, or reserved for later, is not due any more. So this does not end without either,
    /// unless the archive itself fails.
    private void archive(LogArchive.Due due, Log log) throws InterruptedException {
        if (!archive.reserve(log.uid(), log.container(), RESERVATION)) {
            return;
        }
        Job job = due.job().job();
        boolean live = due.job().isLive();
        if (!LogStorage.mayHaveOutput(job) && (live || !isBeingSubmitted(job))) {
            storage.storeEmpty(log);
            return;
        }
        if (!live) {
            storage.storeLost(log, "The job's pod was removed before the log was archived.");
            return;
        }
        Duration left = leftOfQuietTime(due.job(), log);
        if (left.isPositive()) {
            archive.reserve(log.uid(), log.container(), left);
            return;
        }
        LogCompressor compressor;
        try {
            compressor = storage.compressorFor(job);
        } catch (GatewayException unreadable) {
            LOG.info("The log of {} can't be read now: {}", log.uid(), unreadable.getMessage());
            readLater(log);
            return;
        }
        try (ContainerLog.Opened opened = storage.find(job, log).openAfterOthers(TURN)) {
            if (!readToEnd(opened, job, log, compressor)) {
                // It would take as long each time.
                storage.storeEndedPart(
                        log,
                        "The log takes too long to read; its end is missing.",
                        compressor.finish());
                return;
            }
        } catch (GatewayException.NotFound gone) {
            storage.storeLost(log, "The job's pod was removed before the log was archived.");
            // It is due until the history has the removal.
            readLater(log);
            return;
        } catch (GatewayException.HistoryUnavailable unavailable) {
            throw unavailable;
        } catch (GatewayException | IOException unreadable) {
            LOG.info("The log of {} can't be read now: {}", log.uid(), unreadable.getMessage());
            if (!compressor.isEmpty()) {
                storage.storePart(log, "The log broke off while it was read.", compressor.finish());
            }
            readLater(log);
            return;
        }
        storage.storeEnded(log, compressor.finish());
        failures.remove(log);
        dueSince.remove(log);
    }

    /// A job whose pod was removed in this state may have started since.
    private static boolean isBeingSubmitted(Job job) {
        return job.state() instanceof JobState.Queued queued
                && queued.reason() == JobState.QueueReason.SUBMITTING;
    }

    /// How long a log is left alone after the end of its job. Once the job's record is there, all before it is, too.
    private static Duration quietTime(Job job) {
        return switch (job.evidence().source()) {
            case JOB_RECORD -> Duration.ZERO;
            case SLURM -> job.containers().isEmpty() ? QUIET_AFTER_SLURM : Duration.ZERO;
            case API_SERVER -> QUIET;
        };
    }

    /// The clock of the replica that observed the end may be ahead of this one.
    private Duration leftOfQuietTime(PastJob past, Log log) {
        if (dueSince.size() > MOST_NOTED) {
            dueSince.clear();
        }
        Instant now = clock.instant();
        Instant since =
                past.seenAt().isAfter(now)
                        ? dueSince.computeIfAbsent(log, _ -> now)
                        : past.seenAt();
        return Duration.between(now, since.plus(quietTime(past.job())));
    }

    private void readLater(Log log) {
        archive.reserve(log.uid(), log.container(), pauseAfterFailure(log));
    }

    private Duration pauseAfterFailure(Log log) {
        if (failures.size() > MOST_NOTED) {
            failures.clear();
        }
        int times = Math.min(failures.merge(log, 1, Integer::sum), 10);
        Duration pause = timings.shortestPause.multipliedBy(1L << (times - 1));
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    /// @return false if that takes too long
    private boolean readToEnd(
            ContainerLog.Opened opened, Job job, Log log, LogCompressor compressor)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        long renewed = start;
        SnapshotReader reader = LogStorage.reader(opened, job, log);
        while (true) {
            switch (reader.next(STALL)) {
                case LogEvent.Output output -> LogStorage.add(output, compressor);
                case LogEvent.Quiet _ -> throw new IOException("The log stalled.");
                case LogEvent.Problem problem -> throw new IOException(problem.message());
                case LogEvent.Broken broken -> throw new IOException(broken.message());
                case LogEvent.End _ -> {
                    return true;
                }
            }
            long now = System.nanoTime();
            if (now - start > timings.longestReading.toNanos()) {
                return false;
            }
            if (now - renewed > RENEWAL.toNanos()) {
                renewed = now;
                archive.reserve(log.uid(), log.container(), RESERVATION);
            }
        }
    }

    /// Ends the readings. What is not archived yet is archived after the next start.
    @Override
    public synchronized void close() {
        stopping = true;
        readings.forEach(Thread::interrupt);
        if (starter != null) {
            starter.interrupt();
        }
    }
}
