package io.interlinkgateway.web;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.Closeable;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// Ends the open streams when the gateway stops, before the web server waits for its requests: a stream would not end
/// by itself. Counts them too. Thread-safe.
@Component
public final class OpenStreams implements SmartLifecycle, MeterBinder {

    private final Set<Runnable> ends = ConcurrentHashMap.newKeySet();
    private final AtomicInteger logs = new AtomicInteger();
    private final AtomicInteger events = new AtomicInteger();
    private volatile boolean running = true;

    /// What a stream sends.
    public enum Kind {
        /// A job's log.
        LOG,
        /// Events of jobs.
        EVENTS
    }

    /// Counts a stream.
    ///
    /// @return to be closed when the stream has ended
    public Closeable count(Kind kind) {
        AtomicInteger count = of(kind);
        count.incrementAndGet();
        return count::decrementAndGet;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (Kind kind : Kind.values()) {
            Gauge.builder("gateway.streams", of(kind), AtomicInteger::get)
                    .description("Open streams")
                    .tags("kind", kind.name())
                    .register(registry);
        }
    }

    private AtomicInteger of(Kind kind) {
        return switch (kind) {
            case LOG -> logs;
            case EVENTS -> events;
        };
    }

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
