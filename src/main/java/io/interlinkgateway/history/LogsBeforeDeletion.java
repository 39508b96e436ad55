package io.interlinkgateway.history;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.ArchivedLog.Completeness;
import io.interlinkgateway.history.LogStorage.Log;
import io.interlinkgateway.job.DeletionListener;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.log.ContainerLog;
import io.interlinkgateway.log.feed.LogEvent;
import io.interlinkgateway.log.feed.SnapshotReader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Archives the logs of a job before this gateway deletes it, as far as that is possible in a few seconds.
final class LogsBeforeDeletion implements DeletionListener {

    private static final Logger LOG = LoggerFactory.getLogger(LogsBeforeDeletion.class);

    /// How many logs are read at the same time. Each takes memory for what is kept of the log.
    private static final int READERS = 8;

    /// How much longer a deletion waits for a log to be stored.
    private static final Duration STORING = Duration.ofSeconds(2);

    private final LogStorage storage;
    private final LogArchive archive;
    private final LogsBeingRead beingRead;
    private final Duration longestReading;
    private final Semaphore readers = new Semaphore(READERS);

    /// @param archive has the logs that were stored before
    /// @param beingRead the logs that are read because their jobs have ended
    /// @param longestReading how long a log is read at most; two seconds more are for storing it
    LogsBeforeDeletion(
            LogStorage storage,
            LogArchive archive,
            LogsBeingRead beingRead,
            Duration longestReading) {
        this.storage = storage;
        this.archive = archive;
        this.beingRead = beingRead;
        this.longestReading = longestReading;
    }

    @Override
    public void beforeDeletion(Job job) {
        if (!LogStorage.mayHaveOutput(job)) {
            return;
        }
        long start = System.nanoTime();
        List<Thread> savings =
                containers(job).stream()
                        .map(container -> new Log(job.uid(), container))
                        .map(log ->
                                Thread.ofVirtual()
                                        .name("log-archive-" + log.uid())
                                        .start(() -> saveGuarded(job, log, start)))
                        .toList();
        long end = start + longestReading.plus(STORING).toNanos();
        try {
            for (Thread saving : savings) {
                if (!saving.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
                    LOG.warn("The log of {} could not be archived in time", job.uid());
                    saving.interrupt();
                }
            }
        } catch (InterruptedException stopped) {
            savings.forEach(Thread::interrupt);
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> containers(Job job) {
        return job.definition().map(JobDefinition::containers).orElse(List.of());
    }

    private void saveGuarded(Job job, Log log, long start) {
        try {
            save(job, log, start + longestReading.toNanos());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (GatewayException unavailable) {
            LOG.warn(
                    "The log of {} can't be archived before its deletion: {}",
                    log.uid(),
                    unavailable.getMessage());
        } catch (RuntimeException defect) {
            LOG.error("The log of {} can't be archived before its deletion", log.uid(), defect);
        }
    }

    /// If the same log is being read already, this waits for that reading, whose result is then enough.
    private void save(Job job, Log log, long end) throws InterruptedException {
        if (!beingRead.begin(log, end)) {
            return;
        }
        try {
            if (archive.find(log.uid(), log.container())
                    .filter(known -> isEnough(known.completeness(), job))
                    .isEmpty()) {
                saveNow(job, log, end);
            }
        } finally {
            beingRead.end(log);
        }
    }

    /// A repeated deletion does not read the log again.
    private static boolean isEnough(Completeness completeness, Job job) {
        return completeness.isFinal() || job.cancellation().isPresent();
    }

    private void saveNow(Job job, Log log, long end) throws InterruptedException {
        if (!readers.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            storage.storeLost(
                    log, "Too many jobs were deleted at the same time to read its log before.");
            return;
        }
        try {
            LogCompressor compressor;
            try {
                compressor = storage.compressorFor(job);
            } catch (GatewayException unreadable) {
                storage.storeLost(log, unreadBeforeDeletion(unreadable));
                return;
            }
            Optional<String> missing = readUntil(end, job, log, compressor);
            if (missing.isEmpty()) {
                storage.storeWhole(log, compressor.finish());
            } else if (compressor.isEmpty()) {
                storage.storeLost(log, missing.get());
            } else {
                storage.storePart(log, missing.get(), compressor.finish());
            }
        } finally {
            readers.release();
        }
    }

    /// @return why the log may have more than was read; empty if it is complete
    private Optional<String> readUntil(long end, Job job, Log log, LogCompressor compressor)
            throws InterruptedException {
        try (ContainerLog.Opened opened = storage.find(job, log).open(false)) {
            SnapshotReader reader = LogStorage.reader(opened, job, log);
            while (System.nanoTime() < end) {
                switch (reader.next(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
                    case LogEvent.Output output -> LogStorage.add(output, compressor);
                    case LogEvent.Quiet _ -> {}
                    case LogEvent.Problem _, LogEvent.Broken _ -> {
                        return Optional.of("The log broke off before the job was deleted.");
                    }
                    case LogEvent.End _ -> {
                        return JobPhase.of(job.state()).ended()
                                ? Optional.empty()
                                : Optional.of(
                                        "The job was deleted before it ended; what it wrote after"
                                                + " that is missing.");
                    }
                }
            }
            return Optional.of("The log could not be read to its end before the job was deleted.");
        } catch (GatewayException unreadable) {
            return Optional.of(unreadBeforeDeletion(unreadable));
        }
    }

    private static String unreadBeforeDeletion(GatewayException unreadable) {
        return "The log could not be read before the job was deleted: " + unreadable.getMessage();
    }
}
