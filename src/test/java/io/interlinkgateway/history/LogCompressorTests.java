package io.interlinkgateway.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class LogCompressorTests {

    private static final int MAX = 4 << 20;

    /// The size in MB of the log of [#aLongLogKeepsItsHeadAndItsTail].
    private static final int MEGABYTES = Integer.getInteger("archive.megabytes", 128);

    @Test
    void aLogOfExactlyTheMaximumIsWhole() {
        LogCompressor compressor = new LogCompressor(MAX);
        compressor.add(new byte[MAX]);

        LogCompressor.Compressed all = compressor.finish();

        assertThat(all.isShortened()).isFalse();
        assertThat(all.chunks().stream().mapToInt(LogArchive.Chunk::length).sum()).isEqualTo(MAX);
    }

    @Test
    void oneByteMoreIsShortened() {
        LogCompressor compressor = new LogCompressor(MAX);
        compressor.add(new byte[MAX]);
        compressor.add(new byte[1]);

        LogCompressor.Compressed all = compressor.finish();

        assertThat(all.isShortened()).isTrue();
        assertThat(all.kept()).isBetween((long) MAX - 2 * LogCompressor.CHUNK, (long) MAX);
        assertThat(all.size()).isEqualTo(MAX + 1L);
    }

    @Test
    void aSmallMaximumKeepsTheTailToo() {
        LogCompressor compressor = new LogCompressor(1000);
        compressor.add("x".repeat(100_000).getBytes(StandardCharsets.US_ASCII));

        assertThat(compressor.finish().kept()).isBetween(900L, 1000L);
    }

    @Test
    void aLongLogKeepsItsHeadAndItsTail() {
        LogCompressor compressor = new LogCompressor(MAX);
        byte[] random = new byte[1 << 20];
        new Random(7).nextBytes(random);
        for (int megabyte = 0; megabyte < MEGABYTES; megabyte++) {
            compressor.add(random);
        }

        LogCompressor.Compressed all = compressor.finish();

        assertThat(all.size()).isEqualTo((long) MEGABYTES << 20);
        assertThat(all.kept()).isLessThanOrEqualTo(MAX);
        assertThat(all.chunks()).hasSizeLessThanOrEqualTo(MAX / LogCompressor.CHUNK + 1);
        assertThat(all.chunks().stream().mapToLong(chunk -> chunk.compressed().remaining()).sum())
                .isLessThan(MAX + (MAX >> 6));
    }

    @Test
    void theResultDoesNotDependOnHowTheLogIsSplit() {
        byte[] random = new byte[3 << 20];
        new Random(11).nextBytes(random);
        LogCompressor whole = new LogCompressor(1 << 20);
        whole.add(random);
        LogCompressor split = new LogCompressor(1 << 20);
        for (int from = 0; from < random.length; from += 12_345) {
            split.add(Arrays.copyOfRange(random, from, Math.min(random.length, from + 12_345)));
        }

        assertThat(split.finish().sha256()).isEqualTo(whole.finish().sha256());
    }
}
