package io.interlinkgateway.history;

import io.interlinkgateway.cluster.watch.LogBudget;
import io.interlinkgateway.cluster.watch.LogBudgets;
import io.interlinkgateway.cluster.watch.LogRequestLimits;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.store.MeasuredDatabase;
import io.interlinkgateway.history.store.MeasuredDatabase.Server;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.ContainerLog;
import io.interlinkgateway.log.Redaction;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// How long it takes until the logs of 1,000 jobs that end within a minute are archived, and what they take on the disk:
/// `bench/history/run.sh` runs it. The archiver, the budgets of the nodes and the database are real; the nodes are not,
/// and answer at once.
final class ArchivingBenchmark {

    private static final int JOBS = 1_000;
    private static final int LOG_BYTES = 200_000;
    private static final int BATCH = 50;
    private static final int ENDS_AT_ONCE = 5;
    private static final Duration ENDING = Duration.ofMinutes(1);
    private static final long LOG_LIMIT = 20 << 20;
    private static final String CONTAINER = "job";

    private final MeasuredDatabase database;
    private final int nodes;
    private final LogBudgets budgets;
    private final FakeLogs logs = new FakeLogs();
    private final Map<String, Instant> ends = new HashMap<>();

    private ArchivingBenchmark(MeasuredDatabase database, int nodes, LogRequestLimits limits) {
        this.database = database;
        this.nodes = nodes;
        this.budgets = new LogBudgets(limits);
    }

    /// @param arguments `postgresql` or `h2`, and a directory
    static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[1]).toAbsolutePath();
        System.out.printf(
                """

                | %,d logs of %d kB, in | nodes and their limit | the last, after the last end | after its job's end: median (p95) |
                |---|---|---|---|
                """,
                JOBS, LOG_BYTES / 1_000);
        if (arguments[0].equals("h2")) {
            runAll(null, directory.resolve("h2"));
        } else {
            try (Server server = Server.in(directory.resolve("postgresql"))) {
                runAll(server, directory);
            }
        }
    }

    private static void runAll(@Nullable Server server, Path directory) throws Exception {
        run(server, directory, 1, new LogRequestLimits(1_000_000, JOBS, 1_000_000, 1), "none");
        run(server, directory, 5, new LogRequestLimits(5, 10, 4, 1), "4 a second each");
    }

    private static void run(
            @Nullable Server server,
            Path directory,
            int nodes,
            LogRequestLimits limits,
            String limit)
            throws IOException, InterruptedException {
        MeasuredDatabase database =
                MeasuredDatabase.open(
                        server,
                        directory,
                        "ends_" + Long.toString(System.nanoTime(), 36),
                        Clock.systemUTC());
        long stored;
        try (database) {
            ArchivingBenchmark run = new ArchivingBenchmark(database, nodes, limits);
            run.submit();
            run.end();
            run.print(limit);
            stored = database.query("select sum(stored_bytes) from job_log").orElseThrow();
            database.checkpoint();
            if (server != null) {
                printSize(stored, database.size());
            }
        }
        if (server == null) {
            printSize(stored, database.size());
        }
    }

    private static void printSize(long stored, long size) {
        System.err.printf(
                "a log has %.1f kB compressed; the database has %.1f kB for each, with its job%n",
                stored / 1e3 / JOBS, size / 1e3 / JOBS);
    }

    private void submit() {
        for (int first = 0; first < JOBS; first += BATCH) {
            List<Observation> batch = new ArrayList<>();
            for (int number = first; number < first + BATCH; number++) {
                logs.put(name(number), text(number));
                batch.add(HistoryJobs.live(1, HistoryJobs.job(name(number), HistoryJobs.RUNNING)));
            }
            database.jobs().write(batch);
        }
    }

    private static String name(int number) {
        return "job-" + number;
    }

    /// What a training prints.
    private static String text(int number) {
        Random random = new Random(number);
        StringBuilder text = new StringBuilder();
        for (int step = 0; text.length() < LOG_BYTES; step++) {
            text.append(
                    "epoch %d step %d: loss %.6f, accuracy %.4f, %.2f samples/s%n"
                            .formatted(
                                    step / 400,
                                    step % 400,
                                    random.nextDouble(),
                                    random.nextDouble(),
                                    900 + 100 * random.nextDouble()));
        }
        return text.substring(0, LOG_BYTES - 1) + "\n";
    }

    private void end() throws InterruptedException {
        JobHistory jobs = database.jobs();
        try (LogArchiver archiver =
                new LogArchiver(
                        new LogStorage(
                                this::log,
                                database.logs(),
                                _ -> Redaction.of(Set.of()),
                                LOG_LIMIT,
                                Clock.systemUTC()),
                        database.logs(),
                        Clock.systemUTC())) {
            archiver.start();
            long begin = System.nanoTime();
            for (int number = 0; number < JOBS; number += ENDS_AT_ONCE) {
                long due = begin + ENDING.toNanos() * number / JOBS;
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                List<Observation> batch = new ArrayList<>();
                for (int job = number; job < number + ENDS_AT_ONCE; job++) {
                    batch.add(
                            HistoryJobs.live(2, HistoryJobs.job(name(job), HistoryJobs.SUCCEEDED)));
                    ends.put("uid-" + name(job), Instant.now());
                }
                jobs.write(batch);
                archiver.wake();
            }
            while (database.query("select count(*) from job_log").orElseThrow() < JOBS) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    private ContainerLog log(Workspace workspace, JobName name, Optional<String> container) {
        ContainerLog log = logs.find(workspace, name, container);
        NodeName node = new NodeName("hpc-" + Math.floorMod(name.hashCode(), nodes));
        return new ContainerLog() {
            @Override
            public Key key() {
                return log.key();
            }

            @Override
            public Opened open(boolean follow) {
                return log.open(follow);
            }

            @Override
            public Opened openAfterOthers(Duration patience) throws InterruptedException {
                if (!budgets.of(Optional.of(node)).await(LogBudget.Purpose.ARCHIVE, patience)) {
                    throw new GatewayException.ClusterUnavailable("The node is busy.");
                }
                return log.openAfterOthers(patience);
            }
        };
    }

    private void print(String limit) {
        double[] lags =
                ends.entrySet().stream()
                        .mapToDouble(end -> seconds(end.getValue(), archivedAt(end.getKey())))
                        .sorted()
                        .toArray();
        Instant lastEnd = ends.values().stream().max(Instant::compareTo).orElseThrow();
        Instant lastLog =
                ends.keySet().stream().map(this::archivedAt).max(Instant::compareTo).orElseThrow();
        System.out.printf(
                "| %s | %d, %s | %.1f s | %.1f s (%.1f s) |%n",
                database.kind(),
                nodes,
                limit,
                seconds(lastEnd, lastLog),
                lags[JOBS / 2],
                lags[JOBS * 95 / 100]);
    }

    private Instant archivedAt(String uid) {
        return database.logs().find(uid, CONTAINER).orElseThrow().archivedAt();
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1e3;
    }
}
