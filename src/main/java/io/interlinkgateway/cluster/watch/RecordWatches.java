package io.interlinkgateway.cluster.watch;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.cluster.api.PodLog;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.status.RecordNeed;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The watches of jobs' records, one for each job that needs one, with their metrics.
public final class RecordWatches implements AutoCloseable, MeterBinder {

    private static final Logger LOG = LoggerFactory.getLogger(RecordWatches.class);

    /// More than the 4 s after which the plugin ends the log of a container that has ended.
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);

    private final RecordReader reader;
    private final LogBudgets budgets;
    private final OpenFollows follows;
    private final StateLag lag;
    private final Clock clock;
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private record Running(RecordWatch watch, Thread thread) {}

    /// @param apiServer where records are written
    /// @param logs where they are read
    /// @param budgets how many requests each node answers
    /// @param follows the logs that callers follow
    /// @param clock the time
    /// @return no watches yet
    public static RecordWatches of(
            ApiServer apiServer,
            PodLog.Source logs,
            LogBudgets budgets,
            OpenFollows follows,
            Clock clock) {
        StateLag lag = new StateLag(clock);
        return new RecordWatches(
                new RecordReader(apiServer, logs, budgets, LONGEST_SILENCE, lag),
                budgets,
                follows,
                lag,
                clock);
    }

    private RecordWatches(
            RecordReader reader,
            LogBudgets budgets,
            OpenFollows follows,
            StateLag lag,
            Clock clock) {
        this.reader = reader;
        this.budgets = budgets;
        this.follows = follows;
        this.lag = lag;
        this.clock = clock;
    }

    /// Watches a job's record as long as it is needed, unless it is watched already.
    ///
    /// @param uid the pod's UID
    /// @param need what the record is needed for now
    /// @param job the job as it is at any time
    void watch(String uid, RecordNeed need, RecordWatch.WatchedJob job) {
        if (!closed && RecordWatch.isNeeded(uid, need, job, follows)) {
            running.computeIfAbsent(uid, _ -> started(uid, job));
        }
    }

    /// Counts the request that a virtual node sends before it submits a job, which delays requests for logs.
    ///
    /// @param job a job that the HPC does not have yet
    void submitting(Job job) {
        budgets.of(job.node()).spendOnSubmission();
    }

    /// SLURM reported the end of a job whose end was not known before.
    ///
    /// @param job the job as it is known now
    void endReportedBySlurm(Job job) {
        lag.reported(job);
    }

    /// Writes a record to its pod again, on another thread.
    ///
    /// @param pod a pod that has lost its record on the API server, with that record
    void restore(Pod pod) {
        Thread.startVirtualThread(() -> {
            try {
                reader.restore(pod);
            } catch (GatewayException unavailable) {
                LOG.info("A job's record can't be restored now: {}", unavailable.getMessage());
            }
        });
    }

    private Running started(String uid, RecordWatch.WatchedJob job) {
        RecordWatch watch = new RecordWatch(uid, job, reader, follows, clock);
        Thread thread =
                Thread.ofVirtual()
                        .name("record-" + uid)
                        .start(() -> {
                            try {
                                watch.run();
                            } finally {
                                running.remove(uid);
                            }
                        });
        return new Running(watch, thread);
    }

    /// @param pod a job's
    /// @return until when its record is known to be as the pod has it; nothing if it is not watched
    Optional<Instant> observedAt(Pod pod) {
        String uid = pod.getMetadata().getUid();
        return uid == null
                ? Optional.empty()
                : Optional.ofNullable(running.get(uid)).flatMap(job -> job.watch.observedAt());
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        lag.bindTo(registry);
        Gauge.builder("gateway.records.watched", running, Map::size)
                .description("Jobs whose record is watched")
                .register(registry);
        SourceAge.register(registry, Job.Source.JOB_RECORD, this::ages);
    }

    private Stream<Optional<Duration>> ages() {
        Instant now = clock.instant();
        return running.values().stream()
                .map(job -> job.watch.observedAt().map(read -> Duration.between(read, now)));
    }

    @Override
    public void close() {
        closed = true;
        running.values().forEach(job -> job.thread.interrupt());
    }
}
