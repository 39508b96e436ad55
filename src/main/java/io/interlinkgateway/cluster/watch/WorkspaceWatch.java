package io.interlinkgateway.cluster.watch;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.event.FeedPosition;
import io.interlinkgateway.event.JobEvents;
import io.interlinkgateway.event.JobFeed;
import io.interlinkgateway.event.PresentJobs;
import io.interlinkgateway.event.WalltimeTimer;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.status.RecordNeed;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// One workspace's jobs, kept up to date by one watch from its start until it is closed.
final class WorkspaceWatch implements PresentJobs.Watch, AutoCloseable {

    private final Workspace workspace;
    private final ApiServer apiServer;
    private final JobReading reading;
    private final String path;
    private final WatchedPods pods;
    private final ResourceWatch<Pod> watch;
    private final DeletionHistory deletions;
    private final JobReads reads;
    private volatile long usedAt;

    /// @param idle the time after its last read from which a job is not read any more
    /// @param changes receives what is found
    WorkspaceWatch(
            Workspace workspace,
            ApiServer apiServer,
            JobReading reading,
            Duration idle,
            PodChanges changes,
            WalltimeTimer walltimes,
            Clock clock) {
        this.workspace = workspace;
        this.apiServer = apiServer;
        this.reading = reading;
        this.reads = new JobReads(idle);
        this.usedAt = System.nanoTime() - idle.toNanos() - 1;
        this.path = "/api/v1/namespaces/" + workspace + "/pods?";
        PodReader reader = new Reader();
        this.pods = new WatchedPods(reader, changes, walltimes);
        this.watch = new ResourceWatch<>(apiServer, path, Pod.class, PodList.class, pods, clock);
        this.deletions = new DeletionHistory(apiServer, path, reader::isJob, reader::readRemoved);
    }

    void start() {
        watch.start();
    }

    @Override
    public Workspace workspace() {
        return workspace;
    }

    WatchedPods pods() {
        return pods;
    }

    /// Records that the workspace is in use.
    void use() {
        usedAt = System.nanoTime();
    }

    /// @return how long ago the workspace was used last
    Duration unusedFor() {
        return Duration.ofNanos(System.nanoTime() - usedAt);
    }

    /// @return which of its jobs callers have read
    JobReads reads() {
        return reads;
    }

    /// @return whether its jobs have followers
    boolean isFollowed() {
        return pods.feed().map(JobFeed::followed).orElse(false);
    }

    /// @return whether the jobs are known as they are, or were so recently
    boolean awaitFresh(Duration patience, Duration staleness) {
        return watch.awaitFresh(patience, staleness);
    }

    /// @return for how long the jobs have not been known as they are; empty before the first list
    Optional<Duration> age() {
        return watch.age();
    }

    /// @return why the jobs are not known, if an attempt has failed
    Optional<GatewayException> failure() {
        return watch.failure();
    }

    /// Follows the jobs.
    ///
    /// @param after a position of this or another gateway; empty to begin now
    JobEvents.Subscription follow(JobFilter filter, Optional<String> after) {
        JobFeed feed = pods.feed().orElseThrow();
        if (after.isEmpty()) {
            return feed.follow(filter);
        }
        FeedPosition position = FeedPosition.parse(after.get());
        return FollowerPosition.parse(position.changes())
                .filter(changes ->
                        changes.version() <= feed.reached()
                                || changes.version() <= currentVersion())
                .flatMap(changes -> resume(feed, filter, changes, position.marks()))
                .orElseGet(() -> feed.reset(filter));
    }

    private Optional<JobEvents.Subscription> resume(
            JobFeed feed, JobFilter filter, FollowerPosition after, Optional<Instant> marked) {
        Optional<JobEvents.Subscription> resumed = pods.resume(feed, filter, after, marked);
        if (resumed.isPresent()) {
            return resumed;
        }
        try {
            deletions.remember(feed, after.version());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        return pods.resume(feed, filter, after, marked);
    }

    /// The API server's own, which is ahead of the watch by milliseconds.
    private long currentVersion() {
        ApiServer.Answer answer =
                apiServer.accepted(apiServer.send("GET", path + "&limit=1", null));
        PodList list = Serialization.unmarshal(answer.body(), PodList.class);
        return Long.parseLong(list.getMetadata().getResourceVersion());
    }

    /// Reads pods as of the time at which the watch saw them.
    private final class Reader implements PodReader {

        @Override
        public boolean isJob(Pod pod) {
            return reading.isJob(pod);
        }

        @Override
        public Job read(Pod pod) {
            return reading.read(pod, watch.observedAt());
        }

        @Override
        public Job readRemoved(Pod pod) {
            return reading.readRemoved(pod, watch.observedAt());
        }

        @Override
        public Job readMissed(Pod pod) {
            return reading.readMissed(pod, watch.observedAt());
        }
    }

    /// A job of this workspace, identified by its UID too, because its name may be used again.
    RecordWatch.WatchedJob job(JobName name, String uid) {
        return new RecordWatch.WatchedJob() {

            private Optional<WatchedPods.Entry> entry() {
                return watch.isClosed()
                        ? Optional.empty()
                        : pods.find(name).filter(entry -> entry.uid().equals(uid));
            }

            @Override
            public RecordNeed need() {
                return entry().map(WatchedPods.Entry::recordNeed).orElse(RecordNeed.NONE);
            }

            @Override
            public boolean isRead() {
                return reads.has(name)
                        || pods.feed().filter(feed -> feed.isFollowed(name)).isPresent();
            }

            @Override
            public Optional<Pod> pod() {
                return entry().map(pods::pod);
            }
        };
    }

    @Override
    public void close() {
        watch.close();
        pods.feed().ifPresent(JobFeed::close);
    }
}
