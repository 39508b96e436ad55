package io.interlinkgateway.cluster.watch;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Schedules the checks for missing Secrets and ConfigMaps of jobs that the HPC does not have yet: at once, and then
/// after intervals that double up to a minute.
final class HandoverChecks {

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /// @param uid the pod's UID
    /// @param at the time of the next check, as [System#nanoTime()]
    /// @param times the number of checks so far
    private record Check(String uid, long at, int times) {

        Check next(long now) {
            Duration doubled = Duration.ofSeconds(2L << Math.min(times, 10));
            Duration pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
            return new Check(uid, now + pause.toNanos(), times + 1);
        }
    }

    private final Map<String, Check> checks = new HashMap<>();

    /// Reports that the HPC does not have a job yet.
    ///
    /// @return whether this was not reported before
    synchronized boolean begin(String name, String uid) {
        Check check = checks.get(name);
        if (check != null && check.uid.equals(uid)) {
            return false;
        }
        checks.put(name, new Check(uid, System.nanoTime(), 0));
        return true;
    }

    /// Reports that the HPC has a job, or that the job was deleted.
    ///
    /// @return the UID of the pod that was checked, if one was
    synchronized Optional<String> end(String name) {
        return Optional.ofNullable(checks.remove(name)).map(Check::uid);
    }

    /// Takes the jobs whose check is due, and schedules their next check.
    ///
    /// @param most the maximum number of jobs
    /// @return their names
    synchronized List<String> takeDue(int most) {
        long now = System.nanoTime();
        List<String> due =
                checks.entrySet().stream()
                        .filter(check -> check.getValue().at - now <= 0)
                        .limit(most)
                        .map(Map.Entry::getKey)
                        .toList();
        due.forEach(name -> checks.computeIfPresent(name, (_, check) -> check.next(now)));
        return due;
    }
}
