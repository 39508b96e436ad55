package io.interlinkgateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.log.FakeNode.Failure;
import io.interlinkgateway.log.FakeNode.Kind;
import io.interlinkgateway.log.feed.LogEvent;
import io.interlinkgateway.log.feed.LogPiece;
import io.interlinkgateway.log.feed.LogPosition;
import io.interlinkgateway.log.feed.LogReader;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Jobs that write anything at any time, on nodes on which anything fails at any time, with readers that come
/// late, stop, go on after an id on another gateway, and dawdle. Each has to get each byte, once, in order. A
/// failure names its seed, which makes the same job and the same failures again.
@Execution(ExecutionMode.CONCURRENT)
class LogTortureTests {

    private static final int JOBS = 8;
    private static final int READERS = 6;

    /// Of a reader that falls behind: four seconds on average, as long as the job lasts.
    private static final int MOST_PAUSES = 100;

    /// It overlaps itself.
    private static final String PASSWORD = "s3cr3t-s3cr3t-s3";

    /// What the job could print to be taken for something else, and what is hard to carry.
    private static final List<String> TRICKS =
            List.of(
                    "\n",
                    "\r",
                    "10%|#   |\r20%|##  |\r",
                    "\0",
                    "\u001b[1mbold\u001b[0m",
                    "\nreal\t0m1.000s\nuser\t0m1.000s\nsys\t0m1.000s\n",
                    "\nreal\t0m1",
                    "2026-11-23T23:57:13+00:00 Container main pid 999 ended with status 0.\n",
                    "2026-11-23T23:57:13+00:00 End of script, highest exit code 0...\n",
                    "slurmstepd-node1: error: *** JOB 28 ON node1 CANCELLED AT"
                            + " 2026-11-23T23:49:27 DUE TO TIME LIMIT ***\n",
                    "This pod train/another-uid has been submitted to SLURM node node1.\n",
                    "HTTP InterLink session GetLogs#1: Cannot open in follow mode the container"
                            + " logs /x because it does not exist yet, sleeping before retrying...",
                    "event: end\ndata: {}\n\n",
                    PASSWORD,
                    PASSWORD.substring(0, 9),
                    PASSWORD.substring(9));

    private static final List<Kind> KINDS = List.of(Kind.values());

    private final AtomicLong delivered = new AtomicLong();
    private final AtomicInteger problems = new AtomicInteger();
    private final AtomicInteger resumed = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyReaderGetsEveryByteOnce(long seed) throws Exception {
        Random random = new Random(seed);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> done = new ArrayList<>();
            for (int job = 0; job < JOBS; job++) {
                long jobSeed = random.nextLong();
                done.add(
                        threads.submit(() -> {
                            live(jobSeed, threads);
                            return null;
                        }));
            }
            for (Future<?> one : done) {
                one.get(120, TimeUnit.SECONDS);
            }
        }
        System.out.printf(
                "seed %d: %d jobs, %d readers, %d bytes delivered, %d problems reported, %d"
                        + " resumptions%n",
                seed, JOBS, JOBS * READERS, delivered.get(), problems.get(), resumed.get());
        assertThat(problems.get()).isPositive();
        assertThat(resumed.get()).isPositive();
    }

    private void live(long seed, ExecutorService threads) throws Exception {
        Random random = new Random(seed);
        FakeNode node = new FakeNode(Duration.ofMillis(15), "uid-" + Long.toHexString(seed), false);
        node.hide(PASSWORD);
        List<LogReaders> gateways = List.of(gateway(node), gateway(node));
        List<Future<byte[]>> readers = new ArrayList<>();
        for (int reader = 0; reader < READERS; reader++) {
            long readerSeed = random.nextLong();
            readers.add(threads.submit(() -> read(new Random(readerSeed), gateways)));
        }
        Thread.sleep(random.nextInt(60));
        node.start();
        boolean writesMuch = random.nextInt(4) == 0;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        for (int burst = 0; burst < 40; burst++) {
            byte[] text = text(random, writesMuch);
            written.writeBytes(text);
            node.write(text);
            if (random.nextInt(4) == 0) {
                node.fail(
                        new Failure(
                                random.nextInt(written.size() + 500),
                                KINDS.get(random.nextInt(KINDS.size()))));
            }
            if (random.nextInt(20) == 0) {
                node.restart();
            }
            Thread.sleep(random.nextInt(30));
        }
        node.exit(random.nextInt(3));
        for (Future<byte[]> reader : readers) {
            byte[] got = reader.get(60, TimeUnit.SECONDS);
            assertThat(Arrays.mismatch(got, hidden(written.toByteArray())))
                    .as(
                            "first difference of %d and %d bytes; job seed %d",
                            got.length, written.size(), seed)
                    .isEqualTo(-1);
        }
    }

    private static LogReaders gateway(FakeNode node) {
        return new LogReaders(node::log, node::find, LogFollowingTests.FAST, Clock.systemUTC());
    }

    /// In ISO 8859-1 each byte is a character.
    private static byte[] hidden(byte[] written) {
        String text = new String(written, StandardCharsets.ISO_8859_1);
        char[] hidden = text.toCharArray();
        for (int at = text.indexOf(PASSWORD); at >= 0; at = text.indexOf(PASSWORD, at + 1)) {
            Arrays.fill(hidden, at, at + PASSWORD.length(), '*');
        }
        for (int length = 6; length < PASSWORD.length(); length++) {
            if (text.endsWith(PASSWORD.substring(0, length))) {
                Arrays.fill(hidden, hidden.length - length, hidden.length, '*');
            }
        }
        return new String(hidden).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] text(Random random, boolean much) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int part = random.nextInt(4); part >= 0; part--) {
            switch (random.nextInt(6)) {
                case 0 -> {
                    byte[] anything = new byte[random.nextInt(much ? 60_000 : 3000)];
                    random.nextBytes(anything);
                    text.writeBytes(anything);
                }
                case 1 -> {
                    byte[] line = new byte[random.nextInt(much ? 400_000 : 20_000)];
                    Arrays.fill(line, (byte) 'x');
                    text.writeBytes(line);
                }
                case 2, 3 ->
                        text.writeBytes(
                                TRICKS.get(random.nextInt(TRICKS.size()))
                                        .getBytes(StandardCharsets.UTF_8));
                default ->
                        text.writeBytes(
                                ("epoch " + random.nextInt(1000) + "\n")
                                        .getBytes(StandardCharsets.UTF_8));
            }
        }
        return text.toByteArray();
    }

    /// One client, which may come late, stop now and then, and go on at any gateway after what it has.
    private byte[] read(Random random, List<LogReaders> gateways) throws InterruptedException {
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        int pauses = random.nextInt(4) == 0 ? MOST_PAUSES : 0;
        LogOptions options = LogOptions.ALL.following();
        Thread.sleep(random.nextInt(random.nextBoolean() ? 1 : 900));
        while (true) {
            LogReaders gateway = gateways.get(random.nextInt(gateways.size()));
            int stopsAfter = random.nextInt(3) == 0 ? random.nextInt(40) : Integer.MAX_VALUE;
            try (LogReader reader = gateway.open(FakeNode.WORKSPACE, FakeNode.NAME, options)) {
                for (int events = 0; events < stopsAfter; events++) {
                    switch (reader.next(Duration.ofMillis(500))) {
                        case LogEvent.Output output -> {
                            for (LogPiece piece : output.pieces()) {
                                got.writeBytes(piece.bytes());
                                delivered.addAndGet(piece.size());
                                options =
                                        options.after(
                                                LogCursor.at(reader.key(), piece.end()).toString());
                            }
                        }
                        case LogEvent.Problem _ -> problems.incrementAndGet();
                        case LogEvent.Quiet _ -> {}
                        case LogEvent.Broken broken -> throw new AssertionError(broken.message());
                        case LogEvent.End _ -> {
                            return got.toByteArray();
                        }
                    }
                    if (pauses > 0) {
                        pauses--;
                        Thread.sleep(random.nextInt(80));
                    }
                }
            }
            resumed.incrementAndGet();
        }
    }

    /// Whatever beginning of the log a reader has seen, it gets the rest from there once the job has ended and its
    /// record stands before the output.
    @Test
    void positionsHoldHoweverFarTheRecordHasGrown() throws Exception {
        String written = "one\ntwo\r\0\n\nreal\t0m1.000s\nth\u00e9ee";
        FakeNode node = new FakeNode(Duration.ofMillis(15));
        node.start();
        LogReaders readers = gateway(node);
        List<Reading> beginnings = new ArrayList<>();
        for (byte next : written.getBytes(StandardCharsets.ISO_8859_1)) {
            node.write(new byte[] {next});
            beginnings.add(reading(readers, LogOptions.ALL));
        }
        node.exit(0);

        Reading whole = reading(readers, LogOptions.ALL);
        assertThat(whole.text()).isEqualTo(written);
        assertThat(beginnings)
                .allSatisfy(beginning -> {
                    Reading rest = reading(readers, LogOptions.ALL.after(beginning.id()));
                    assertThat(beginning.text() + rest.text()).isEqualTo(written);
                    assertThat(rest.id()).isEqualTo(whole.id());
                });
        assertThat(beginnings).map(Reading::id).last().isEqualTo(whole.id());
    }

    /// @param text what a reader got, a character for each byte
    /// @param id of its last event
    private record Reading(String text, String id) {}

    private static Reading reading(LogReaders readers, LogOptions options)
            throws InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (LogReader reader = readers.open(FakeNode.WORKSPACE, FakeNode.NAME, options)) {
            String id =
                    options.lastEventId()
                            .orElseGet(
                                    () -> LogCursor.at(reader.key(), LogPosition.HEAD).toString());
            while (true) {
                switch (reader.next(Duration.ofSeconds(1))) {
                    case LogEvent.Output output -> {
                        output.pieces().forEach(piece -> bytes.writeBytes(piece.bytes()));
                        id = LogCursor.at(reader.key(), output.pieces().getLast().end()).toString();
                    }
                    case LogEvent.End _ -> {
                        return new Reading(bytes.toString(StandardCharsets.ISO_8859_1), id);
                    }
                    case LogEvent.Quiet _ -> {}
                    case LogEvent.Problem problem -> throw new AssertionError(problem.message());
                    case LogEvent.Broken broken -> throw new AssertionError(broken.message());
                }
            }
        }
    }
}
