package io.interlinkgateway.cluster.watch;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.event.JobEvents;
import io.interlinkgateway.event.JobFeed;
import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.event.PresentJobs;
import io.interlinkgateway.event.WalltimeMarks;
import io.interlinkgateway.event.WalltimeTimer;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.pod.DefinitionReading;
import io.interlinkgateway.status.PodReading;
import io.interlinkgateway.status.RecordNeed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
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
    /// @param kind what it is counted by
    /// @param observedHash a number that is equal as long as nothing changes that a [JobObserver] receives
    /// @param recordNeed what its own record is needed for
    /// @param hasRecord whether its pod has its own record
    /// @param labels the caller's own labels
    /// @param packed the whole pod, by the [CompressedPods]
    public record Entry(
            long version,
            JobName name,
            String uid,
            JobCounts.Kind kind,
            int observedHash,
            RecordNeed recordNeed,
            boolean hasRecord,
            Map<String, String> labels,
            CompressedPods.Packed packed) {

        /// @return the kind of its state
        public JobPhase phase() {
            return kind.phase();
        }

        /// @return where it was sent
        public Optional<NodeName> node() {
            return kind.node();
        }

        private boolean isSameJob(Entry other) {
            return uid.equals(other.uid);
        }

        public boolean matches(JobFilter filter) {
            return filter.matches(phase()) && filter.matches(name, node(), labels);
        }
    }

    private final PodReader reader;
    private final PodChanges changes;
    private final WalltimeMarks walltimeMarks;
    private final CompressedPods archive = new CompressedPods();
    private final NavigableMap<String, Entry> entries = new ConcurrentSkipListMap<>();
    private final Map<Object, Object> shared = new HashMap<>();
    private final PendingWrites writes = new PendingWrites(new Reported());
    private final HandoverChecks handovers = new HandoverChecks();
    private final UnconfirmedDeletions unconfirmed = new UnconfirmedDeletions();

    /// The jobs whose record is needed, by name.
    private final Map<String, Entry> recordsNeeded = new ConcurrentHashMap<>();

    private final Set<String> recordsLost = new HashSet<>();

    /// Jobs whose state changed since their pod did.
    private final Set<String> changedWithoutVersion = ConcurrentHashMap.newKeySet();

    /// What the list that goes on has held so far.
    private final Set<String> listed = new HashSet<>();

    /// What a list changed, as it was before; kept until a list ends, since the one that began may fail.
    private final Map<String, Optional<Entry>> changedByList = new HashMap<>();

    /// Jobs whose names belong to other ones in a list; kept as long.
    private final List<Entry> replacedByList = new ArrayList<>();

    private volatile @Nullable JobFeed feed;
    private volatile Set<NodeName> silent = Set.of();

    /// @param reader reads jobs from pods
    /// @param changes receives what is found
    WatchedPods(PodReader reader, PodChanges changes, WalltimeTimer walltimes) {
        this.reader = reader;
        this.changes = changes;
        this.walltimeMarks = walltimes.of(name -> find(name).map(this::job));
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
        return reader.read(pod(entry));
    }

    /// A job that the API server no longer has, which the watch may report later.
    ///
    /// @param name the job's
    /// @return the job as it was last known, if its end on the HPC is not confirmed
    public synchronized Optional<Job> unconfirmed(JobName name) {
        Entry entry = entries.get(name.value());
        return entry == null
                ? unconfirmed.find(name)
                : Optional.of(reader.readMissed(pod(entry))).filter(Job::hasUnconfirmedEnd);
    }

    /// @param most how many
    /// @return jobs that are not handed over and whose references are to be checked now
    List<Entry> dueForHandoverCheck(int most) {
        return handovers.takeDue(most).stream()
                .flatMap(name -> Stream.ofNullable(entries.get(name)))
                .toList();
    }

    /// @return the jobs whose own record is to be read
    Stream<Entry> needingRecord() {
        return recordsNeeded.values().stream();
    }

    /// Reports that states may have changed although the pods have not.
    ///
    /// @param uids the pods' UIDs; pods of other workspaces are ignored
    void changedWithoutVersion(Set<String> uids) {
        withUids(uids).forEach(this::changedWithoutVersion);
        confirmEnds(uids);
    }

    /// A pod that is being stored was read before what is reported now, or is found here.
    private synchronized List<Entry> withUids(Set<String> uids) {
        return entries.values().stream().filter(entry -> uids.contains(entry.uid)).toList();
    }

    /// Between two responses of slurmrestd a job can be cancelled and its pod removed. What SLURM reports since may
    /// confirm the end; that the HPC did not get the job can't be known any more.
    private synchronized void confirmEnds(Set<String> uids) {
        for (UnconfirmedDeletions.Removal removal : unconfirmed.of(uids)) {
            Job job = reader.readMissed(archive.unpack(removal.pod())).withoutDefinition();
            if (!job.hasUnconfirmedEnd()) {
                unconfirmed.removed(
                        new UnconfirmedDeletions.Removal(removal.version(), job, removal.pod()));
                changes.endConfirmed(removal.version(), job, origin(removal.pod()));
            }
        }
    }

    /// Reports that a job's state may have changed although its pod has not.
    synchronized void changedWithoutVersion(Entry entry) {
        Entry now = entries.get(entry.name.value());
        if (now == null || !now.uid.equals(entry.uid)) {
            return;
        }
        Stored changed = store(now, pod(now));
        Job job = changed.job;
        if (!now.phase().ended()
                && changed.entry.phase().ended()
                && job.evidence().source() == Job.Source.SLURM) {
            changes.endReportedBySlurm(job);
        }
        JobFeed followers = feed;
        if (followers != null) {
            changedWithoutVersion.add(entry.name.value());
            followers.changedWithoutVersion(job);
        }
    }

    /// @return the feed of changes; empty before the first list
    Optional<JobFeed> feed() {
        return Optional.ofNullable(feed);
    }

    /// Follows the jobs after a position that the feed has reached. No node loses contact meanwhile, so the follower
    /// finds the jobs that this touches here or receives them.
    ///
    /// @param marked until when the follower has received the marks of running jobs
    /// @return the subscription; empty if the deletions since then are not known
    synchronized Optional<JobEvents.Subscription> resume(
            JobFeed feed, JobFilter filter, FollowerPosition after, Optional<Instant> marked) {
        Set<NodeName> now = silent;
        // What was missed comes with the follower's own set of nodes: it may disconnect in between.
        // A
        // caller can write any nodes there, which each event would repeat.
        Set<NodeName> own =
                entries.values().stream()
                        .flatMap(entry -> entry.node().stream())
                        .filter(after.silent()::contains)
                        .collect(Collectors.toUnmodifiableSet());
        return feed.resume(
                filter,
                after.version(),
                marked,
                version -> new FollowerPosition(version, own).toString(),
                () ->
                        published()
                                .filter(entry ->
                                        filter.matches(entry.name, entry.node(), entry.labels))
                                .map(entry ->
                                        new JobFeed.Present(
                                                entry.version,
                                                changedWithoutVersion.contains(entry.name.value())
                                                        || changedByList.containsKey(
                                                                entry.name.value())
                                                        || isTouched(entry, now, own),
                                                () ->
                                                        find(entry.name)
                                                                .filter(entry::isSameJob)
                                                                .map(this::job))));
    }

    /// The jobs without what the list that goes on has changed: that is published at its end, in the order of versions.
    private Stream<Entry> published() {
        return entries.values().stream()
                .flatMap(entry ->
                        changedByList
                                .getOrDefault(entry.name.value(), Optional.of(entry))
                                .stream());
    }

    /// Whether a job has not ended and its node is in exactly one of two sets of nodes without contact.
    private static boolean isTouched(Entry entry, Set<NodeName> some, Set<NodeName> others) {
        return !entry.phase().ended()
                && entry.node()
                        .filter(node -> some.contains(node) != others.contains(node))
                        .isPresent();
    }

    /// Sends the jobs on nodes that lost contact or recovered to their followers. Only afterwards do positions contain
    /// the new set of nodes.
    synchronized void nodesLostContact(Set<NodeName> nodes) {
        JobFeed followers = feed;
        if (followers != null && !nodes.equals(silent)) {
            entries.values().stream()
                    .filter(entry -> isTouched(entry, nodes, silent))
                    .map(this::job)
                    .forEach(followers::changedWithoutVersion);
        }
        silent = nodes;
    }

    /// @return the writes of this gateway that are not visible here yet
    PendingWrites writes() {
        return writes;
    }

    private final class Reported implements PendingWrites.Reported {

        @Override
        public boolean reaches(long version) {
            JobFeed followers = feed;
            return followers != null && followers.reached() >= version;
        }

        @Override
        public boolean holds(String name, String uid) {
            Entry entry = entries.get(name);
            return entry != null && entry.uid.equals(uid);
        }
    }

    @Override
    public synchronized void listStarted() {
        listed.clear();
    }

    @Override
    public synchronized void listed(List<Pod> pods) {
        for (Pod pod : pods) {
            if (reader.isJob(pod)) {
                String name = pod.getMetadata().getName();
                listed.add(name);
                Entry before = entries.get(name);
                if (before == null || before.version != ResourceWatch.version(pod)) {
                    store(before, withRecord(pod));
                    if (before != null && !before.uid.equals(pod.getMetadata().getUid())) {
                        replacedByList.add(before);
                    }
                    if (feed != null) {
                        changedByList.putIfAbsent(name, Optional.ofNullable(before));
                    }
                }
            }
        }
    }

    @Override
    public synchronized void listEnded(long version) {
        List<Entry> unlisted =
                entries.values().stream()
                        .filter(entry -> !listed.contains(entry.name.value()))
                        .toList();
        List<JobFeed.Deletion> missing = new ArrayList<>();
        for (Entry last : Stream.concat(replacedByList.stream(), unlisted.stream()).toList()) {
            Job job = reader.readMissed(pod(last));
            noteRemoval(version, job, last);
            missing.add(JobFeed.Deletion.of(lastVersion(last, version), job));
        }
        unlisted.forEach(last -> remove(last.name.value()));
        if (feed == null) {
            feed =
                    new JobFeed(
                            version,
                            reached -> new FollowerPosition(reached, silent).toString(),
                            walltimeMarks);
        } else {
            missing.forEach(feed::missing);
            record Change(Optional<Entry> before, Entry now) {}
            List<Change> relisted = new ArrayList<>();
            changedByList.forEach((name, before) ->
                    Optional.ofNullable(entries.get(name))
                            .ifPresent(now -> relisted.add(new Change(before, now))));
            relisted.sort(Comparator.comparingLong(change -> change.now.version));
            relisted.forEach(change ->
                    publish(
                            change.before.filter(change.now::isSameJob).orElse(null),
                            change.now,
                            () -> job(change.now)));
            feed.reached(version);
        }
        listed.clear();
        changedByList.clear();
        replacedByList.clear();
        writes.update();
    }

    /// @param version a list's
    /// @return a version before which a job that is missing in the list was deleted
    private long lastVersion(Entry missing, long version) {
        Entry successor = entries.get(missing.name.value());
        return successor == null || successor.isSameJob(missing)
                ? version
                : Math.min(successor.version, version);
    }

    @Override
    public synchronized void changed(Pod pod) {
        if (reader.isJob(pod)) {
            Entry before = entries.get(pod.getMetadata().getName());
            Stored now = store(before, withRecord(pod));
            publish(before, now.entry, () -> now.job);
        } else {
            reached(ResourceWatch.version(pod));
        }
        writes.update();
    }

    @Override
    public synchronized void deleted(Pod pod) {
        long version = ResourceWatch.version(pod);
        Entry last = entries.get(pod.getMetadata().getName());
        if (last != null) {
            Job job = reader.readRemoved(withRecord(pod));
            noteRemoval(version, job, last);
            remove(pod.getMetadata().getName());
            if (feed != null) {
                feed.deleted(JobFeed.Deletion.of(version, job));
            }
        }
        reached(version);
    }

    @Override
    public synchronized void reached(long version) {
        if (feed != null) {
            feed.reached(version);
        }
        writes.update();
    }

    /// Reports a removal. Must precede [#remove], so that a job which is not found any more has been reported.
    private void noteRemoval(long version, Job job, Entry last) {
        unconfirmed.removed(
                new UnconfirmedDeletions.Removal(version, job.withoutDefinition(), last.packed));
        changes.removed(version, job.withoutDefinition(), origin(last.packed));
    }

    /// Reads what a job was created from when that is needed.
    private Supplier<JobObserver.Origin> origin(CompressedPods.Packed pod) {
        return () -> DefinitionReading.submitted(archive.unpack(pod), JobObserver.Origin::new);
    }

    /// @return the jobs; one that changes meanwhile is returned as it was or as it is
    Stream<PresentJobs.Existing> existing() {
        return entries.values().stream()
                .map(entry ->
                        new PresentJobs.Existing(
                                entry.version,
                                job(entry).withoutDefinition(),
                                origin(entry.packed)));
    }

    private void remove(String name) {
        handovers.end(name).ifPresent(changes::settled);
        recordsNeeded.remove(name);
        recordsLost.remove(name);
        changedWithoutVersion.remove(name);
        entries.remove(name);
    }

    /// Sends a job to its followers if its state is another than before.
    ///
    /// @param read reads the job that is stored now
    private void publish(@Nullable Entry before, Entry now, Supplier<Job> read) {
        JobFeed followers = feed;
        if (followers == null) {
            return;
        }
        if (before != null && !before.uid.equals(now.uid)) {
            Job replaced = reader.readMissed(pod(before));
            noteRemoval(now.version - 1, replaced, before);
            followers.missing(JobFeed.Deletion.of(now.version, replaced));
            publish(null, now, read);
        } else {
            followers.stored(
                    now.version,
                    () ->
                            Optional.of(read.get())
                                    .filter(job ->
                                            before == null || !job.hasSameStateAs(job(before))));
        }
    }

    /// The pod with the record that it had before, which is also to be restored on the API server.
    private Pod withRecord(Pod pod) {
        String name = pod.getMetadata().getName();
        Entry before = entries.get(name);
        if (before != null
                && before.hasRecord
                && before.uid.equals(pod.getMetadata().getUid())
                && PodReading.recordOf(pod).isEmpty()) {
            recordsLost.add(name);
            return PodReading.withRecordOf(pod, pod(before));
        }
        recordsLost.remove(name);
        return pod;
    }

    /// @param pod a job's pod as the API server has it
    /// @return the pod with the record that is known of it
    Pod withKnownRecord(Pod pod) {
        return find(new JobName(pod.getMetadata().getName()))
                .filter(entry -> entry.uid.equals(pod.getMetadata().getUid()))
                .map(entry -> PodReading.withRecordOf(pod, pod(entry)))
                .orElse(pod);
    }

    /// @return the pods that have lost their record on the API server, with that record; each once for each version
    synchronized List<Pod> takeLostRecords() {
        List<String> lost = List.copyOf(recordsLost);
        recordsLost.clear();
        return lost.stream()
                .flatMap(name -> Stream.ofNullable(entries.get(name)))
                .map(this::pod)
                .toList();
    }

    /// A job that was stored just now.
    private record Stored(Entry entry, Job job) {}

    private Stored store(@Nullable Entry before, Pod pod) {
        Job job = reader.read(pod);
        Entry entry = entry(job, pod);
        String name = job.name().value();
        entries.put(name, entry);
        if (entry.recordNeed == RecordNeed.NONE) {
            recordsNeeded.remove(name);
        } else {
            recordsNeeded.put(name, entry);
        }
        walltimeMarks.update(job);
        if (before == null
                || !before.uid.equals(entry.uid)
                || before.observedHash != entry.observedHash) {
            changes.changed(entry.version, job.withoutDefinition(), origin(entry.packed));
        }
        return new Stored(entry, job);
    }

    private Entry entry(Job job, Pod pod) {
        String name = job.name().value();
        RecordNeed need = PodReading.recordNeed(pod, job.hpc());
        changedWithoutVersion.remove(name);
        if (isBeingHandedOver(job)) {
            if (handovers.begin(name, job.uid())) {
                changes.submitting(job);
            }
        } else {
            handovers.end(name).ifPresent(changes::settled);
        }
        return new Entry(
                ResourceWatch.version(pod),
                job.name(),
                job.uid(),
                shared(JobCounts.Kind.of(job)),
                Objects.hash(job.stateHash(), job.labels(), job.submittedBy()),
                need,
                PodReading.recordOf(pod).isPresent(),
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

    /// Returns one instance for all equal values: thousands of jobs have the same node and labels.
    @SuppressWarnings("unchecked") // what is equal to a T here was put in as one
    private <T> T shared(T value) {
        if (shared.size() > 10_000) {
            shared.clear();
        }
        return (T) shared.computeIfAbsent(value, same -> same);
    }
}
