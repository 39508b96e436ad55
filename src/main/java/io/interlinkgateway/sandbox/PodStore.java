package io.interlinkgateway.sandbox;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The pods, in memory, by workspace and name. A pod that is stored is never changed, only replaced by a
/// changed copy. Changes exclude one another; reading goes on meanwhile.
final class PodStore {

    /// Where a pod is.
    ///
    /// @param workspace its namespace
    /// @param name its name
    record Key(String workspace, String name) implements Comparable<Key> {

        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::workspace).thenComparing(Key::name);

        static Key of(Workspace workspace, JobName name) {
            return new Key(workspace.value(), name.value());
        }

        static Key of(Pod pod) {
            return new Key(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
        }

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    private final ConcurrentNavigableMap<Key, Pod> pods = new ConcurrentSkipListMap<>();

    Optional<Pod> find(Key key) {
        return Optional.ofNullable(pods.get(key));
    }

    /// The pods of a workspace by name, beginning after a name; an empty name begins with the first.
    Stream<Pod> after(Workspace workspace, String name) {
        return pods.tailMap(new Key(workspace.value(), name), false).entrySet().stream()
                .takeWhile(entry -> entry.getKey().workspace().equals(workspace.value()))
                .map(Map.Entry::getValue);
    }

    /// Stores a pod unless another has its name.
    ///
    /// @return the other
    synchronized Optional<Pod> add(Pod pod) {
        return Optional.ofNullable(pods.putIfAbsent(Key.of(pod), pod));
    }

    /// Changes the pod of this name and UID, if it is still there.
    ///
    /// @return the changed pod
    synchronized Optional<Pod> change(Key key, String uid, UnaryOperator<Pod> change) {
        return Optional.ofNullable(
                        pods.computeIfPresent(
                                key, (_, pod) -> hasUid(pod, uid) ? change.apply(pod) : pod))
                .filter(pod -> hasUid(pod, uid));
    }

    /// Removes the pod of this name and UID, if it is still there.
    synchronized void remove(Key key, String uid) {
        pods.computeIfPresent(key, (_, pod) -> hasUid(pod, uid) ? null : pod);
        notifyAll();
    }

    /// Waits until the pod of this name and UID is removed.
    ///
    /// @return false if it is still there when the time is up
    synchronized boolean awaitRemoval(Key key, String uid, Duration patience)
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
