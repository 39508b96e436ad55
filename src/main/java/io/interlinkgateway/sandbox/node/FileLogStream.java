package io.interlinkgateway.sandbox.node;

import io.interlinkgateway.log.LogStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Reads files as the plugin does: the present content of `job.out`, then the container's output, which is followed
/// until it is complete. A missing file is treated as empty.
final class FileLogStream implements LogStream {

    private static final int BLOCK = 8192;

    private final LogFile output;
    private final boolean follow;
    private final ByteBuffer preparation;
    private @Nullable FileChannel open;

    FileLogStream(LogFile jobOut, LogFile output, boolean follow) throws IOException {
        this.output = output;
        this.follow = follow;
        this.preparation = ByteBuffer.wrap(jobOut.bytes());
    }

    @Override
    public Part next(Duration patience) throws IOException, InterruptedException {
        if (preparation.hasRemaining()) {
            ByteBuffer taken = preparation.slice();
            preparation.position(preparation.limit());
            return new Part.Bytes(taken);
        }
        // Checked before reading, so that nothing written before completion is missed.
        boolean complete = !follow || output.isComplete();
        ByteBuffer block = read();
        if (block.hasRemaining()) {
            return new Part.Bytes(block);
        }
        if (complete) {
            return new Part.End();
        }
        output.pause(patience.toMillis());
        ByteBuffer later = read();
        return later.hasRemaining() ? new Part.Bytes(later) : new Part.Quiet();
    }

    private ByteBuffer read() throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        try {
            FileChannel channel = open;
            if (channel == null) {
                channel = FileChannel.open(output.path(), StandardOpenOption.READ);
                open = channel;
            }
            channel.read(block);
        } catch (NoSuchFileException _) {
            // The file does not exist until something is written.
        }
        return block.flip();
    }

    @Override
    public void close() {
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException _) {
            // The channel was only read.
        }
    }
}
