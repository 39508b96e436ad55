package io.interlinkgateway.cluster.watch;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.cluster.api.PodLog;
import io.interlinkgateway.cluster.watch.LogBudget.Purpose;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.log.LogStream;
import io.interlinkgateway.record.JobRecord;
import io.interlinkgateway.record.PluginLog;
import io.interlinkgateway.status.PodReading;
import io.interlinkgateway.status.RecordNeed;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches one job's record from the hand-over to the HPC on, and writes it to the pod when it changes. interLink
/// reports the same changes up to minutes later, because it refreshes the status of one pod of a node in 10 s.
///
/// One followed log reports start and end, and costs one request to the node: until the container's output exists, the
/// plugin writes a message every 4 s, and when the container has ended, it ends the log. Other changes (a kill by
/// SLURM, a requeue) are found by reading the record again, at intervals that grow with the time since the last change.
/// This uses requests that nothing else needs.
final class RecordWatch implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(RecordWatch.class);

    /// More than the 4 s after which the plugin repeats that the container's output does not exist yet.
    private static final Duration SILENCE_AFTER_START = Duration.ofSeconds(5);

    /// A followed log is closed after this many bytes, so that a state does not cost a job's whole output.
    private static final long CHATTY = 256 << 10;

    /// The interval between readings of the record, as a share of the time since the last change.
    private static final double SHARE_OF_AGE = 0.05;

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /// SLURM starts a job that does not have to wait within a second. A follow that is opened after this time contains
    /// the header; one that is opened earlier requires a second request, because it does not repeat output that it
    /// missed.
    private static final Duration PAUSE_BEFORE_FIRST_FOLLOW = Duration.ofSeconds(1);

    /// A log is considered empty once the interval has grown to this: after three readings in three seconds.
    private static final Duration PAUSE_AT_EMPTY_LOG = Duration.ofSeconds(4);

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);

    /// The maximum time until a change of the pod is noticed.
    private static final Duration STEP = Duration.ofMillis(500);

    /// The job as the workspace's watch has it.
    interface WatchedJob {

        /// @return what its record is needed for; [RecordNeed#NONE] once it is deleted
        RecordNeed need();

        /// @return whether callers read its state, or did so a while ago
        boolean isRead();

        /// @return its pod; nothing once it is deleted
        Optional<Pod> pod();
    }

    /// What has been read of the job.
    private sealed interface Progress {

        /// Nothing was requested yet.
        record HandedOver() implements Progress {}

        /// No start was found.
        record Waiting() implements Progress {}

        /// @param hadOutput whether output of a container was read
        record Running(boolean hadOutput) implements Progress {}

        default boolean isRunning() {
            return this instanceof Running;
        }

        /// @return the job runs
        default Progress started() {
            return isRunning() ? this : new Running(false);
        }

        default boolean hadOutput() {
            return switch (this) {
                case HandedOver _, Waiting _ -> false;
                case Running running -> running.hadOutput;
            };
        }
    }

    private final String uid;
    private final WatchedJob job;
    private final RecordReader reader;
    private final OpenFollows follows;
    private final Clock clock;

    private long changedAt = System.nanoTime();
    private long readAt = System.nanoTime();
    private Duration searchPause = SHORTEST_PAUSE;
    private Progress progress = new Progress.HandedOver();
    private int followed;
    private volatile @Nullable Instant observedAt;

    /// Whether a log is followed and the node has answered the request for it.
    private volatile boolean following;

    /// @param uid the pod's UID
    /// @param job the job as it is now
    RecordWatch(String uid, WatchedJob job, RecordReader reader, OpenFollows follows, Clock clock) {
        this.uid = uid;
        this.job = job;
        this.reader = reader;
        this.follows = follows;
        this.clock = clock;
    }

    /// @return the last time at which the record was known to be as written; empty before the first reading
    Optional<Instant> observedAt() {
        return following ? Optional.of(clock.instant()) : Optional.ofNullable(observedAt);
    }

    @Override
    public void run() {
        try {
            while (isNeeded()) {
                try {
                    step();
                } catch (IOException
                        | GatewayException.ClusterUnavailable
                        | GatewayException.NotFound unreadable) {
                    LOG.debug("The log of a job can't be read now: {}", unreadable.getMessage());
                    Thread.sleep(PAUSE_AFTER_FAILURE);
                } catch (GatewayException refused) {
                    LOG.info("A job's log can't be read: {}", refused.getMessage());
                    Thread.sleep(LONGEST_PAUSE);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /// If nobody reads the job or follows its log, the record of a running one is not needed: a followed log for each
    /// running job would cost its node more than the earlier sight of start and end is worth. When the pod's status or
    /// SLURM reports an end, the record is searched once, after all requests that somebody waits for: it has the exact
    /// times and shows whether the job ended at all.
    ///
    /// @param uid the pod's UID
    /// @param need what the record is needed for
    /// @return whether the record is to be read
    static boolean isNeeded(String uid, RecordNeed need, WatchedJob job, OpenFollows follows) {
        return switch (need) {
            case NONE -> false;
            case WATCH -> job.isRead() || follows.isFollowed(uid);
            case SEARCH -> true;
        };
    }

    boolean isNeeded() {
        return isNeeded(uid, job.need(), job, follows);
    }

    private boolean isWatched() {
        return job.need() == RecordNeed.WATCH && isNeeded();
    }

    private void step() throws IOException, InterruptedException {
        Optional<Pod> pod = job.pod();
        if (pod.isEmpty()) {
            return;
        }
        switch (job.need()) {
            case NONE -> {}
            case WATCH -> follow(pod.get());
            case SEARCH -> {
                search(pod.get());
                noteReading();
                Thread.sleep(searchPause);
                searchPause = shorter(searchPause.multipliedBy(2), LONGEST_PAUSE);
            }
        }
    }

    private void search(Pod pod) throws InterruptedException {
        RecordReader.SearchResult result =
                reader.search(pod, job.isRead() ? Purpose.CLAIM : Purpose.ARCHIVE);
        // A log on a shared file system can become visible late.
        if (result == RecordReader.SearchResult.EMPTY_LOG
                && PodReading.recordOf(pod).isEmpty()
                && searchPause.compareTo(PAUSE_AT_EMPTY_LOG) >= 0) {
            reader.write(pod, new JobRecord.Empty());
        }
    }

    /// Follows the log until the container ends, the pod's status reports an end, or the log has become too long.
    private void follow(Pod pod) throws IOException, InterruptedException {
        if (PodReading.recordOf(pod).orElse(null) instanceof JobRecord.Started) {
            progress = progress.started();
        }
        List<String> containers = RecordReader.containers(pod);
        String container = containers.get(followed % containers.size());
        if (progress instanceof Progress.HandedOver && !follows.isFollowed(uid, container)) {
            progress = new Progress.Waiting();
            pauseWhileWatched(PAUSE_BEFORE_FIRST_FOLLOW);
            return;
        }
        Optional<LogStream> shared = follows.observe(uid, container);
        if (shared.isEmpty()) {
            reader.budget(pod).await(Purpose.FOLLOW);
        }
        boolean chatty = false;
        try (LogStream stream =
                shared.isPresent()
                        ? shared.get()
                        : reader.open(currentPod(), container, extent())) {
            Reading reading = new Reading(currentPod(), container);
            following = shared.isPresent();
            while (isWatched() && !chatty) {
                switch (stream.next(STEP)) {
                    case LogStream.Part.Bytes part -> reading.add(part.toByteArray());
                    case LogStream.Part.Quiet _ -> reading.quiet();
                    case LogStream.Part.End _ -> {
                        following = true;
                        ended();
                        followed++;
                        pauseWhileWatched(pause());
                        return;
                    }
                }
                chatty = reading.length > CHATTY;
                if (shared.isEmpty() && follows.isFollowed(uid, container)) {
                    return;
                }
            }
        } finally {
            if (following) {
                observedAt = clock.instant();
            }
            following = false;
        }
        if (chatty) {
            pauseWhileWatched(longer(pause(), PAUSE_AFTER_FAILURE));
        }
    }

    /// The pod as it is now. Thousands of watches wait for their turn at a node, and a pod takes 8 kB of memory
    /// (`bench/sizing`), so a watch keeps none while it waits.
    private Pod currentPod() {
        return job.pod().orElseThrow(() -> new GatewayException.NotFound("pod", uid));
    }

    private PodLog.Extent extent() {
        return progress.isRunning() ? PodLog.Extent.FOLLOWED_FROM_END : PodLog.Extent.FOLLOWED;
    }

    /// A container's end is confirmed before the script has written its last line, and long before that if other
    /// containers still run. So several pauses may be needed. A pause ends early when an end is reported, which SLURM
    /// may do at any time.
    private void pauseWhileWatched(Duration pause) throws InterruptedException {
        long until = System.nanoTime() + pause.toNanos();
        while (System.nanoTime() < until && isWatched()) {
            Thread.sleep(STEP);
        }
    }

    /// The result of following a log.
    private final class Reading {

        private final @Nullable PluginLog head;
        private final RecordReader.@Nullable OutputSink sink;
        private long length;
        private long heardAt = System.nanoTime();
        private boolean startChecked;

        Reading(Pod pod, String container) {
            this.head =
                    progress.isRunning()
                            ? null
                            : PluginLog.of(PodReading.logContextOf(pod), container);
            this.sink = head == null ? null : new RecordReader.OutputSink(head);
        }

        void add(byte[] bytes) throws IOException, InterruptedException {
            length += bytes.length;
            heardAt = System.nanoTime();
            following = true;
            if (head != null && sink != null && !progress.isRunning()) {
                head.read(bytes, 0, bytes.length, sink);
                if (head.isHeaded()) {
                    found(new RecordReader.Found(head.record(), sink.hasOutput()));
                } else if (sink.hasOutput()) {
                    checkStart();
                }
            }
            readIfDue();
        }

        /// If the plugin stops repeating that there is no output, the output exists. Before the first bytes, the
        /// silence means nothing: the request still waits for its turn at the node.
        void quiet() throws InterruptedException {
            if (following
                    && !progress.isRunning()
                    && !startChecked
                    && System.nanoTime() - heardAt > SILENCE_AFTER_START.toNanos()) {
                checkStart();
            }
            readIfDue();
        }

        private void checkStart() throws InterruptedException {
            startChecked = true;
            whileFollowing(() -> {
                Optional<Pod> pod = job.pod();
                if (pod.isPresent()) {
                    found(reader.read(pod.get(), Purpose.START));
                }
            });
        }
    }

    private void readIfDue() throws InterruptedException {
        if (System.nanoTime() - readAt < pause().toNanos()) {
            return;
        }
        whileFollowing(() -> {
            Optional<Pod> pod = job.pod();
            if (pod.isPresent()) {
                Optional<RecordReader.Found> found = reader.readIfSpare(pod.get());
                if (found.isPresent()) {
                    found(found.get());
                }
            }
        });
    }

    private interface Look {

        void run() throws IOException, InterruptedException;
    }

    /// Reads the record while the log is followed. If this fails, the followed log is kept: another one costs a request,
    /// and a node that answers late then gets even more of them.
    private void whileFollowing(Look look) throws InterruptedException {
        try {
            look.run();
        } catch (IOException | GatewayException.ClusterUnavailable unreadable) {
            LOG.debug("The log of a followed job can't be read now: {}", unreadable.getMessage());
            readAt = System.nanoTime();
        }
    }

    private Duration pause() {
        Duration share = Duration.ofNanos((long) ((System.nanoTime() - changedAt) * SHARE_OF_AGE));
        return shorter(longer(share, SHORTEST_PAUSE), LONGEST_PAUSE);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /// Handles the record of a job for which no status reports an end.
    private void found(RecordReader.Found found) throws IOException, InterruptedException {
        noteReading();
        switch (found.record().orElse(null)) {
            case JobRecord.Ended _ -> ended();
            case JobRecord.Killed killed ->
                    write(
                            killed.cause().isFinal() && progress.hadOutput()
                                    ? killed
                                    : begun(killed));
            case JobRecord.Started begun -> {
                progress = new Progress.Running(progress.hadOutput() || found.hasOutput());
                write(begun);
            }
            // These are inconclusive while the job runs: a pre-exec may still write, and only a
            // container's end shows that the plugin writes no record.
            case JobRecord.NoHeader _,
                    JobRecord.Empty _,
                    JobRecord.OtherPlugin _,
                    JobRecord.Contradictory _ -> {}
            case null -> {}
        }
    }

    /// A kill line counts before the status reports an end only if it precedes output that was read before it: a
    /// container's output only grows at its end, so SLURM wrote the line, not the container. Otherwise the record only
    /// shows that the job has started.
    private static JobRecord begun(JobRecord.Killed killed) {
        return new JobRecord.Started(killed.startedAt());
    }

    /// The log ended, or the record shows the job's end. This is confirmed before it is written. It can't be confirmed
    /// while the pod is being deleted, see [RecordReader#write]; then only a kill by SLURM shows the end.
    private void ended() throws IOException, InterruptedException {
        Optional<Pod> pod =
                job.pod().filter(now -> now.getMetadata().getDeletionTimestamp() == null);
        if (pod.isPresent()) {
            Optional<JobRecord> record = reader.readConfirmed(pod.get(), Purpose.END);
            noteReading();
            if (record.isPresent()) {
                write(record.get());
            }
        }
    }

    private void noteReading() {
        readAt = System.nanoTime();
        observedAt = clock.instant();
    }

    /// If another writer has changed the pod at the same time, the record is written to the changed pod, unless that
    /// has a final record.
    private void write(JobRecord record) throws InterruptedException {
        if (record instanceof JobRecord.Started) {
            progress = progress.started();
        }
        for (int attempt = 0; attempt < 5; attempt++) {
            Optional<Pod> pod = job.pod();
            if (pod.isEmpty() || Optional.of(record).equals(PodReading.recordOf(pod.get()))) {
                return;
            }
            if (reader.write(pod.get(), record)) {
                changedAt = System.nanoTime();
                return;
            }
            Thread.sleep(STEP.dividedBy(5));
        }
    }
}
