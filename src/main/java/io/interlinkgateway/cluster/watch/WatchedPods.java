package io.interlinkgateway.cluster.watch;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.event.JobEvents;
import io.interlinkgateway.event.JobFeed;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.status.PodReading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The jobs of one workspace as the watch reports them, compressed. Pods that are no jobs are not kept.
public final class WatchedPods implements ResourceWatch.Sink<Pod> {

    /// A job's pod, with what filters ask about.
    ///
    /// @param version its resource version
    /// @param name its name
    /// @param uid its UID
    /// @param phase the kind of its state
    /// @param node where it was sent
    /// @param labels the caller's own labels
    /// @param packed the whole pod, by the [CompressedPods]
    public record Entry(
            long version,
            JobName name,
            String uid,
            JobPhase phase,
            Optional<NodeName> node,
            Map<String, String> labels,
            CompressedPods.Packed packed) {

        public boolean matches(JobFilter filter) {
            return filter.matches(phase) && filter.matches(name, node, labels);
        }
    }

    /// A write of this gateway that the watch has not reported yet.
    ///
    /// @param uid the pod's
    /// @param version the pod's after the write, or [#END]
    private record Write(String uid, long version) {}

    private static final long END = Long.MAX_VALUE;

    /// When a job is checked next, beside what the watch reports.
    ///
    /// @param uid its pod's
    /// @param at by [System#nanoTime()]
    /// @param times how often it was looked at
    private record Look(String uid, long at, int times) {}

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final Predicate<Pod> isJob;
    private final Function<Pod, Job> reading;
    private final Consumer<String> settled;
    private final CompressedPods archive = new CompressedPods();
    private final NavigableMap<String, Entry> entries = new ConcurrentSkipListMap<>();
    private final Map<Object, Object> shared = new HashMap<>();
    private final Map<String, Write> writes = new HashMap<>();
    private final Map<String, Look> looks = new HashMap<>();

    /// Jobs whose state was found otherwise since their pod changed last.
    private final Set<String> changedAside = ConcurrentHashMap.newKeySet();

    /// What the list that goes on has held so far.
    private final Set<String> listed = new HashSet<>();

    /// What a list changed, as it was before; kept until a list ends, since the one that began may fail.
    private final Map<String, Optional<Entry>> changedByList = new HashMap<>();

    private @Nullable JobFeed feed;
    private volatile Set<NodeName> silent = Set.of();

    /// @param isJob which pods are jobs
    /// @param reading from a job's pod to the job
    /// @param settled gets the UIDs of pods about which there is nothing more to be found
    WatchedPods(Predicate<Pod> isJob, Function<Pod, Job> reading, Consumer<String> settled) {
        this.isJob = isJob;
        this.reading = reading;
        this.settled = settled;
    }

    /// @param name a job's
    /// @return what is kept of it, unless there is none
    public Optional<Entry> find(JobName name) {
        return Optional.ofNullable(entries.get(name.value()));
    }

    /// @param name where to begin; not included
    /// @return the jobs after that, by name
    public Stream<Entry> after(String name) {
        return entries.tailMap(name, false).values().stream();
    }

    Pod pod(Entry entry) {
        return archive.unpack(entry.packed);
    }

    /// @param entry one of these
    /// @return the job, read from its pod
    public Job job(Entry entry) {
        return reading.apply(pod(entry));
    }

    /// The jobs about which there is more to be found than the watch reports: one that claims an end without its
    /// record, or that is not handed over. Each is given out again after a pause, which doubles.
    ///
    /// @param most how many
    synchronized List<Entry> dueForALook(int most) {
        long now = System.nanoTime();
        List<Entry> due =
                looks.entrySet().stream()
                        .filter(look -> look.getValue().at - now <= 0)
                        .limit(most)
                        .flatMap(look -> Stream.ofNullable(entries.get(look.getKey())))
                        .toList();
        for (Entry entry : due) {
            looks.computeIfPresent(
                    entry.name.value(),
                    (_, look) ->
                            new Look(look.uid, now + pause(look.times).toNanos(), look.times + 1));
        }
        return due;
    }

    private static Duration pause(int times) {
        Duration doubled = Duration.ofSeconds(2L << Math.min(times, 10));
        return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }

    /// What is known beside a pod has changed, and with it perhaps its job's state.
    synchronized void changedAside(Entry entry) {
        JobFeed followers = feed;
        if (followers != null) {
            changedAside.add(entry.name.value());
            find(entry.name)
                    .filter(now -> now.version == entry.version)
                    .map(this::job)
                    .ifPresent(followers::changedAside);
        }
    }

    /// @return the changes, once the first list is there
    synchronized Optional<JobFeed> feed() {
        return Optional.ofNullable(feed);
    }

    /// Where a follower is: a version, and which nodes were silent then, since a node that loses contact or
    /// finds it again changes what is known of its jobs without changing a pod.
    ///
    /// @param version a resource version
    /// @param silent the nodes
    record Position(long version, Set<NodeName> silent) {

        /// @return nothing if no gateway wrote that
        static Optional<Position> parse(String text) {
            List<String> parts = List.of(text.split("~", -1));
            try {
                return Optional.of(
                        new Position(
                                Long.parseUnsignedLong(parts.getFirst()),
                                parts.stream()
                                        .skip(1)
                                        .map(NodeName::new)
                                        .collect(Collectors.toUnmodifiableSet())));
            } catch (IllegalArgumentException foreign) {
                return Optional.empty();
            }
        }

        @Override
        public String toString() {
            return Stream.concat(
                            Stream.of(Long.toString(version)),
                            silent.stream().map(NodeName::value).sorted())
                    .collect(Collectors.joining("~"));
        }
    }

    /// Follows the jobs after a position that the feed has reached.
    ///
    /// @return nothing if the ends of jobs are not known since then
    Optional<JobEvents.Subscription> resume(JobFeed feed, JobFilter filter, Position after) {
        Set<NodeName> now = silent;
        return feed.resume(
                filter,
                after.version,
                () ->
                        entries.values().stream()
                                .filter(entry ->
                                        filter.matches(entry.name, entry.node, entry.labels))
                                .map(entry ->
                                        new JobFeed.Present(
                                                entry.version,
                                                changedAside.contains(entry.name.value())
                                                        || isTouched(entry, now, after.silent),
                                                () -> find(entry.name).map(this::job))));
    }

    /// Whether one set of silent nodes says something else of a job than the other.
    private static boolean isTouched(Entry entry, Set<NodeName> some, Set<NodeName> others) {
        return !entry.phase.ended()
                && entry.node
                        .filter(node -> some.contains(node) != others.contains(node))
                        .isPresent();
    }

    /// Tells the followers of the jobs on nodes that lost contact, or found it again. The positions name the
    /// nodes only after that.
    synchronized void silent(Set<NodeName> nodes) {
        JobFeed followers = feed;
        if (followers != null && !nodes.equals(silent)) {
            entries.values().stream()
                    .filter(entry -> isTouched(entry, nodes, silent))
                    .map(this::job)
                    .forEach(followers::changedAside);
        }
        silent = nodes;
    }

    /// This gateway wrote a pod: what is read here after that shows it.
    synchronized void wrote(Pod pod) {
        long version = ResourceWatch.version(pod);
        if (feed == null || feed.reached() < version) {
            writes.put(pod.getMetadata().getName(), new Write(pod.getMetadata().getUid(), version));
        }
    }

    /// This gateway saw the end of a pod.
    synchronized void ended(Pod pod) {
        writes.put(pod.getMetadata().getName(), new Write(pod.getMetadata().getUid(), END));
        forgetToldWrites();
    }

    /// Waits until the watch has reported all writes that were made until now.
    ///
    /// @param name only of this job
    /// @return false if it has not in time
    synchronized boolean awaitWrites(Optional<JobName> name, Duration patience) {
        Map<String, Write> awaited = new HashMap<>(writes);
        name.ifPresent(only -> awaited.keySet().retainAll(Set.of(only.value())));
        long deadline = System.nanoTime() + patience.toNanos();
        while (!awaited.entrySet().stream()
                .allMatch(write -> told(write.getKey(), write.getValue()))) {
            long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (left <= 0) {
                return false;
            }
            try {
                wait(left);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    private boolean told(String name, Write write) {
        if (write.version == END) {
            Entry entry = entries.get(name);
            return entry == null || !entry.uid.equals(write.uid);
        }
        return feed != null && feed.reached() >= write.version;
    }

    private void forgetToldWrites() {
        if (!writes.isEmpty()) {
            writes.entrySet().removeIf(write -> told(write.getKey(), write.getValue()));
        }
        notifyAll();
    }

    @Override
    public synchronized void listStarted() {
        listed.clear();
    }

    @Override
    public synchronized void listed(List<Pod> pods) {
        for (Pod pod : pods) {
            if (isJob.test(pod)) {
                String name = pod.getMetadata().getName();
                listed.add(name);
                Entry before = entries.get(name);
                if (before == null || before.version != ResourceWatch.version(pod)) {
                    entries.put(name, entry(pod));
                    if (feed != null) {
                        changedByList.putIfAbsent(name, Optional.ofNullable(before));
                    }
                }
            }
        }
    }

    @Override
    public synchronized void listEnded(long version) {
        List<Entry> gone =
                entries.values().stream()
                        .filter(entry -> !listed.contains(entry.name.value()))
                        .toList();
        gone.forEach(entry -> remove(entry.name.value()));
        if (feed == null) {
            feed = new JobFeed(version, reached -> new Position(reached, silent).toString());
        } else {
            record Change(Optional<Entry> before, Entry now) {}
            List<Change> changes = new ArrayList<>();
            changedByList.forEach((name, before) ->
                    Optional.ofNullable(entries.get(name))
                            .ifPresent(now -> changes.add(new Change(before, now))));
            changes.sort(Comparator.comparingLong(change -> change.now.version));
            changes.forEach(change -> tell(change.before.orElse(null), change.now));
            for (Entry entry : gone) {
                feed.deleted(goneAt(version, entry));
            }
            feed.reached(version);
        }
        listed.clear();
        changedByList.clear();
        forgetToldWrites();
    }

    @Override
    public synchronized void changed(Pod pod) {
        if (isJob.test(pod)) {
            Entry entry = entry(pod);
            tell(entries.put(entry.name.value(), entry), entry);
        } else {
            reached(ResourceWatch.version(pod));
        }
        forgetToldWrites();
    }

    @Override
    public synchronized void deleted(Pod pod) {
        long version = ResourceWatch.version(pod);
        Entry entry = remove(pod.getMetadata().getName());
        if (entry != null && feed != null) {
            feed.deleted(goneAt(version, entry));
        }
        reached(version);
    }

    @Override
    public synchronized void reached(long version) {
        if (feed != null) {
            feed.reached(version);
        }
        forgetToldWrites();
    }

    private @Nullable Entry remove(String name) {
        settle(name);
        changedAside.remove(name);
        return entries.remove(name);
    }

    private void settle(String name) {
        Look look = looks.remove(name);
        if (look != null) {
            settled.accept(look.uid);
        }
    }

    /// Tells the followers, if there are any and the state is another than before.
    private void tell(@Nullable Entry before, Entry now) {
        JobFeed followers = feed;
        if (followers == null) {
            return;
        }
        if (before != null && !before.uid.equals(now.uid)) {
            followers.deleted(goneAt(now.version - 1, before));
            tell(null, now);
        } else if (followers.followed()) {
            Job job = job(now);
            if (before == null || !job.hasSameStateAs(job(before))) {
                followers.changed(now.version, job);
            }
        }
        followers.reached(now.version);
    }

    private static JobFeed.Gone goneAt(long version, Entry entry) {
        return new JobFeed.Gone(version, entry.name, entry.uid, entry.node, entry.labels);
    }

    private Entry entry(Pod pod) {
        Job job = reading.apply(pod);
        changedAside.remove(job.name().value());
        if (PodReading.needsRecord(pod) || isBeingHandedOver(job)) {
            looks.compute(
                    job.name().value(),
                    (_, look) ->
                            look != null && look.uid.equals(job.uid())
                                    ? look
                                    : new Look(job.uid(), System.nanoTime(), 0));
        } else {
            settle(job.name().value());
        }
        return new Entry(
                ResourceWatch.version(pod),
                job.name(),
                job.uid(),
                JobPhase.of(job.state()),
                shared(job.node()),
                shared(Map.copyOf(job.labels())),
                archive.pack(pod));
    }

    private static boolean isBeingHandedOver(Job job) {
        return job.state() instanceof JobState.Queued queued
                && switch (queued.reason()) {
                    case SUBMITTING, SECRET_MISSING -> true;
                    case NODE_FULL, NODE_NOT_READY, IN_HPC_QUEUE, REQUEUED -> false;
                };
    }

    /// One object for all that are equal: thousands of jobs have the same node and labels.
    @SuppressWarnings("unchecked") // what is equal to a T here was put in as one
    private <T> T shared(T value) {
        if (shared.size() > 10_000) {
            shared.clear();
        }
        return (T) shared.computeIfAbsent(value, same -> same);
    }
}
