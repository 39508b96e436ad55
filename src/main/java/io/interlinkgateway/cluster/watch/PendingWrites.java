package io.interlinkgateway.cluster.watch;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.JobName;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The writes of this gateway that the watch has not reported yet. Reads wait for them, so that a caller sees its own
/// writes.
final class PendingWrites {

    /// What the watch has reported.
    interface Reported {

        /// @return whether everything up to a resource version was reported
        boolean reaches(long version);

        /// @return whether a pod with this name and UID still exists
        boolean holds(String name, String uid);
    }

    /// @param uid the pod's
    /// @param version the pod's after the write, or [#DELETED]
    private record Write(String uid, long version) {}

    private static final long DELETED = Long.MAX_VALUE;

    private final Reported reported;
    private final Map<String, Write> writes = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition visible = lock.newCondition();

    PendingWrites(Reported reported) {
        this.reported = reported;
    }

    /// This gateway wrote a pod.
    void wrote(Pod pod) {
        add(pod, ResourceWatch.version(pod));
    }

    /// This gateway saw the deletion of a pod.
    void deleted(Pod pod) {
        add(pod, DELETED);
    }

    private void add(Pod pod, long version) {
        lock.lock();
        try {
            String name = pod.getMetadata().getName();
            Write write = new Write(pod.getMetadata().getUid(), version);
            if (!isVisible(name, write)) {
                writes.put(name, write);
            }
        } finally {
            lock.unlock();
        }
    }

    /// The watch reported something.
    void update() {
        lock.lock();
        try {
            if (!writes.isEmpty()) {
                writes.entrySet().removeIf(write -> isVisible(write.getKey(), write.getValue()));
                visible.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the watch has reported all writes that were made until now.
    ///
    /// @param name only those of this job
    /// @return false if it has not in time
    boolean await(Optional<JobName> name, Duration patience) {
        lock.lock();
        try {
            Map<String, Write> awaited = new HashMap<>(writes);
            name.ifPresent(only -> awaited.keySet().removeIf(other -> !other.equals(only.value())));
            long left = patience.toNanos();
            while (!awaited.entrySet().stream()
                    .allMatch(write -> isVisible(write.getKey(), write.getValue()))) {
                if (left <= 0) {
                    return false;
                }
                left = visible.awaitNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
            }
            return true;
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private boolean isVisible(String name, Write write) {
        return write.version == DELETED
                ? !reported.holds(name, write.uid)
                : reported.reaches(write.version);
    }
}
