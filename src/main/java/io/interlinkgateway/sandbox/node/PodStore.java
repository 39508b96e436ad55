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

/// Pods in memory, by workspace and name. A stored pod is never modified, only replaced by a changed copy. Changes
/// are synchronized; reads do not wait for them.
public final class PodStore {

    /// Identifies a pod.
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

    /// A pod and the version of its last change.
    ///
    /// @param version the number of that change in the store
    /// @param pod the pod
    public record Stored(long version, Pod pod) {}

    /// Receives all changes in order.
    public interface Listener {

        /// @param before the previous pod, unless it is new
        /// @param now the changed pod, which is already stored
        void changed(Optional<Pod> before, Stored now);

        /// @param last the last pod, with the version of its removal
        void removed(Stored last);
    }

    private final ConcurrentNavigableMap<Key, Stored> pods = new ConcurrentSkipListMap<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private long version;

    /// @param listener called with each change, in their order
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /// @param key identifies the pod
    /// @return the pod, unless there is none
    public Optional<Pod> find(Key key) {
        return Optional.ofNullable(pods.get(key)).map(Stored::pod);
    }

    /// As [#find], but after a change in progress is complete: the listeners have received the removal of a pod that
    /// does not exist.
    ///
    /// @return whether the pod with this name and UID exists
    public synchronized boolean has(Key key, String uid) {
        return find(key).filter(pod -> hasUid(pod, uid)).isPresent();
    }

    /// The pods of a workspace, sorted by name, after a given name; after an empty name: all.
    public Stream<Pod> after(Workspace workspace, String name) {
        return stored(workspace, name).map(Stored::pod);
    }

    /// As [#after], with versions.
    public Stream<Stored> stored(Workspace workspace, String name) {
        return pods.tailMap(new Key(workspace.value(), name), false).entrySet().stream()
                .takeWhile(entry -> entry.getKey().workspace().equals(workspace.value()))
                .map(Map.Entry::getValue);
    }

    /// Stores a pod unless another one has its Idempotency-Key or its name.
    ///
    /// @return the other one, if there is one
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

    /// Changes the pod with this name and UID, if it exists.
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

    /// Removes the pod with this name and UID, if it exists.
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

    /// Waits until the pod with this name and UID is removed.
    ///
    /// @return false if it still exists after that time
    public synchronized boolean awaitRemoval(Key key, String uid, Duration patience)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (has(key, uid)) {
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
