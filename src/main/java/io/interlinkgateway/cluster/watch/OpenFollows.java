package io.interlinkgateway.cluster.watch;

import io.interlinkgateway.log.LogStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The logs that callers follow. The watch of a job's record uses such a stream to detect the container's end, so that
/// the node has only one follow per job.
public final class OpenFollows {

    private record Key(String uid, String container) {}

    private enum Signal {
        END,
        CLOSED
    }

    private final Map<Key, Follow> open = new ConcurrentHashMap<>();

    /// How many containers' logs are followed, by pod.
    private final Map<String, Integer> containers = new ConcurrentHashMap<>();

    /// Registers a followed log while it is open.
    ///
    /// @param uid the pod's UID
    /// @param container the container's name
    /// @param stream the followed log
    /// @return the same log, which must be read instead of the given stream
    public LogStream shared(String uid, String container, LogStream stream) {
        Follow follow = new Follow(new Key(uid, container), stream);
        if (open.put(follow.key, follow) == null) {
            containers.merge(uid, 1, Integer::sum);
        }
        return follow;
    }

    /// @param uid a pod's UID
    /// @param container a container's name
    /// @return a stream without bytes that ends when the currently followed log ends, and fails when the log is no
    ///     longer followed
    Optional<LogStream> observe(String uid, String container) {
        return Optional.ofNullable(open.get(new Key(uid, container))).map(Follow::observer);
    }

    /// @param uid a pod's UID
    /// @return whether a caller follows the log of one of its containers
    boolean isFollowed(String uid) {
        return containers.containsKey(uid);
    }

    /// @return whether a caller follows the log
    boolean isFollowed(String uid, String container) {
        return open.containsKey(new Key(uid, container));
    }

    private final class Follow implements LogStream {

        final Key key;
        final LogStream stream;
        final Set<Observer> observers = ConcurrentHashMap.newKeySet();

        Follow(Key key, LogStream stream) {
            this.key = key;
            this.stream = stream;
        }

        @Override
        public Part next(Duration patience) throws IOException, InterruptedException {
            Part part = stream.next(patience);
            if (part instanceof Part.End) {
                leave(Signal.END);
            }
            return part;
        }

        LogStream observer() {
            Observer observer = new Observer(this);
            observers.add(observer);
            if (open.get(key) != this) {
                observer.signals.add(Signal.CLOSED);
            }
            return observer;
        }

        private void leave(Signal signal) {
            if (open.remove(key, this)) {
                containers.computeIfPresent(key.uid, (_, count) -> count == 1 ? null : count - 1);
            }
            observers.forEach(observer -> observer.signals.add(signal));
        }

        @Override
        public void close() {
            leave(Signal.CLOSED);
            stream.close();
        }
    }

    private static final class Observer implements LogStream {

        final Follow follow;
        final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();

        Observer(Follow follow) {
            this.follow = follow;
        }

        @Override
        public Part next(Duration patience) throws IOException, InterruptedException {
            Signal signal = signals.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (signal == null) {
                return new Part.Quiet();
            }
            return switch (signal) {
                case END -> new Part.End();
                case CLOSED -> throw new IOException("The log is no longer followed.");
            };
        }

        @Override
        public void close() {
            follow.observers.remove(this);
        }
    }
}
