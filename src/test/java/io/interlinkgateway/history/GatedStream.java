package io.interlinkgateway.history;

import io.interlinkgateway.log.LogStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/// A log that comes once a gate is open.
record GatedStream(CountDownLatch gate, LogStream source) implements LogStream {

    @Override
    public Part next(Duration patience) throws IOException, InterruptedException {
        gate.await();
        return source.next(patience);
    }

    @Override
    public void close() {
        source.close();
    }
}
