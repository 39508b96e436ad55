package io.interlinkgateway.sandbox.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.status.ExistingPod;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The pods, in memory, by workspace and name. A pod that is stored is never changed, only replaced by a
/// changed copy. Changes exclude one another; reading goes on meanwhile.
public final class PodStore {

    /// Where a pod is.
    ///
    /// @param workspace its namespace
    /// @param name its name
    public record Key(String workspace, String name) implements Comparable<Key> {

        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::workspace).thenComparing(Key::name);

        public static Key of(Workspace workspace, JobName name) {
            return new Key(workspace.value(), name.value());
        }

        public static Key of(Pod pod) {
            return new Key(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
        }

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    /// A pod as it is since a change.
    ///
    /// @param version which change of the store that was
    /// @param pod the pod
    public record Stored(long version, Pod pod) {}

    /// Hears of each change, in order.
    public interface Listener {

        /// @param before the pod as it was, unless it is new
        /// @param now the pod, which can be found already
        void changed(Optional<Pod> before, Stored now);

        /// @param last the pod as it was, with the version of its end
        void removed(Stored last);
    }

    private final ConcurrentNavigableMap<Key, Stored> pods = new ConcurrentSkipListMap<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private long version;

    /// @param listener called with each change, in their order
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /// @param key a pod's
    /// @return the pod, unless there is none
    public Optional<Pod> find(Key key) {
        return Optional.ofNullable(pods.get(key)).map(Stored::pod);
    }

    /// The pods of a workspace by name, beginning after a name; an empty name begins with the first.
    public Stream<Pod> after(Workspace workspace, String name) {
        return stored(workspace, name).map(Stored::pod);
    }

    /// The same with their versions.
    public Stream<Stored> stored(Workspace workspace, String name) {
        return pods.tailMap(new Key(workspace.value(), name), false).entrySet().stream()
                .takeWhile(entry -> entry.getKey().workspace().equals(workspace.value()))
                .map(Map.Entry::getValue);
    }

    /// Stores a pod unless another has its Idempotency-Key or its name.
    ///
    /// @return the other
    public synchronized Optional<Pod> add(Pod pod) {
        Optional<Pod> other =
                after(new Workspace(pod.getMetadata().getNamespace()), "")
                        .filter(there -> ExistingPod.sameKey(there, pod))
                        .findFirst()
                        .or(() -> find(Key.of(pod)));
        if (other.isEmpty()) {
            put(Optional.empty(), pod);
        }
        return other;
    }

    /// Changes the pod of this name and UID, if it is still there.
    ///
    /// @return the changed pod
    synchronized Optional<Pod> change(Key key, String uid, UnaryOperator<Pod> change) {
        Optional<Pod> before = find(key).filter(pod -> hasUid(pod, uid));
        Optional<Pod> now = before.map(change);
        now.ifPresent(pod -> put(before, pod));
        return now;
    }

    private void put(Optional<Pod> before, Pod pod) {
        Stored now = new Stored(++version, pod);
        pods.put(Key.of(pod), now);
        listeners.forEach(listener -> listener.changed(before, now));
    }

    /// Removes the pod of this name and UID, if it is still there.
    synchronized void remove(Key key, String uid) {
        find(key)
                .filter(pod -> hasUid(pod, uid))
                .ifPresent(pod -> {
                    pods.remove(key);
                    Stored last = new Stored(++version, pod);
                    listeners.forEach(listener -> listener.removed(last));
                });
        notifyAll();
    }

    /// Waits until the pod of this name and UID is removed.
    ///
    /// @return false if it is still there when the time is up
    public synchronized boolean awaitRemoval(Key key, String uid, Duration patience)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (find(key).filter(pod -> hasUid(pod, uid)).isPresent()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    private static boolean hasUid(Pod pod, String uid) {
        return pod.getMetadata().getUid().equals(uid);
    }
}
