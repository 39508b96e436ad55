package io.interlinkgateway.event;

import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// When the time limits of one workspace's running jobs end, and which marks before these ends have passed. The jobs
/// are sorted by their ends, so only the next mark is waited for. All times are in whole seconds. Thread-safe.
///
/// A mark that has passed when the gateway learns of a job's end, for example because interLink reported late that it
/// runs, passes again a second later, unless a shorter mark of the job has passed too. A mark that is not shorter than
/// the time limit does not apply.
public final class WalltimeMarks {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final JobName NONE = new JobName("none");

    /// Runs an action at a time, on another thread.
    @FunctionalInterface
    interface Alarm {

        /// @return cancels it
        Runnable set(Instant time, Runnable action);
    }

    /// When the time limit of a job ends.
    private record End(Instant at, String uid, JobName name, Duration limit) {

        static Optional<End> of(Job job) {
            return job.endsAt()
                    .map(end ->
                            new End(
                                    end.truncatedTo(ChronoUnit.SECONDS),
                                    job.uid(),
                                    job.name(),
                                    job.timeLimit().orElseThrow()));
        }

        /// A value that is sorted after all ends until a time.
        static End after(Instant time) {
            return new End(time.plus(SECOND), "", NONE, Duration.ZERO);
        }

        boolean hasPassed(Mark mark, Instant time) {
            return uid.equals(mark.end.uid) && !at.minus(mark.duration).isAfter(time);
        }

        Optional<Mark> mark(Duration duration) {
            return duration.compareTo(limit) < 0
                    ? Optional.of(new Mark(at.minus(duration), this, duration))
                    : Optional.empty();
        }
    }

    /// A mark of a job.
    ///
    /// @param at when it passes
    /// @param end the end of the job's time limit
    /// @param duration how long before the end
    record Mark(Instant at, End end, Duration duration) {

        JobName job() {
            return end.name;
        }

        private boolean isAfter(Instant time) {
            return at.isAfter(time);
        }
    }

    /// Marks that have passed.
    ///
    /// @param marks the marks in order
    /// @param until no later ones have passed
    record Passed(List<Mark> marks, Instant until) {

        Passed {
            marks = marks.stream().sorted(Comparator.comparing(Mark::at)).toList();
        }

        /// @param action receives each mark, and until when a subscriber that received it has received all marks
        void forEach(BiConsumer<Mark, Instant> action) {
            for (int index = 0; index < marks.size(); index++) {
                action.accept(
                        marks.get(index),
                        index + 1 < marks.size() ? marks.get(index + 1).at.minus(SECOND) : until);
            }
        }
    }

    private final List<Duration> durations;
    private final Function<JobName, Optional<Job>> jobs;
    private final Clock clock;
    private final Alarm timer;
    private final NavigableSet<End> ends =
            new TreeSet<>(Comparator.comparing(End::at).thenComparing(End::uid));
    private final Map<JobName, End> endOf = new HashMap<>();

    /// Marks that had passed when the ends of their jobs became known, and pass again.
    private final Map<End, Mark> late = new HashMap<>();

    /// Those of them that have been taken.
    private final Map<End, Mark> takenLate = new HashMap<>();

    /// All marks until this time have been taken.
    private Instant taken;

    private @Nullable Runnable listener;
    private @Nullable Runnable cancellation;
    private Instant alarmAt = Instant.MAX;

    /// @param durations the marks, the longest first
    /// @param jobs reads a job as it is now
    WalltimeMarks(
            List<Duration> durations,
            Function<JobName, Optional<Job>> jobs,
            Clock clock,
            Alarm timer) {
        this.durations = durations;
        this.jobs = jobs;
        this.clock = clock;
        this.timer = timer;
        this.taken = now();
    }

    /// Reports a job's present state.
    ///
    /// @param job the job
    public synchronized void update(Job job) {
        if (JobPhase.of(job.state()).ended()) {
            remove(job.name(), job.uid());
        } else {
            End.of(job).ifPresent(this::update);
        }
    }

    private void update(End end) {
        End before = endOf.put(end.name, end);
        if (end.equals(before)) {
            return;
        }
        skipToNow();
        if (before != null) {
            remove(before);
        }
        ends.add(end);
        if (listener != null) {
            lastPassed(end)
                    .filter(mark -> before == null || !before.hasPassed(mark, taken))
                    .ifPresent(mark ->
                            late.put(end, new Mark(taken.plus(SECOND), end, mark.duration)));
            setAlarm();
        }
    }

    /// Reports that a job was deleted.
    ///
    /// @param name its name, which another job may have now
    /// @param uid its UID
    public synchronized void remove(JobName name, String uid) {
        End end = endOf.get(name);
        if (end != null && end.uid.equals(uid)) {
            endOf.remove(name);
            remove(end);
        }
    }

    private void remove(End end) {
        ends.remove(end);
        late.remove(end);
        takenLate.remove(end);
    }

    /// Starts to wait for marks that pass from now on.
    ///
    /// @param listener called on another thread when there are marks to [#take]
    /// @return now
    synchronized Instant start(Runnable listener) {
        this.listener = listener;
        taken = now();
        setAlarm();
        return taken;
    }

    synchronized void stop() {
        listener = null;
        cancelAlarm();
    }

    /// @return the marks that have passed since the last call
    synchronized Passed take() {
        Instant before = taken;
        taken = max(now(), before);
        List<Mark> marks = new ArrayList<>(between(before, taken).toList());
        List<Mark> passed = late.values().stream().filter(mark -> !mark.isAfter(taken)).toList();
        for (Mark mark : passed) {
            late.remove(mark.end);
            takenLate.put(mark.end, mark);
        }
        marks.addAll(passed);
        return new Passed(marks, taken);
    }

    /// @param after until when a subscriber has received marks; empty if it has not received any
    /// @return the marks that it missed and that have been taken; if it has not received any, the last one of each job
    synchronized Passed missed(Optional<Instant> after) {
        skipToNow();
        Stream<Mark> marks = after.map(this::takenSince).orElseGet(this::lastPassed);
        return new Passed(marks.filter(mark -> !late.containsKey(mark.end)).toList(), taken);
    }

    private Stream<Mark> takenSince(Instant after) {
        Stream<Mark> again = takenLate.values().stream().filter(mark -> mark.isAfter(after));
        return Stream.concat(again, between(after, taken).filter(mark -> !passesAgain(mark)));
    }

    private boolean passesAgain(Mark mark) {
        Mark again = takenLate.get(mark.end);
        return again != null && again.duration.equals(mark.duration);
    }

    /// @param mark a mark that has passed
    /// @return the job, if it is still running with the same end
    Optional<Job> running(Mark mark) {
        return jobs.apply(mark.job())
                .filter(job -> End.of(job).filter(mark.end::equals).isPresent());
    }

    /// Removes the end of a job that is not known to be running. If it is again, its last mark passes again.
    ///
    /// @param mark the mark that passed meanwhile
    synchronized void forget(Mark mark) {
        // It may have recovered since it was read, with the same end.
        if (running(mark).isEmpty() && endOf.remove(mark.job(), mark.end)) {
            remove(mark.end);
        }
    }

    private Stream<Mark> between(Instant after, Instant until) {
        return after.isBefore(until)
                ? durations.stream()
                        .flatMap(duration ->
                                ends
                                        .subSet(
                                                End.after(after.plus(duration)),
                                                End.after(until.plus(duration)))
                                        .stream()
                                        .flatMap(end -> end.mark(duration).stream()))
                : Stream.empty();
    }

    private Stream<Mark> lastPassed() {
        return durations.stream()
                .limit(1)
                .flatMap(longest ->
                        ends.subSet(End.after(taken), End.after(taken.plus(longest))).stream())
                .flatMap(end -> lastPassed(end).stream());
    }

    /// The shortest mark that has passed, unless the time limit has ended too.
    private Optional<Mark> lastPassed(End end) {
        return end.at.isAfter(taken)
                ? durations.reversed().stream()
                        .flatMap(duration -> end.mark(duration).stream())
                        .filter(mark -> !mark.isAfter(taken))
                        .findFirst()
                : Optional.empty();
    }

    private Optional<Instant> next() {
        Stream<Instant> marks =
                durations.stream()
                        .flatMap(duration ->
                                Stream.ofNullable(ends.ceiling(End.after(taken.plus(duration))))
                                        .map(end -> end.at.minus(duration)));
        return Stream.concat(marks, late.values().stream().map(Mark::at))
                .min(Comparator.naturalOrder());
    }

    /// No mark has passed if the next one is later than now.
    private void skipToNow() {
        Instant now = now();
        if (next().filter(at -> !at.isAfter(now)).isEmpty()) {
            taken = max(now, taken);
        }
    }

    private void setAlarm() {
        Optional<Instant> next = next();
        if (listener != null && next.filter(alarmAt::isAfter).isPresent()) {
            cancelAlarm();
            alarmAt = next.get();
            cancellation = timer.set(alarmAt, this::ring);
        }
    }

    private void cancelAlarm() {
        if (cancellation != null) {
            cancellation.run();
        }
        cancellation = null;
        alarmAt = Instant.MAX;
    }

    private void ring() {
        Runnable action;
        synchronized (this) {
            action = listener;
        }
        try {
            if (action != null) {
                action.run();
            }
        } finally {
            synchronized (this) {
                cancelAlarm();
                setAlarm();
            }
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    static Instant max(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
