package io.interlinkgateway.history;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.ContainerLog;
import io.interlinkgateway.log.JobLogs;
import io.interlinkgateway.log.LogStream;
import io.interlinkgateway.log.Redaction;
import io.interlinkgateway.record.JobOut;
import io.interlinkgateway.record.PluginLog;
import io.interlinkgateway.status.PodReading;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Logs of jobs on a node, each as a sequence of parts.
final class FakeLogs implements JobLogs {

    private static final JobOut PLUGIN = JobOut.of(false, 0, List.of(0));

    final Map<String, Supplier<LogStream>> streams = new ConcurrentHashMap<>();
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger openedAfterOthers = new AtomicInteger();
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger mostOpen = new AtomicInteger();
    volatile List<String> secrets = List.of();

    /// @param name a job's name
    /// @param output what its container wrote
    void put(String name, String output) {
        streams.put(name, () -> stream(record(), output));
    }

    /// @return the plugin's lines of a job that runs
    static String header() {
        return lines(PLUGIN.record().subList(0, 4));
    }

    /// @return the plugin's lines of a job that has ended, which stand before its output too
    static String record() {
        return lines(PLUGIN.record());
    }

    private static String lines(List<String> lines) {
        return String.join("\n", lines) + "\n";
    }

    /// @return a log of these parts, then its end
    static LogStream stream(String... parts) {
        return new Parts(parts, new LogStream.Part.End());
    }

    /// @return a log of these parts, then nothing more
    static LogStream stalled(String... parts) {
        return new Parts(parts, new LogStream.Part.Quiet());
    }

    /// @return a log of these parts, then a lost connection
    static LogStream broken(String... parts) {
        return new Parts(parts, null);
    }

    private static final class Parts implements LogStream {

        private final Deque<String> parts = new ArrayDeque<>();
        private final @Nullable Part last;

        /// @param last repeated at the end; null for a lost connection
        Parts(String[] parts, @Nullable Part last) {
            this.parts.addAll(List.of(parts));
            this.parts.removeIf(String::isEmpty);
            this.last = last;
        }

        @Override
        public Part next(Duration patience) throws java.io.IOException, InterruptedException {
            String part = parts.poll();
            if (part != null) {
                return new Part.Bytes(ByteBuffer.wrap(part.getBytes(StandardCharsets.UTF_8)));
            }
            if (last == null) {
                throw new java.io.IOException("cut");
            }
            if (last instanceof Part.Quiet) {
                java.util.concurrent.locks.LockSupport.parkNanos(Math.max(0, patience.toNanos()));
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            return last;
        }

        @Override
        public void close() {}
    }

    @Override
    public ContainerLog find(Workspace workspace, JobName name, Optional<String> container) {
        Supplier<LogStream> stream = streams.get(name.value());
        if (stream == null) {
            throw new GatewayException.NotFound("job", name.value());
        }
        ContainerLog.Key key =
                new ContainerLog.Key(
                        workspace, name, "uid-" + name.value(), container.orElse("job"));
        return new ContainerLog() {
            @Override
            public Key key() {
                return key;
            }

            @Override
            public Opened open(boolean follow) {
                opened.incrementAndGet();
                LogStream source = stream.get();
                mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
                Pod pod = PLUGIN.pod();
                return new Opened(
                        new Counted(source),
                        PluginLog.of(PodReading.logContextOf(pod), "c0"),
                        Redaction.of(secrets));
            }

            @Override
            public Opened openAfterOthers(Duration patience) {
                openedAfterOthers.incrementAndGet();
                return open(false);
            }
        };
    }

    private final class Counted implements LogStream {

        private final LogStream source;

        Counted(LogStream source) {
            this.source = source;
        }

        @Override
        public Part next(Duration patience) throws java.io.IOException, InterruptedException {
            return source.next(patience);
        }

        @Override
        public void close() {
            open.decrementAndGet();
            source.close();
        }
    }
}
