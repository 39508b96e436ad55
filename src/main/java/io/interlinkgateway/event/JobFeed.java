package io.interlinkgateway.event;

import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.NodeName;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
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
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Hands the changes of one workspace's jobs to all who follow them. Whoever keeps the jobs tells it each
/// change, in order, after the change can be seen in what it keeps.
///
/// A follower's queue is bounded: one that does not keep up is let go, and may come back after its last
/// position. The ends of jobs are remembered, the last few thousand of them.
public final class JobFeed {

    private static final int QUEUE = 2000;
    private static final int REMEMBERED = 10_000;

    /// A job that is gone.
    ///
    /// @param version of its end
    /// @param name its name
    /// @param uid its UID
    /// @param node where it was sent
    /// @param labels the caller's own labels
    public record Gone(
            long version,
            JobName name,
            String uid,
            Optional<NodeName> node,
            Map<String, String> labels) {

        /// @param version of its end
        /// @param job its last state
        /// @return what is remembered of it
        public static Gone of(long version, Job job) {
            return new Gone(version, job.name(), job.uid(), job.node(), job.labels());
        }
    }

    /// A job that is there.
    ///
    /// @param version of its last change
    /// @param aside whether its state may have changed since, though no version says so
    /// @param job makes it when it is its turn; nothing if it is gone by then
    public record Present(long version, boolean aside, Supplier<Optional<Job>> job) {}

    private final LongFunction<String> positions;
    private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
    private final Deque<Gone> gone = new ArrayDeque<>();
    private long goneSince;
    private long reached;
    private boolean closed;

    /// @param start all changes after this version will be delivered
    /// @param positions writes versions as positions
    public JobFeed(long start, LongFunction<String> positions) {
        this.reached = start;
        this.goneSince = start;
        this.positions = positions;
    }

    /// @return whether anybody follows
    public boolean followed() {
        return !followers.isEmpty();
    }

    /// A job was made, or its state changed.
    ///
    /// @param version greater than all before
    /// @param job as it is now
    public synchronized void changed(long version, Job job) {
        reached = version;
        if (followed()) {
            JobEvent event = new JobEvent.Changed(positions.apply(version), job);
            followers.stream()
                    .filter(follower -> follower.filter.matches(job))
                    .forEach(follower -> follower.offer(version, event));
        }
    }

    /// A job's state changed though nothing in the order of changes says so: its node lost contact, say. It
    /// is delivered to those who follow now.
    ///
    /// @param job as it is now
    public synchronized void changedAside(Job job) {
        JobEvent event = new JobEvent.Changed(positions.apply(reached), job);
        followers.stream()
                .filter(follower -> follower.filter.matches(job))
                .forEach(follower -> follower.offer(Long.MAX_VALUE, event));
    }

    /// A job is gone.
    ///
    /// @param end its end, with a version not smaller than all before
    public synchronized void deleted(Gone end) {
        reached = end.version;
        gone.addLast(end);
        if (gone.size() > REMEMBERED) {
            goneSince = gone.removeFirst().version;
        }
        JobEvent event = deletion(end);
        followers.stream()
                .filter(follower -> matches(follower.filter, end))
                .forEach(follower -> follower.offer(end.version, event));
    }

    private JobEvent deletion(Gone end) {
        return new JobEvent.Deleted(positions.apply(end.version), end.name, end.uid);
    }

    private static boolean matches(JobFilter filter, Gone end) {
        return filter.matches(end.name, end.node, end.labels);
    }

    /// Nothing else happened until here.
    ///
    /// @param version not smaller than all before
    public synchronized void reached(long version) {
        reached = version;
    }

    /// @return the version up to which all was delivered
    public synchronized long reached() {
        return reached;
    }

    /// @return the version since which all ends of jobs are remembered
    public synchronized long goneSince() {
        return goneSince;
    }

    /// Remembers ends of jobs that came before this feed began.
    ///
    /// @param since the version since which these are all
    /// @param ends in order
    public synchronized void remember(long since, List<Gone> ends) {
        if (since < goneSince && gone.size() + ends.size() <= REMEMBERED) {
            ends.reversed().stream()
                    .filter(end -> end.version <= goneSince)
                    .forEach(gone::addFirst);
            goneSince = since;
        }
    }

    /// Begins now.
    ///
    /// @param filter which jobs
    /// @return what happens from now on
    public synchronized JobEvents.Subscription follow(JobFilter filter) {
        return added(new Follower(filter, reached, reached, List.of()));
    }

    /// Begins now, and says that something may be missing before.
    ///
    /// @param filter which jobs
    /// @return a [JobEvent.Reset], then what happens from now on
    public synchronized JobEvents.Subscription reset(JobFilter filter) {
        JobEvent reset = new JobEvent.Reset(positions.apply(reached));
        return added(new Follower(filter, reached, reached, List.of(() -> Optional.of(reset))));
    }

    /// Goes on after a version.
    ///
    /// @param filter which jobs
    /// @param after not greater than [#reached()]
    /// @param present the jobs that are there now
    /// @return what changed since, each job once as it is now, then what happens from now on; nothing if the
    ///     ends of jobs are not known since then
    public synchronized Optional<JobEvents.Subscription> resume(
            JobFilter filter, long after, Supplier<Stream<Present>> present) {
        if (after < goneSince) {
            return Optional.empty();
        }
        record Missed(long version, Supplier<Optional<JobEvent>> event) {}
        List<Missed> missed = new ArrayList<>();
        present.get()
                .filter(job -> job.version > after || job.aside)
                .forEach(job -> {
                    long version = Math.max(job.version, after);
                    String position = positions.apply(version);
                    missed.add(
                            new Missed(
                                    version,
                                    () ->
                                            job.job
                                                    .get()
                                                    .filter(filter::matches)
                                                    .map(now ->
                                                            new JobEvent.Changed(position, now))));
                });
        gone.stream()
                .filter(end -> end.version > after && matches(filter, end))
                .forEach(end -> {
                    JobEvent event = deletion(end);
                    missed.add(new Missed(end.version, () -> Optional.of(event)));
                });
        missed.sort(Comparator.comparingLong(Missed::version));
        long start = missed.isEmpty() ? reached : Math.max(reached, missed.getLast().version);
        return Optional.of(
                added(
                        new Follower(
                                filter,
                                after,
                                start,
                                missed.stream().map(Missed::event).toList())));
    }

    private JobEvents.Subscription added(Follower follower) {
        followers.add(follower);
        if (closed) {
            follower.letGo();
        }
        return follower;
    }

    /// Ends all subscriptions, those to come too.
    public synchronized void close() {
        closed = true;
        followers.forEach(Follower::letGo);
    }

    private final class Follower implements JobEvents.Subscription {

        private final JobFilter filter;
        private final long start;
        private final Iterator<Supplier<Optional<JobEvent>>> missed;
        private final BlockingQueue<JobEvent> queue = new LinkedBlockingQueue<>();
        private String position;
        private boolean left;

        /// @param after where the follower is
        /// @param start what it sees live begins after this
        /// @param missed what comes before that
        Follower(
                JobFilter filter,
                long after,
                long start,
                Collection<Supplier<Optional<JobEvent>>> missed) {
            this.filter = filter;
            this.start = start;
            this.missed = missed.iterator();
            this.position = positions.apply(after);
        }

        void offer(long version, JobEvent event) {
            if (!left && version > start) {
                queue.add(event);
                if (queue.size() >= QUEUE) {
                    letGo();
                }
            }
        }

        /// What waits is still given out; the end stands after it.
        void letGo() {
            if (!left) {
                left = true;
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
                if (!left && queue.isEmpty()) {
                    position = positions.apply(Math.max(reached, start));
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
                letGo();
            }
        }

        @Override
        public void close() {
            followers.remove(this);
        }
    }
}
