package io.interlinkgateway.cluster.watch;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListMeta;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.cluster.api.StreamedResponse;
import io.interlinkgateway.failure.GatewayException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Objects of one kind, listed once and then watched until this is closed. If a watch ends, loses its connection or has
/// no data for too long, it is opened again at its position. Only if the API server no longer has that position (410), or
/// an event can't be read or stored, the objects are listed again.
///
/// @param <T> the kind
public final class ResourceWatch<T extends HasMetadata> implements AutoCloseable {

    /// Stores the objects. Called by one thread at a time.
    ///
    /// @param <T> the kind
    interface Sink<T> {

        /// A list starts. A previous list that was not completed is discarded.
        void listStarted();

        /// Some of a list's objects.
        void listed(List<T> objects);

        /// The list is complete: objects that are not in it were deleted.
        ///
        /// @param version the resource version of the list
        void listEnded(long version);

        /// An object was created or changed.
        void changed(T object);

        /// An object was deleted.
        ///
        /// @param object its last state, with the resource version of its deletion
        void deleted(T object);

        /// All changes up to a version were delivered.
        ///
        /// @param version a resource version
        void reached(long version);
    }

    private static final Logger LOG = LoggerFactory.getLogger(ResourceWatch.class);

    /// The maximum number of objects in one response: a pod may have more than a megabyte.
    public static final int CHUNK = 50;

    /// More than the minute after which the API server sends a bookmark if there are no changes.
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(75);

    private static final int LONGEST_WATCH_SECONDS = 600;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final Duration PAUSE_AFTER_REFUSAL = Duration.ofSeconds(30);

    private final ApiServer apiServer;
    private final String path;
    private final Class<T> kind;
    private final Class<? extends KubernetesResourceList<T>> listKind;
    private final Sink<T> sink;
    private final Clock clock;
    private final Thread thread;

    private long version;
    private boolean synced;
    private boolean connected;

    /// When the objects were known to be so, unless the watch is connected.
    private Instant knownAt = Instant.MIN;

    private @Nullable GatewayException failure;
    private volatile boolean closed;

    /// @param path the resource's, ending in a query, empty or not
    ResourceWatch(
            ApiServer apiServer,
            String path,
            Class<T> kind,
            Class<? extends KubernetesResourceList<T>> listKind,
            Sink<T> sink,
            Clock clock) {
        this.apiServer = apiServer;
        this.path = path;
        this.kind = kind;
        this.listKind = listKind;
        this.sink = sink;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("watch " + path).unstarted(this::run);
    }

    /// Starts to list and watch.
    void start() {
        thread.start();
    }

    /// Waits for the first list, unless the last attempt failed.
    ///
    /// @param patience how long to wait
    /// @param staleness how long the objects may be used after the connection was lost
    /// @return whether the sink has the objects as they are, or as they were within that time
    synchronized boolean awaitFresh(Duration patience, Duration staleness) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!synced && failure == null && !closed) {
            long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (left <= 0) {
                return false;
            }
            try {
                wait(left);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return synced && !closed && !observedAt().plus(staleness).isBefore(clock.instant());
    }

    /// @return the time since which the objects are not confirmed: zero unless the connection is lost; empty before the
    ///     first list
    synchronized Optional<Duration> age() {
        return synced
                ? Optional.of(Duration.between(observedAt(), clock.instant()))
                : Optional.empty();
    }

    /// @return when the objects were known to be so: now, unless the connection is lost
    synchronized Instant observedAt() {
        return connected ? clock.instant() : knownAt;
    }

    /// @return why there is no list, if an attempt has failed
    synchronized Optional<GatewayException> failure() {
        return Optional.ofNullable(failure);
    }

    /// @return whether the watch has ended and is not opened again
    boolean isClosed() {
        return closed;
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        while (!closed) {
            try {
                if (version == 0) {
                    list();
                }
                if (!closed && follow()) {
                    pause = FIRST_PAUSE;
                }
                failed(null);
            } catch (GatewayException.ClusterRefused refusal) {
                failed(refusal);
                pause = PAUSE_AFTER_REFUSAL;
            } catch (GatewayException unavailable) {
                failed(unavailable);
            } catch (InterruptedException stopped) {
                break;
            } catch (RuntimeException defect) {
                LOG.error("The watch of {} continues after a failure.", path, defect);
                version = 0;
            }
            try {
                Thread.sleep(pause.plusMillis(ThreadLocalRandom.current().nextLong(50)));
            } catch (InterruptedException stopped) {
                break;
            }
            pause =
                    pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                            ? pause.multipliedBy(2)
                            : LONGEST_PAUSE;
        }
    }

    /// The version is only set when the whole list was read: a list that fails on the way is begun again, since the
    /// changes that it would have shown are before the version from which a watch would go on.
    private void list() {
        String next = "";
        long listVersion;
        firstListStarts();
        sink.listStarted();
        do {
            ApiServer.Answer answer =
                    apiServer.accepted(
                            apiServer.send(
                                    "GET", path + "&limit=" + CHUNK + "&continue=" + next, null));
            KubernetesResourceList<T> chunk = Serialization.unmarshal(answer.body(), listKind);
            listVersion = version(chunk.getMetadata());
            if (listVersion == 0) {
                throw new GatewayException.ClusterRefused(
                        "The Kubernetes API server's list has no resource version.");
            }
            sink.listed(chunk.getItems());
            String token = chunk.getMetadata().getContinue();
            next = token == null ? "" : URLEncoder.encode(token, StandardCharsets.UTF_8);
        } while (!next.isEmpty() && !closed);
        if (closed) {
            return;
        }
        sink.listEnded(listVersion);
        version = listVersion;
        synchronized (this) {
            synced = true;
            failure = null;
            knownAt = clock.instant();
            notifyAll();
        }
    }

    /// The objects of the first list are given to the sink before the list has ended.
    private synchronized void firstListStarts() {
        if (!synced) {
            knownAt = clock.instant();
        }
    }

    /// @return whether the watch was opened
    private boolean follow() throws InterruptedException {
        String watch =
                path
                        + "&watch=true&allowWatchBookmarks=true&timeoutSeconds="
                        + LONGEST_WATCH_SECONDS
                        + "&resourceVersion="
                        + version;
        try (StreamedResponse stream = StreamedResponse.open(apiServer, watch)) {
            if (stream.code() == 410) {
                version = 0;
                return true;
            }
            if (stream.code() != 200) {
                String refusal = stream.nextLine(apiServer.deadline()).orElse("");
                throw apiServer.refused(
                        stream.code(), new ApiServer.Answer(stream.code(), refusal).status());
            }
            connected(true);
            Optional<String> line = stream.nextLine(LONGEST_SILENCE);
            while (line.isPresent() && !closed && deliver(line.get())) {
                line = stream.nextLine(LONGEST_SILENCE);
            }
            return true;
        } catch (IOException broken) {
            LOG.info("{} {}", broken.getMessage(), path);
            return true;
        } finally {
            connected(false);
        }
    }

    /// @return false if the watch must be opened again
    private boolean deliver(String line) {
        WatchEvent event = event(line);
        if (event.getObject() instanceof Status status) {
            LOG.info("The watch of {} ended: {}", path, status.getMessage());
            if (Integer.valueOf(410).equals(status.getCode())) {
                version = 0;
            }
            return false;
        }
        if (!kind.isInstance(event.getObject())) {
            LOG.warn("An event of {} can't be read; the objects are listed again.", path);
            version = 0;
            return false;
        }
        T object = kind.cast(event.getObject());
        long reached = version(object);
        switch (event.getType()) {
            case "ADDED", "MODIFIED" -> sink.changed(object);
            case "DELETED" -> sink.deleted(object);
            default -> sink.reached(reached);
        }
        version = reached;
        return true;
    }

    /// @return the event in a line of a watch; an empty one if the line is not an event
    static WatchEvent event(String line) {
        try {
            return Objects.requireNonNullElseGet(
                    Serialization.unmarshal(line, WatchEvent.class), WatchEvent::new);
        } catch (RuntimeException ex) {
            return new WatchEvent();
        }
    }

    /// Resource versions of one kind are numbers that grow with each change. Kubernetes guarantees this since 1.35;
    /// with etcd it was always so.
    ///
    /// @return 0 if the object has none
    static long version(HasMetadata object) {
        return number(object.getMetadata().getResourceVersion());
    }

    private static long version(@Nullable ListMeta list) {
        return list == null ? 0 : number(list.getResourceVersion());
    }

    private static long number(@Nullable String version) {
        try {
            return version == null ? 0 : Long.parseLong(version);
        } catch (NumberFormatException ex) {
            return 0;
        }
    }

    private synchronized void connected(boolean now) {
        if (connected && !now) {
            knownAt = clock.instant();
        }
        connected = now;
    }

    private synchronized void failed(@Nullable GatewayException cause) {
        failure = cause;
        if (cause != null) {
            notifyAll();
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        synchronized (this) {
            notifyAll();
        }
    }
}
