package io.interlinkgateway.load;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Jobs submitted to a gateway with a history and to one without, in pairs of rounds, with the first of each pair in
/// turns. Each has a workspace of its own, so that the history has only the jobs of its gateway. A round begins when
/// everything before it is recorded. A gateway without a history watches a workspace only if somebody reads its jobs:
/// it is measured without and with that.
final class HistoryComparison {

    private static final int FEWEST = 4;
    private static final int PAIRS = 30;
    private static final Duration WARMING = Duration.ofSeconds(75);
    private static final Duration LONGEST = Duration.ofSeconds(55);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);
    private static final Pattern BACKLOG =
            Pattern.compile("(?m)^gateway_history_backlog(?:\\{[^}]*\\})? (\\S+)$");

    private final Side with;
    private final Side without;
    private final String run = "job-" + Long.toString(System.currentTimeMillis(), 36) + "-";
    private final AtomicInteger names = new AtomicInteger();

    /// @param read whether its jobs are listed before each round, so that it watches its workspace
    private record Side(Gateway gateway, String path, boolean read) {

        Side asRead() {
            return new Side(gateway, path, true);
        }
    }

    /// @param throughput in submits a second
    /// @param latencies of each submit, in milliseconds
    /// @param processor the gateway's processor time a submit, in milliseconds
    private record Round(double throughput, List<Double> latencies, double processor) {}

    /// @param with records its jobs
    /// @param without does not
    HistoryComparison(Gateway with, Gateway without) {
        this.with = new Side(with, "/api/v1/jobs?workspace=" + LoadBenchmark.SUBMITS, false);
        this.without = new Side(without, "/api/v1/jobs?workspace=" + LoadBenchmark.PAGES, false);
    }

    void run() throws ExecutionException, InterruptedException {
        Instant end = Instant.now().plus(WARMING);
        while (Instant.now().isBefore(end)) {
            round(with, 16, 200);
            round(without, 16, 200);
        }
        System.out.print(
                """

                | submits | at a time | throughput, first / second (middle half) | added at the median, ms | median, ms | p95, ms | gateway's processor, ms a submit |
                |---|---|---|---|---|---|---|
                """);
        for (Side other : List.of(without, without.asRead())) {
            String name = other.read ? "without (read)" : "without";
            for (int atATime : new int[] {1, 16}) {
                int count = atATime == 1 ? 100 : 300;
                compare(name + ", " + name, other, other, atATime, count);
                compare("with, " + name, with, other, atATime, count);
            }
        }
    }

    private void compare(String what, Side one, Side other, int atATime, int count)
            throws ExecutionException, InterruptedException {
        List<Round> first = new ArrayList<>();
        List<Round> second = new ArrayList<>();
        Instant end = Instant.now().plus(LONGEST);
        for (int pair = 0; pair < PAIRS; pair++) {
            if (pair >= FEWEST && Instant.now().isAfter(end)) {
                break;
            }
            if (pair % 2 == 0) {
                first.add(round(one, atATime, count));
                second.add(round(other, atATime, count));
            } else {
                second.add(round(other, atATime, count));
                first.add(round(one, atATime, count));
            }
        }
        Percentiles ratios =
                new Percentiles(
                        IntStream.range(0, first.size())
                                .mapToObj(pair ->
                                        first.get(pair).throughput()
                                                / second.get(pair).throughput())
                                .toList());
        Percentiles firstTimes = latencies(first);
        Percentiles secondTimes = latencies(second);
        System.out.printf(
                "| %s | %d | **%.2f** (%.2f to %.2f of %d pairs) | **%+.2f** | %.2f, %.2f | %.1f,"
                        + " %.1f | %.2f, %.2f |%n",
                what,
                atATime,
                ratios.median(),
                ratios.quantile(0.25),
                ratios.quantile(0.75),
                first.size(),
                firstTimes.median() - secondTimes.median(),
                firstTimes.median(),
                secondTimes.median(),
                firstTimes.quantile(0.95),
                secondTimes.quantile(0.95),
                processor(first),
                processor(second));
    }

    private static Percentiles latencies(List<Round> rounds) {
        return new Percentiles(
                rounds.stream().flatMap(round -> round.latencies().stream()).toList());
    }

    private static double processor(List<Round> rounds) {
        return rounds.stream().mapToDouble(Round::processor).average().orElse(Double.NaN);
    }

    private Round round(Side side, int atATime, int count)
            throws ExecutionException, InterruptedException {
        awaitRecorded();
        if (side.read) {
            side.gateway.get(side.path + "&limit=1");
        }
        AtomicInteger left = new AtomicInteger(count);
        List<Double> latencies = new ArrayList<>();
        Duration before = side.gateway.process().processorTime();
        long begin = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(atATime)) {
            List<Future<List<Double>>> shares = new ArrayList<>();
            for (int thread = 0; thread < atATime; thread++) {
                shares.add(threads.submit(() -> share(side, left)));
            }
            for (Future<List<Double>> share : shares) {
                latencies.addAll(share.get());
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        // What the history still has to do belongs to the round.
        awaitRecorded();
        return new Round(
                count / seconds,
                latencies,
                side.gateway.process().processorTime().minus(before).toNanos() / 1e6 / count);
    }

    private List<Double> share(Side side, AtomicInteger left)
            throws ExecutionException, InterruptedException {
        List<Double> latencies = new ArrayList<>();
        while (left.getAndDecrement() > 0) {
            String name = run + names.incrementAndGet();
            long begin = System.nanoTime();
            side.gateway.send("POST", side.path, SubmitComparison.JOB.replace("NAME", name));
            latencies.add((System.nanoTime() - begin) / 1e6);
        }
        return latencies;
    }

    private void awaitRecorded() throws ExecutionException, InterruptedException {
        Instant end = Instant.now().plus(LONGEST_WAIT);
        while (backlog() > 0) {
            if (Instant.now().isAfter(end)) {
                throw new IllegalStateException("The history's backlog does not get empty.");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private double backlog() throws ExecutionException, InterruptedException {
        Matcher metric = BACKLOG.matcher(with.gateway.get("/actuator/prometheus"));
        if (!metric.find()) {
            throw new IllegalStateException("The gateway has no history.");
        }
        return Double.parseDouble(metric.group(1));
    }
}
