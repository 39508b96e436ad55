package io.interlinkgateway.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Log files one after the other, as one stream. Following, it goes from one to the next when that one is
/// complete. A file that isn't there is an empty one.
final class LogStream extends InputStream {

    private static final long PAUSE_MILLIS = 100;
    private static final int BLOCK = 8192;

    private final Deque<LogFile> files;
    private final boolean follow;
    private @Nullable FileChannel open;
    private long firstOffset;
    private volatile boolean closed;

    private LogStream(List<LogFile> files, boolean follow, long firstOffset) {
        this.files = new ArrayDeque<>(files);
        this.follow = follow;
        this.firstOffset = firstOffset;
    }

    /// @param files in their order
    /// @param follow whether to wait for what is still to come
    /// @param tailLines how many of the lines that are there to begin with; empty for all
    static LogStream of(List<LogFile> files, boolean follow, OptionalInt tailLines)
            throws IOException {
        if (tailLines.isEmpty()) {
            return new LogStream(files, follow, 0);
        }
        int missing = tailLines.getAsInt();
        for (int index = files.size() - 1; index >= 0; index--) {
            Tail tail = Tail.of(files.get(index), missing);
            if (tail.lines >= missing) {
                return new LogStream(files.subList(index, files.size()), follow, tail.offset);
            }
            missing -= tail.lines;
        }
        return new LogStream(files, follow, 0);
    }

    /// Where the last lines of a file begin.
    ///
    /// @param offset in bytes
    /// @param lines how many there are from there on
    private record Tail(long offset, int lines) {

        static Tail of(LogFile file, int wanted) throws IOException {
            try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ)) {
                long size = channel.size();
                long blockStart = size;
                int lines = 0;
                ByteBuffer block = ByteBuffer.allocate(BLOCK);
                while (blockStart > 0) {
                    int length = (int) Math.min(BLOCK, blockStart);
                    blockStart -= length;
                    block.clear().limit(length);
                    while (block.hasRemaining()
                            && channel.read(block, blockStart + block.position()) > 0) {}
                    for (int index = length - 1; index >= 0; index--) {
                        boolean lastByte = blockStart + index == size - 1;
                        boolean lineEndsBefore = block.get(index) == '\n' && !lastByte;
                        if (lineEndsBefore && ++lines >= wanted) {
                            return new Tail(wanted == 0 ? size : blockStart + index + 1, wanted);
                        }
                    }
                }
                if (wanted == 0) {
                    return new Tail(size, 0);
                }
                return new Tail(0, size == 0 ? 0 : lines + 1);
            } catch (NoSuchFileException nothingYet) {
                return new Tail(0, 0);
            }
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!files.isEmpty()) {
            if (closed) {
                throw new IOException("The log was closed.");
            }
            LogFile file = files.getFirst();
            // Asked before reading, so that what was written until then is not missed.
            boolean complete = file.isComplete() || !follow;
            int count = readFrom(file, ByteBuffer.wrap(bytes, offset, length));
            if (count > 0) {
                return count;
            }
            if (complete) {
                files.removeFirst();
                closeFile();
                firstOffset = 0;
            } else {
                pause(file);
            }
        }
        return -1;
    }

    private int readFrom(LogFile file, ByteBuffer buffer) throws IOException {
        try {
            FileChannel channel = open;
            if (channel == null) {
                channel = FileChannel.open(file.path(), StandardOpenOption.READ);
                channel.position(firstOffset);
                open = channel;
            }
            return channel.read(buffer);
        } catch (NoSuchFileException nothingYet) {
            return -1;
        }
    }

    private static void pause(LogFile file) throws InterruptedIOException {
        try {
            file.pause(PAUSE_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("The reader of the log was stopped.");
        }
    }

    private void closeFile() throws IOException {
        FileChannel channel = open;
        open = null;
        if (channel != null) {
            channel.close();
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        FileChannel channel = open;
        if (channel != null) {
            channel.close();
        }
    }
}
