package io.interlinkgateway.history.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.zip.GZIPInputStream;

/// An archived log as a stream, which holds one chunk in memory.
final class ChunkStream extends InputStream {

    private final LongFunction<Optional<Part>> chunks;
    private final long end;
    private long position;
    private byte[] bytes = new byte[0];
    private int offset;

    /// A stored chunk, decompressed.
    static final class Part {

        private final long start;
        private final long startLine;
        private final byte[] bytes;

        /// @param row has the columns `start_byte`, `start_line`, `length` and `content`
        /// @throws UncheckedIOException if the content is damaged
        Part(ResultSet row) throws SQLException {
            start = row.getLong("start_byte");
            startLine = row.getLong("start_line");
            try (GZIPInputStream gzip =
                    new GZIPInputStream(new ByteArrayInputStream(row.getBytes("content")))) {
                bytes = gzip.readNBytes(row.getInt("length"));
            } catch (IOException damaged) {
                throw new UncheckedIOException(damaged);
            }
        }

        /// @return the position after its last byte
        long end() {
            return start + bytes.length;
        }

        /// @return how many line feeds the log has up to the end of this chunk
        long feeds() {
            long feeds = startLine;
            for (byte one : bytes) {
                feeds += one == '\n' ? 1 : 0;
            }
            return feeds;
        }

        /// @return how many lines the log has up to the end of this chunk; the last one may have no line feed
        long lines() {
            boolean open = bytes.length > 0 && bytes[bytes.length - 1] != '\n';
            return feeds() + (open ? 1 : 0);
        }

        /// @param feed the number of a line feed in this chunk, counted from the log's start
        /// @return the position after it
        long after(long feed) {
            long seen = startLine;
            for (int index = 0; index < bytes.length; index++) {
                if (bytes[index] == '\n' && ++seen == feed) {
                    return start + index + 1;
                }
            }
            return end();
        }
    }

    /// @param chunks the chunk with a position
    /// @param start where to begin
    /// @param end how many bytes the log has
    ChunkStream(LongFunction<Optional<Part>> chunks, long start, long end) {
        this.chunks = chunks;
        this.position = start;
        this.end = end;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int most) throws IOException {
        if (most == 0) {
            return 0;
        }
        if (offset == bytes.length && !next()) {
            return -1;
        }
        int count = Math.min(most, bytes.length - offset);
        System.arraycopy(bytes, offset, target, from, count);
        offset += count;
        position += count;
        return count;
    }

    private boolean next() throws IOException {
        if (position >= end) {
            return false;
        }
        Part part =
                chunks.apply(position)
                        .filter(found -> position < found.end())
                        .orElseThrow(
                                () -> new IOException("The archived log was removed or replaced."));
        bytes = part.bytes;
        offset = (int) (position - part.start);
        return true;
    }
}
