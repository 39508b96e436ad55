package io.interlinkgateway.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/// Bytes as they come. No more is asked for than is taken. For one thread at a time.
public interface LogStream extends AutoCloseable {

    /// What came.
    sealed interface Part {

        /// @param buffer at least one byte
        record Bytes(ByteBuffer buffer) implements Part {}

        /// Nothing came in time.
        record Quiet() implements Part {}

        /// The other side ended it, which it also does when something broke behind it.
        record End() implements Part {}
    }

    /// @param patience how long to wait
    /// @return what came
    /// @throws IOException if it broke off
    /// @throws InterruptedException if the thread is interrupted while it waits
    Part next(Duration patience) throws IOException, InterruptedException;

    @Override
    void close();
}
