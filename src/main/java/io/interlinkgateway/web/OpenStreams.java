package io.interlinkgateway.web;

import java.io.Closeable;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// Ends the open streams when the gateway stops, before the web server waits for its requests: a stream would not end
/// by itself. Thread-safe.
@Component
public final class OpenStreams implements SmartLifecycle {

    private final Set<Runnable> ends = ConcurrentHashMap.newKeySet();
    private volatile boolean running = true;

    /// Adds streams that must be ended when the gateway stops. If it is stopping they are ended at once.
    ///
    /// @param end ends one or more streams, so that their threads return soon. It must not interrupt the threads,
    ///     because an interrupted write closes the connection in the middle of an event
    /// @return to be closed when the streams have ended by themselves
    public Closeable register(Runnable end) {
        ends.add(end);
        if (!running) {
            end.run();
        }
        return () -> ends.remove(end);
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        ends.forEach(Runnable::run);
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
