package io.interlinkgateway.event;

import io.interlinkgateway.job.Cancellation;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Delivers the changes of one workspace's jobs to all followers. The component that stores the jobs must report each
/// change, in order, after it has stored it.
///
/// A follower's queue is bounded: a follower that is too slow is ended, and can subscribe again after its last
/// position. The last few thousand deletions are stored.
///
/// A position also has the time until which the follower has received the marks of running jobs. So a follower that
/// subscribes again receives the marks that passed meanwhile.
public final class JobFeed {

    private static final int QUEUE = 2000;
    private static final int MAX_DELETIONS = 10_000;

    /// Of an event that all present followers receive.
    private static final long NO_VERSION = Long.MAX_VALUE;

    /// A deleted job.
    ///
    /// @param version the version of its deletion
    /// @param name its name
    /// @param uid its UID
    /// @param node its node
    /// @param labels the caller's own labels
    /// @param cancellation whether its end on the HPC is confirmed
    public record Deletion(
            long version,
            JobName name,
            String uid,
            Optional<NodeName> node,
            Map<String, String> labels,
            Cancellation cancellation) {

        /// @param version the version of its deletion
        /// @param job the job as it was last known, with what is known about its cancellation
        /// @return the deletion
        public static Deletion of(long version, Job job) {
            return new Deletion(
                    version,
                    job.name(),
                    job.uid(),
                    job.node(),
                    job.labels(),
                    job.cancellation().orElseThrow());
        }
    }

    /// An existing job.
    ///
    /// @param version the version of its last change
    /// @param changedWithoutVersion whether its state may have changed since without a new version
    /// @param job reads the job when it is delivered; empty if it has been deleted by then
    public record Present(
            long version, boolean changedWithoutVersion, Supplier<Optional<Job>> job) {}

    private final LongFunction<String> positions;
    private final WalltimeMarks marks;
    private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
    private final Deque<Deletion> deletions = new ArrayDeque<>();
    private long deletionsSince;
    private long reached;

    /// All marks until this time were delivered.
    private Instant marked;

    private boolean closed;

    /// @param start all changes after this version will be delivered
    /// @param positions converts versions to positions
    /// @param marks the marks of the workspace's running jobs, which this feed delivers from now on
    public JobFeed(long start, LongFunction<String> positions, WalltimeMarks marks) {
        this.reached = start;
        this.deletionsSince = start;
        this.positions = positions;
        this.marks = marks;
        this.marked = marks.start(this::deliverMarks);
    }

    private String positionAt(long version, Instant marked) {
        return positionAt(version, Optional.of(marked));
    }

    private String positionAt(long version, Optional<Instant> marked) {
        return position(positions, version, marked);
    }

    private static String position(
            LongFunction<String> positions, long version, Optional<Instant> marked) {
        return new FeedPosition(positions.apply(version), marked).toString();
    }

    /// @return whether there are followers
    public boolean followed() {
        return !followers.isEmpty();
    }

    /// @param name a job's name
    /// @return whether there are followers of this job, or of all jobs
    public boolean isFollowed(JobName name) {
        return followers.stream()
                .map(follower -> follower.filter.name())
                .anyMatch(wanted -> wanted.isEmpty() || wanted.get().equals(name));
    }

    /// Reports that a job was created, or its state changed.
    ///
    /// @param version greater than all previous versions
    /// @param job the job
    public synchronized void changed(long version, Job job) {
        marks.update(job);
        stored(version, () -> Optional.of(job));
    }

    /// As [#changed(long, Job)], for a job whose marks are up to date, and which is only read if there are followers.
    /// That is decided while this feed is locked: a follower that resumes meanwhile has found the change among the
    /// existing jobs, or receives it.
    ///
    /// @param version greater than all previous versions
    /// @param change reads the job; empty if its state is the same as before
    public synchronized void stored(long version, Supplier<Optional<Job>> change) {
        reached = version;
        if (followed()) {
            change.get()
                    .ifPresent(job ->
                            deliver(
                                    version,
                                    new JobEvent.Changed(positionAt(version, marked), job),
                                    follower -> follower.filter.matches(job)));
        }
    }

    /// Reports that a job's state changed without a new version, for example because its node lost contact. This is
    /// delivered to the present followers only.
    ///
    /// @param job the job
    public synchronized void changedWithoutVersion(Job job) {
        marks.update(job);
        deliver(
                NO_VERSION,
                new JobEvent.Changed(positionAt(reached, marked), job),
                follower -> follower.filter.matches(job));
    }

    /// Reports that a job was deleted.
    ///
    /// @param end the deletion, with a version not smaller than all previous ones
    public synchronized void deleted(Deletion end) {
        reached = end.version;
        remove(end);
    }

    /// Reports that a job is missing, for example in a new list: it was deleted at an unknown version after
    /// [#reached()], and other changes of that time may follow. So the event has the position before all of them, and a
    /// follower that resumes after it may receive it again.
    ///
    /// @param end the deletion, with a version that it did not exceed, greater than [#reached()]
    public synchronized void missing(Deletion end) {
        remove(end);
    }

    private void remove(Deletion end) {
        marks.remove(end.name, end.uid);
        deletions.addLast(end);
        if (deletions.size() > MAX_DELETIONS) {
            deletionsSince = Math.max(deletionsSince, deletions.removeFirst().version);
        }
        deliver(
                end.version,
                deletion(end, positionAt(reached, marked)),
                follower -> matches(follower.filter, end));
    }

    private void deliver(long version, JobEvent event, Predicate<Follower> wanted) {
        followers.stream().filter(wanted).forEach(follower -> follower.offer(version, event));
    }

    private static JobEvent deletion(Deletion end, String position) {
        return new JobEvent.Deleted(position, end.name, end.uid, end.cancellation);
    }

    private static boolean matches(JobFilter filter, Deletion end) {
        return filter.matches(end.name, end.node, end.labels);
    }

    /// Delivers the marks that have passed. Reads their jobs before it locks this feed, since the component that stores
    /// the jobs may wait for this lock.
    private void deliverMarks() {
        record Due(WalltimeMarks.Mark mark, Instant until, Job job) {}
        WalltimeMarks.Passed passed = marks.take();
        List<Due> due = new ArrayList<>();
        if (followed()) {
            passed.forEach((mark, until) ->
                    marks.running(mark)
                            .ifPresentOrElse(
                                    job -> due.add(new Due(mark, until, job)),
                                    () -> marks.forget(mark)));
        }
        synchronized (this) {
            marked = passed.until();
            for (Due now : due) {
                deliver(
                        NO_VERSION,
                        new JobEvent.Walltime(
                                positionAt(reached, now.until), now.job, now.mark.duration()),
                        follower ->
                                follower.filter.matches(now.job)
                                        && now.mark.at().isAfter(follower.marksStart));
            }
        }
    }

    /// Reports that there were no other changes up to a version.
    ///
    /// @param version not smaller than all previous versions
    public synchronized void reached(long version) {
        reached = version;
    }

    /// @return the version up to which all changes were delivered
    public synchronized long reached() {
        return reached;
    }

    /// @return the version since which all deletions are stored
    public synchronized long deletionsSince() {
        return deletionsSince;
    }

    /// Stores deletions from before this feed started.
    ///
    /// @param since the version since which these are all deletions
    /// @param ends the deletions in order
    public synchronized void remember(long since, List<Deletion> ends) {
        if (since < deletionsSince && deletions.size() + ends.size() <= MAX_DELETIONS) {
            ends.reversed().stream()
                    .filter(end -> end.version <= deletionsSince)
                    .forEach(deletions::addFirst);
            deletionsSince = since;
        }
    }

    /// Starts a subscription now. Of each running job its last mark that has passed is delivered at once.
    ///
    /// @param filter which jobs
    /// @return the changes from now on
    public synchronized JobEvents.Subscription follow(JobFilter filter) {
        return start(filter, reached, reached, Optional.empty(), positions, Stream.empty());
    }

    /// Starts a subscription now, with a [JobEvent.Reset] because earlier changes may be missing.
    ///
    /// @param filter which jobs
    /// @return a [JobEvent.Reset], then as [#follow]
    public synchronized JobEvents.Subscription reset(JobFilter filter) {
        JobEvent reset = new JobEvent.Reset(positionAt(reached, Optional.empty()));
        return start(
                filter,
                reached,
                reached,
                Optional.empty(),
                positions,
                Stream.of(() -> Optional.of(reset)));
    }

    /// Starts a subscription after a version.
    ///
    /// @param filter which jobs
    /// @param after not greater than [#reached()]
    /// @param marked until when the subscriber has received marks; if empty, marks are delivered as by [#follow]
    /// @param positions converts versions to the positions of what the subscriber missed
    /// @param present the existing jobs
    /// @return each job that changed since then, once, with its present state, the marks that passed since then, then
    ///     the changes from now on; empty if the deletions since then are not known
    public synchronized Optional<JobEvents.Subscription> resume(
            JobFilter filter,
            long after,
            Optional<Instant> marked,
            LongFunction<String> positions,
            Supplier<Stream<Present>> present) {
        if (after < deletionsSince) {
            return Optional.empty();
        }
        record Missed(long version, Function<String, Optional<JobEvent>> event) {}
        List<Missed> missed = new ArrayList<>();
        // A missing job's deletion precedes the next job of its name, which has the same version.
        deletions.stream()
                .filter(end -> end.version > after && matches(filter, end))
                .forEach(end ->
                        missed.add(
                                new Missed(
                                        end.version,
                                        position -> Optional.of(deletion(end, position)))));
        present.get()
                .filter(job -> job.version > after || job.changedWithoutVersion)
                .forEach(job ->
                        missed.add(
                                new Missed(
                                        Math.max(job.version, after),
                                        position ->
                                                job.job
                                                        .get()
                                                        .filter(filter::matches)
                                                        .map(now ->
                                                                new JobEvent.Changed(
                                                                        position, now)))));
        missed.sort(Comparator.comparingLong(Missed::version));
        List<Supplier<Optional<JobEvent>>> events = new ArrayList<>();
        long complete = after;
        for (int index = 0; index < missed.size(); index++) {
            Missed now = missed.get(index);
            // Only the last one of a version completes it.
            if (index + 1 == missed.size() || missed.get(index + 1).version > now.version) {
                complete = now.version;
            }
            String position = position(positions, complete, marked);
            events.add(() -> now.event.apply(position));
        }
        return Optional.of(
                start(
                        filter,
                        after,
                        Math.max(reached, complete),
                        marked,
                        positions,
                        events.stream()));
    }

    /// @param after the follower's version
    /// @param start the version after which live changes start
    /// @param marked until when the follower has received marks
    /// @param positions converts versions to positions until the live changes start
    /// @param missed the changes before the live ones
    private JobEvents.Subscription start(
            JobFilter filter,
            long after,
            long start,
            Optional<Instant> marked,
            LongFunction<String> positions,
            Stream<Supplier<Optional<JobEvent>>> missed) {
        WalltimeMarks.Passed passed = marks.missed(marked);
        List<Supplier<Optional<JobEvent>>> events = new ArrayList<>(missed.toList());
        passed.forEach((mark, until) -> {
            if (filter.name().isEmpty() || filter.name().get().equals(mark.job())) {
                String position = position(positions, start, Optional.of(until));
                events.add(() ->
                        marks.running(mark)
                                .filter(filter::matches)
                                .map(job -> new JobEvent.Walltime(position, job, mark.duration())));
            }
        });
        Follower follower =
                new Follower(
                        filter,
                        position(positions, after, marked),
                        start,
                        WalltimeMarks.max(passed.until(), marked.orElse(Instant.MIN)),
                        events.iterator());
        followers.add(follower);
        if (closed) {
            follower.disconnect();
        }
        return follower;
    }

    /// Ends all present and future subscriptions.
    public synchronized void close() {
        closed = true;
        marks.stop();
        followers.forEach(Follower::disconnect);
    }

    private final class Follower implements JobEvents.Subscription {

        private final JobFilter filter;
        private final long start;
        private final Instant marksStart;
        private final Iterator<Supplier<Optional<JobEvent>>> missed;
        private final BlockingQueue<JobEvent> queue = new LinkedBlockingQueue<>();
        private String position;
        private boolean disconnected;

        /// @param start the version after which live changes start
        /// @param marksStart the time after which live marks start
        /// @param missed the events before that
        Follower(
                JobFilter filter,
                String position,
                long start,
                Instant marksStart,
                Iterator<Supplier<Optional<JobEvent>>> missed) {
            this.filter = filter;
            this.position = position;
            this.start = start;
            this.marksStart = marksStart;
            this.missed = missed;
        }

        void offer(long version, JobEvent event) {
            if (!disconnected && version > start) {
                queue.add(event);
                if (queue.size() >= QUEUE) {
                    disconnect();
                }
            }
        }

        /// Queued events are still delivered before the end.
        void disconnect() {
            if (!disconnected) {
                disconnected = true;
                queue.add(new JobEvent.Ended(""));
            }
        }

        @Override
        public Optional<JobEvent> next(Duration patience) throws InterruptedException {
            while (missed.hasNext()) {
                Optional<JobEvent> event = missed.next().get();
                if (event.isPresent()) {
                    return Optional.of(seen(event.get()));
                }
            }
            JobEvent event = queue.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (event == null) {
                advance();
                return Optional.empty();
            }
            return Optional.of(
                    event instanceof JobEvent.Ended ? new JobEvent.Ended(position) : seen(event));
        }

        private JobEvent seen(JobEvent event) {
            position = event.position();
            return event;
        }

        private void advance() {
            synchronized (JobFeed.this) {
                if (!disconnected && queue.isEmpty()) {
                    position =
                            positionAt(
                                    Math.max(reached, start),
                                    WalltimeMarks.max(marked, marksStart));
                }
            }
        }

        @Override
        public String position() {
            return position;
        }

        @Override
        public void end() {
            synchronized (JobFeed.this) {
                disconnect();
            }
        }

        @Override
        public void close() {
            followers.remove(this);
        }
    }
}
