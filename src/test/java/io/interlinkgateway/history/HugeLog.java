package io.interlinkgateway.history;

import static org.awaitility.Awaitility.await;

import io.interlinkgateway.log.LogStream;
import io.interlinkgateway.log.Redaction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Archives one log, whose length in bytes is the argument, in the heap of this process, and prints what is kept.
final class HugeLog {

    /// The length of each line of the log, which begins with its number.
    static final int LINE = 64;

    private static final int DIGITS = 19;
    private static final int BLOCK = 1024 * LINE;

    private HugeLog() {}

    static void main(String[] arguments) {
        long length = Long.parseLong(arguments[0]);
        MovedClock clock = new MovedClock(HistoryJobs.NOW);
        FakeHistory history = new FakeHistory(clock);
        FakeLogs logs = new FakeLogs();
        logs.streams.put("huge", () -> new Generated(length));
        LogStorage storage =
                new LogStorage(
                        logs,
                        history,
                        _ -> Redaction.of(Set.of("a password", "another password")),
                        20_000_000,
                        clock);
        history.write(List.of(HistoryJobs.live(5, HistoryJobs.job("huge", HistoryJobs.SUCCEEDED))));
        try (LogArchiver archiver = new LogArchiver(storage, history, clock)) {
            archiver.start();
            await().atMost(Duration.ofMinutes(40))
                    .until(() -> history.find("uid-huge", "job").isPresent());
        }
        ArchivedLog log = history.find("uid-huge", "job").orElseThrow();
        String text = history.text("uid-huge", "job");
        System.out.printf(
                "%s %d %d%n%s%n%s%n",
                log.completeness(),
                log.size(),
                log.kept(),
                text.substring(0, DIGITS),
                text.substring(text.length() - LINE, text.length() - LINE + DIGITS));
    }

    /// @return a line's beginning
    static String number(long line) {
        return String.format("%0" + DIGITS + "d", line);
    }

    /// A log with lines of random text.
    private static final class Generated implements LogStream {

        private final long length;
        private final byte[] block = new byte[BLOCK];
        private long position = -1;

        Generated(long length) {
            this.length = length;
            Random random = new Random(18);
            for (int index = 0; index < BLOCK; index++) {
                block[index] = (byte) ('a' + random.nextInt(26));
            }
            for (int end = LINE; end <= BLOCK; end += LINE) {
                block[end - 1] = '\n';
            }
        }

        @Override
        public Part next(Duration patience) {
            if (position < 0) {
                position = 0;
                return new Part.Bytes(
                        ByteBuffer.wrap(FakeLogs.record().getBytes(StandardCharsets.UTF_8)));
            }
            if (position == length) {
                return new Part.End();
            }
            int size = (int) Math.min(BLOCK, length - position);
            for (int start = 0; start < size; start += LINE) {
                long line = (position + start) / LINE;
                for (int digit = DIGITS - 1; digit >= 0; digit--) {
                    block[start + digit] = (byte) ('0' + line % 10);
                    line /= 10;
                }
            }
            position += size;
            return new Part.Bytes(ByteBuffer.wrap(block, 0, size));
        }

        @Override
        public void close() {}
    }
}
