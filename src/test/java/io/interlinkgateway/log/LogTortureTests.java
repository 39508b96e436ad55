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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Jobs that write anything at any time, on nodes on which anything fails at any time, with readers that come
/// late, stop, go on after an id on another gateway, and dawdle. Each has to get each byte, once, in order. A
/// failure names its seed, which makes the same job and the same failures again.
class LogTortureTests {

    private static final int JOBS = 8;
    private static final int READERS = 6;

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
                "seed %d: %d jobs, %d readers, %d bytes delivered, %d problems told, %d"
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
        boolean dawdles = random.nextInt(4) == 0;
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
                    if (dawdles) {
                        Thread.sleep(random.nextInt(80));
                    }
                }
            }
            resumed.incrementAndGet();
        }
    }

    /// As the recordings have it: each prefix of the log of a job that ran.
    @Test
    void positionsHoldHoweverFarTheRecordHasGrown() throws Exception {
        FakeNode node = new FakeNode(Duration.ofMillis(15));
        node.start();
        node.write("one\ntwo\nthree");
        LogReaders readers = gateway(node);
        List<LogEvent> before = events(readers);
        node.exit(0);

        assertThat(ends(before)).isEqualTo(ends(events(readers)));
    }

    private static List<LogPosition> ends(List<LogEvent> events) {
        return events.stream()
                .filter(LogEvent.Output.class::isInstance)
                .map(event -> ((LogEvent.Output) event).pieces().getLast().end())
                .toList()
                .reversed()
                .subList(0, 1);
    }

    private static List<LogEvent> events(LogReaders readers) throws InterruptedException {
        List<LogEvent> events = new ArrayList<>();
        try (LogReader reader = readers.open(FakeNode.WORKSPACE, FakeNode.NAME, LogOptions.ALL)) {
            while (events.isEmpty() || !(events.getLast() instanceof LogEvent.End)) {
                events.add(reader.next(Duration.ofSeconds(1)));
            }
        }
        return events;
    }
}
