package io.interlinkgateway.cluster.watch;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// When jobs that are not handed over to the HPC are checked for missing Secrets and ConfigMaps: at once, and then after
/// pauses that double up to a minute.
final class HandoverChecks {

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /// @param uid the pod's
    /// @param at by [System#nanoTime()]
    /// @param times how often it was checked
    private record Check(String uid, long at, int times) {

        Check next(long now) {
            Duration doubled = Duration.ofSeconds(2L << Math.min(times, 10));
            Duration pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
            return new Check(uid, now + pause.toNanos(), times + 1);
        }
    }

    private final Map<String, Check> checks = new HashMap<>();

    /// A job is not handed over yet.
    synchronized void begin(String name, String uid) {
        checks.compute(
                name,
                (_, check) ->
                        check != null && check.uid.equals(uid)
                                ? check
                                : new Check(uid, System.nanoTime(), 0));
    }

    /// A job is handed over, or deleted.
    ///
    /// @return the UID of the pod that was checked, if one was
    synchronized Optional<String> end(String name) {
        return Optional.ofNullable(checks.remove(name)).map(Check::uid);
    }

    /// Takes the jobs that are due; each is due again after its pause.
    ///
    /// @param most how many
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
