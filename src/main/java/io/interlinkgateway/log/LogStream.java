package io.interlinkgateway.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/// The bytes of a log as they arrive. The reader's speed limits how much is requested (backpressure). Not
/// thread-safe.
public interface LogStream extends AutoCloseable {

    /// A result of [#next].
    sealed interface Part {

        /// @param buffer at least one byte
        record Bytes(ByteBuffer buffer) implements Part {

            /// @return a copy of the bytes
            public byte[] toByteArray() {
                byte[] bytes = new byte[buffer.remaining()];
                buffer.duplicate().get(bytes);
                return bytes;
            }
        }

        /// Nothing arrived in time.
        record Quiet() implements Part {}

        /// The other side ended the stream, which it also does if a component behind it failed.
        record End() implements Part {}
    }

    /// @param patience how long to wait
    /// @return what arrived
    /// @throws IOException if the connection was lost
    /// @throws InterruptedException if the thread is interrupted while it waits
    Part next(Duration patience) throws IOException, InterruptedException;

    @Override
    void close();
}
