package io.interlinkgateway.history.store;

import io.interlinkgateway.history.HistoryPage;
import io.interlinkgateway.history.HistoryQuery;
import io.interlinkgateway.history.JobHistory;
import io.interlinkgateway.history.store.MeasuredDatabase.Server;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobReason;
import io.interlinkgateway.job.NodeName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// What reading costs if a workspace has a million jobs, next to one with a thousand, in turns in one process:
/// `bench/history/run.sh` runs it.
final class HistoryBenchmark {

    private static final int PAGE = 50;
    private static final int LAST_PAGE = 1_000;
    private static final int MOST_ROUNDS = 300;
    private static final int FEWEST_ROUNDS = 15;
    private static final int WARMING_ROUNDS = 30;
    private static final Duration LONGEST = Duration.ofSeconds(8);

    private final Measured small;
    private final Measured large;

    /// A filled database.
    ///
    /// @param jobs how many it has
    /// @param uids some of them, from all times
    private record Measured(JobHistory history, int jobs, List<String> uids) {

        static Measured of(MeasuredDatabase database, int jobs) {
            List<String> uids = new ArrayList<>();
            JobHistory history = database.jobs();
            for (int part = 1; part <= 100; part++) {
                history.list(
                                new Query()
                                        .until(ManyJobs.end((int) ((long) jobs * part / 100)))
                                        .page(2))
                        .items()
                        .forEach(past -> uids.add(past.job().uid()));
            }
            return new Measured(history, jobs, uids);
        }

        /// @return how far back the job is that was created so many jobs before the last one
        Instant before(int count) {
            return ManyJobs.end(jobs - count);
        }
    }

    /// A query that is composed.
    private record Query(
            JobFilter filter,
            Set<JobReason> reasons,
            Optional<String> submittedBy,
            Optional<Instant> since,
            Optional<Instant> until,
            Optional<String> text) {

        Query() {
            this(
                    filter(Optional.empty(), Set.of(), Optional.empty(), Map.of()),
                    Set.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }

        static JobFilter filter(
                Optional<JobName> name,
                Set<JobPhase> states,
                Optional<NodeName> node,
                Map<String, String> labels) {
            return new JobFilter(ManyJobs.WORKSPACE, name, states, node, labels);
        }

        Query filtered(
                Optional<JobName> name,
                Set<JobPhase> states,
                Optional<NodeName> node,
                Map<String, String> labels) {
            return new Query(
                    filter(name, states, node, labels), reasons, submittedBy, since, until, text);
        }

        Query states(JobPhase... states) {
            return filtered(Optional.empty(), Set.of(states), Optional.empty(), Map.of());
        }

        Query reasons(JobReason... wanted) {
            return new Query(filter, Set.of(wanted), submittedBy, since, until, text);
        }

        Query submittedBy(String caller) {
            return new Query(filter, reasons, Optional.of(caller), since, until, text);
        }

        Query since(Instant time) {
            return new Query(filter, reasons, submittedBy, Optional.of(time), until, text);
        }

        Query until(Instant time) {
            return new Query(filter, reasons, submittedBy, since, Optional.of(time), text);
        }

        Query text(String wanted) {
            return new Query(filter, reasons, submittedBy, since, until, Optional.of(wanted));
        }

        HistoryQuery page(int limit) {
            return after(limit, Optional.empty());
        }

        HistoryQuery after(int limit, Optional<String> cursor) {
            return new HistoryQuery(
                    filter, reasons, submittedBy, since, until, text, limit, cursor);
        }
    }

    /// Durations in milliseconds.
    private record Sample(List<Double> values) {

        double quantile(double share) {
            double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
        }

        double median() {
            return quantile(0.5);
        }
    }

    private HistoryBenchmark(Measured small, Measured large) {
        this.small = small;
        this.large = large;
    }

    /// @param arguments `postgresql` or `h2`, the directory of the databases, and how many jobs; or `server` and a
    ///     directory, for a PostgreSQL server whose address is printed and which runs until it is killed
    static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[1]).toAbsolutePath();
        switch (arguments[0]) {
            case "server" -> serve(directory);
            case "postgresql" -> {
                try (Server server = Server.in(directory.resolve("postgresql"))) {
                    measure(server, directory, Integer.parseInt(arguments[2]));
                }
            }
            case "h2" -> measure(null, directory.resolve("h2"), Integer.parseInt(arguments[2]));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void serve(Path directory) throws IOException, InterruptedException {
        Server server = Server.in(directory);
        System.out.println(server.url("history"));
        Thread.currentThread().join();
    }

    private static void measure(@Nullable Server server, Path directory, int jobs)
            throws IOException {
        if (jobs < ManyJobs.WRITTEN || jobs % ManyJobs.WRITTEN != 0) {
            throw new IllegalArgumentException("The number of jobs must be a multiple of 1,000.");
        }
        MeasuredDatabase small = open(server, directory, ManyJobs.WRITTEN);
        MeasuredDatabase large = open(server, directory, jobs);
        try (small;
                large) {
            new HistoryBenchmark(Measured.of(small, ManyJobs.WRITTEN), Measured.of(large, jobs))
                    .run(large.kind());
            if (large.isPostgreSql()) {
                printSize(large, jobs);
            }
        }
        if (!large.isPostgreSql()) {
            printSize(large, jobs);
        }
    }

    private static void printSize(MeasuredDatabase database, int jobs) throws IOException {
        System.out.printf(
                "%n%s: %,d jobs with 4 changes each take %.2f GB, %.1f kB a job%n",
                database.kind(), jobs, database.size() / 1e9, database.size() / 1e3 / jobs);
    }

    private static MeasuredDatabase open(@Nullable Server server, Path directory, int jobs) {
        MeasuredDatabase database =
                MeasuredDatabase.open(
                        server,
                        directory,
                        "jobs_" + jobs,
                        Clock.fixed(ManyJobs.end(jobs).plusSeconds(4_000), ZoneOffset.UTC));
        long begin = System.nanoTime();
        ManyJobs.fill(database, jobs);
        System.err.printf(
                "%,d jobs in %s after %.0f s%n", jobs, database.kind(), millis(begin) / 1e3);
        return database;
    }

    private void run(String kind) {
        System.out.printf(
                """

                | %s, page of %d | %,d jobs: median (p95), ms | %,d jobs: median (p95), ms | ratio |
                |---|---|---|---|---|
                """,
                kind, PAGE, small.jobs, large.jobs);
        Query all = new Query();
        compare(
                "first page, %,d jobs twice".formatted(small.jobs),
                new Run(small, pages(small, all)),
                new Run(small, pages(small, all)));
        compare("first page", all);
        compare(
                "the 10th page, and the 1,000th",
                pages(small, all, 10),
                pages(large, all, Math.min(LAST_PAGE, large.jobs / PAGE - 1)));
        compare("state", all.states(JobPhase.FAILED));
        compare("two states", all.states(JobPhase.FAILED, JobPhase.SUCCEEDED));
        compare("state that no job has", all.states(JobPhase.RUNNING));
        compare("reason", all.reasons(JobReason.of(ManyJobs.REASON)));
        compare(
                "node",
                all.filtered(Optional.empty(), Set.of(), Optional.of(ManyJobs.NODE), Map.of()));
        compare(
                "name",
                all.filtered(Optional.of(ManyJobs.NAME), Set.of(), Optional.empty(), Map.of()));
        Map<String, String> label = Map.of(ManyJobs.EXPERIMENT, "e7");
        compare("label", all.filtered(Optional.empty(), Set.of(), Optional.empty(), label));
        compare("submitter", all.submittedBy(ManyJobs.SUBMITTER));
        compare(
                "since and until",
                pages(small, all.since(small.before(600)).until(small.before(400))),
                pages(
                        large,
                        all.since(large.before(large.jobs * 3 / 5))
                                .until(large.before(large.jobs * 2 / 5))));
        compare(
                "state and node",
                all.filtered(
                        Optional.empty(),
                        Set.of(JobPhase.SUCCEEDED),
                        Optional.of(ManyJobs.NODE),
                        Map.of()));
        compare(
                "label and state",
                all.filtered(
                        Optional.empty(), Set.of(JobPhase.SUCCEEDED), Optional.empty(), label));
        compare("text that a tenth has", all.text(ManyJobs.TEXT));
        compare("text that no job has", all.text("no-such-text"));
        compare("one job with its changes", one(small), one(large));
        compare("node statistics, a day", statistics(small, 1), statistics(large, 1));
        compare("node statistics, a week", statistics(small, 7), statistics(large, 7));
    }

    /// What is repeated, with the number of the repetition.
    private record Run(Measured database, IntConsumer request) {}

    private void compare(String what, Query query) {
        compare(what, pages(small, query), pages(large, query));
    }

    private void compare(String what, IntConsumer first, IntConsumer second) {
        compare(what, new Run(small, first), new Run(large, second));
    }

    private static IntConsumer pages(Measured database, Query query) {
        HistoryQuery page = query.page(PAGE);
        return _ -> database.history.list(page);
    }

    private static IntConsumer pages(Measured database, Query query, int number) {
        Optional<String> cursor = Optional.empty();
        for (int page = 1; page < number; page++) {
            HistoryPage before = database.history.list(query.after(PAGE, cursor));
            cursor = before.nextCursor();
        }
        HistoryQuery page = query.after(PAGE, cursor);
        return _ -> database.history.list(page);
    }

    private static IntConsumer one(Measured database) {
        return round -> {
            String uid = database.uids.get(round * 37 % database.uids.size());
            var _ = database.history.find(ManyJobs.WORKSPACE, uid).orElseThrow();
            database.history.changes(uid);
        };
    }

    /// Each period is another, because statistics are remembered for a minute.
    private static IntConsumer statistics(Measured database, int days) {
        return round ->
                database.history.statistics(
                        ManyJobs.NODE,
                        Duration.ofDays(days).plusMillis(System.nanoTime() % 10_000 + round));
    }

    private static void compare(String what, Run first, Run second) {
        List<Double> firstTimes = new ArrayList<>();
        List<Double> secondTimes = new ArrayList<>();
        long end = System.nanoTime() + LONGEST.toNanos();
        for (int round = -WARMING_ROUNDS; round < MOST_ROUNDS; round++) {
            int number = Math.abs(round);
            boolean turned = number % 2 == 1;
            double one = time(turned ? second : first, number);
            double other = time(turned ? first : second, number);
            if (round >= 0) {
                firstTimes.add(turned ? other : one);
                secondTimes.add(turned ? one : other);
            }
            if (round >= FEWEST_ROUNDS && System.nanoTime() > end) {
                break;
            }
        }
        Sample before = new Sample(firstTimes);
        Sample after = new Sample(secondTimes);
        System.out.printf(
                "| %s | %.2f (%.2f) | %.2f (%.2f) | **%.2f** |%n",
                what,
                before.median(),
                before.quantile(0.95),
                after.median(),
                after.quantile(0.95),
                after.median() / before.median());
    }

    private static double time(Run run, int number) {
        long begin = System.nanoTime();
        run.request.accept(number);
        return millis(begin);
    }

    private static double millis(long begin) {
        return (System.nanoTime() - begin) / 1e6;
    }
}
