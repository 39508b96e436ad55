package io.interlinkgateway.history;

import io.interlinkgateway.job.Fingerprint;
import io.interlinkgateway.log.Redaction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/// Compresses a log as it arrives. Of a log that is too long, the first and the last bytes are kept, half and half, with
/// a line between them that has the number of missing bytes. The last bytes are a ring of chunks, so that memory does
/// not depend on the log's length; they are compressed at the end, because most of a long log is dropped. For one log
/// and one thread.
final class LogCompressor {

    /// How many bytes a chunk has at most before its compression. A smaller maximum of a log has smaller chunks, because
    /// the ring drops whole ones.
    static final int CHUNK = 256 << 10;

    private final Redaction redaction;
    private final long half;
    private final int chunk;
    private final MlflowRunSearch run = new MlflowRunSearch();
    private final MessageDigest digest = Fingerprint.sha256();
    private final List<Packed> head = new ArrayList<>();
    private final Deque<byte[]> tail = new ArrayDeque<>();
    private ByteArrayOutputStream open = new ByteArrayOutputStream();
    private long size;
    private long headLength;
    private long tailLength;
    private long omitted;

    /// @param lines how many lines end in it
    private record Packed(int length, long lines, ByteBuffer compressed) {}

    /// A log that is complete as far as it could be read.
    ///
    /// @param size how many bytes were read
    /// @param kept how many of them are in the chunks
    /// @param sha256 the digest of the archived bytes
    /// @param chunks the archived bytes
    /// @param mlflow what the log shows of the job's MLflow run
    record Compressed(
            long size, long kept, String sha256, List<LogArchive.Chunk> chunks, MlflowLink mlflow) {

        Compressed {
            chunks = List.copyOf(chunks);
        }

        boolean isShortened() {
            return kept < size;
        }
    }

    /// Of a log without secrets.
    ///
    /// @param maxSize how many bytes of a log are kept at most, without the line for the missing ones
    LogCompressor(long maxSize) {
        this(maxSize, Redaction.of(Set.of()));
    }

    /// @param maxSize how many bytes of a log are kept at most, without the line for the missing ones
    /// @param redaction masks secrets in it
    LogCompressor(long maxSize, Redaction redaction) {
        this.redaction = redaction;
        this.half = maxSize / 2;
        this.chunk = Math.clamp(half / 8, 1, CHUNK);
    }

    /// @param bytes the next bytes
    void add(byte[] bytes) {
        keep(redaction.next(bytes));
    }

    private void keep(byte[] bytes) {
        size += bytes.length;
        int from = 0;
        while (from < bytes.length) {
            int length = (int) Math.min(bytes.length - from, room());
            open.write(bytes, from, length);
            from += length;
            if (room() == 0) {
                close();
            }
        }
    }

    /// How many bytes the open chunk still takes. The head ends at exactly half of what is kept.
    private long room() {
        long limit = headLength < half ? Math.min(chunk, half - headLength) : chunk;
        return limit - open.size();
    }

    private void close() {
        if (open.size() == 0) {
            return;
        }
        byte[] bytes = open.toByteArray();
        open = new ByteArrayOutputStream();
        run.add(bytes);
        if (headLength < half) {
            head.add(packed(bytes));
            headLength += bytes.length;
        } else {
            tail.addLast(bytes);
            tailLength += bytes.length;
            while (tailLength > half) {
                int dropped = tail.removeFirst().length;
                tailLength -= dropped;
                omitted += dropped;
            }
        }
    }

    /// Compresses the next archived bytes.
    private Packed packed(byte[] bytes) {
        digest.update(bytes);
        long lines = 0;
        for (byte next : bytes) {
            if (next == '\n') {
                lines++;
            }
        }
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return new Packed(
                bytes.length, lines, ByteBuffer.wrap(compressed.toByteArray()).asReadOnlyBuffer());
    }

    /// @return whether nothing was added
    boolean isEmpty() {
        return size == 0;
    }

    /// @return what is archived of everything that was added
    Compressed finish() {
        keep(redaction.end());
        close();
        List<Packed> all = new ArrayList<>(head);
        if (omitted > 0) {
            all.add(packed(marker(omitted).getBytes(StandardCharsets.US_ASCII)));
        }
        while (!tail.isEmpty()) {
            all.add(packed(tail.removeFirst()));
        }
        List<LogArchive.Chunk> chunks = new ArrayList<>();
        long start = 0;
        long line = 0;
        for (Packed packed : all) {
            chunks.add(new LogArchive.Chunk(start, line, packed.length, packed.compressed));
            start += packed.length;
            line += packed.lines;
        }
        return new Compressed(
                size,
                size - omitted,
                HexFormat.of().formatHex(digest.digest()),
                chunks,
                run.found());
    }

    /// @param bytes how many are missing
    /// @return the line in their place
    static String marker(long bytes) {
        return "\n[interlink-gateway: " + bytes + " bytes are missing here]\n";
    }
}
