package io.interlinkgateway.cluster.watch;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.cluster.ClusterProperties;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.event.JobEvents;
import io.interlinkgateway.event.JobFeed;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.status.PodReading;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The workspaces that somebody reads, each with one watch, from the first read on until nobody has read for a
/// while.
public final class WatchedWorkspaces implements AutoCloseable {

    /// How long the watch may take to report a write of this gateway; it takes milliseconds.
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /// Jobs that are looked at at the same time: each may hold a log open.
    private static final int LOOKS = 8;

    private static final Logger LOG = LoggerFactory.getLogger(WatchedWorkspaces.class);

    private final ApiServer apiServer;
    private final WatchedNodes nodes;
    private final MissingObjects missing;
    private final RecordSearch records;
    private final JobReading reading;
    private final ClusterProperties.Watches limits;
    private final Clock clock;
    private final Map<Workspace, Watched> workspaces = new HashMap<>();
    private final Semaphore looking = new Semaphore(LOOKS);
    private final ScheduledExecutorService sweep =
            Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());
    private boolean closed;

    // What the sweep could say is nothing.
    @SuppressWarnings("FutureReturnValueIgnored")
    public WatchedWorkspaces(
            ApiServer apiServer,
            WatchedNodes nodes,
            MissingObjects missing,
            RecordSearch records,
            ClusterProperties.Watches limits,
            Clock clock) {
        this.apiServer = apiServer;
        this.nodes = nodes;
        this.missing = missing;
        this.records = records;
        this.reading = new JobReading(nodes, missing);
        this.limits = limits;
        this.clock = clock;
        long period = Math.max(1, limits.idle().toMillis() / 4);
        sweep.scheduleWithFixedDelay(this::closeIdle, period, period, TimeUnit.MILLISECONDS);
        sweep.scheduleWithFixedDelay(this::tellOfSilentNodes, 2, 2, TimeUnit.SECONDS);
        sweep.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
    }

    /// A workspace with its watch.
    private final class Watched {

        final WatchedPods pods = new WatchedPods(reading::isJob, this::read, missing::forget);
        final String path;
        final ResourceWatch<Pod> watch;
        final DeletionHistory deletions;
        volatile long usedAt = System.nanoTime();

        Watched(Workspace workspace) {
            path = "/api/v1/namespaces/" + workspace + "/pods?";
            watch = new ResourceWatch<>(apiServer, path, Pod.class, PodList.class, pods, clock);
            deletions = new DeletionHistory(apiServer, path, reading::isJob, this::read);
            watch.start();
        }

        Optional<JobEvents.Subscription> resume(
                JobFeed feed, JobFilter filter, WatchedPods.Position after) {
            Optional<JobEvents.Subscription> resumed = pods.resume(feed, filter, after);
            if (resumed.isPresent()) {
                return resumed;
            }
            try {
                deletions.remember(feed, after.version());
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            return pods.resume(feed, filter, after);
        }

        /// The API server's own, which is ahead of the watch by milliseconds.
        long currentVersion() {
            ApiServer.Answer answer = apiServer.send("GET", path + "&limit=1", null);
            if (!answer.successful()) {
                throw apiServer.refused(answer.code(), answer.status());
            }
            PodList list = Serialization.unmarshal(answer.body(), PodList.class);
            return Long.parseLong(list.getMetadata().getResourceVersion());
        }

        private Job read(Pod pod) {
            return reading.read(pod, watch.observedAt());
        }

        boolean followed() {
            return pods.feed().map(JobFeed::followed).orElse(false);
        }

        void close() {
            watch.close();
            pods.feed().ifPresent(JobFeed::close);
        }
    }

    /// @return how jobs are read from pods that the watch did not give
    public JobReading reading() {
        return reading;
    }

    /// The job of a name, for who asks for one: begins the watch, and does not wait for it.
    ///
    /// @return the workspace's jobs, unless the API server has to be asked
    public Optional<WatchedPods> forReading(Workspace workspace, JobName name) {
        return current(workspace, Optional.of(name), Duration.ZERO);
    }

    /// Begins the watch if there is none, and waits for its first list.
    ///
    /// @return the workspace's jobs, unless the API server has to be asked
    public Optional<WatchedPods> forReading(Workspace workspace) {
        return current(workspace, Optional.empty(), apiServer.deadline());
    }

    private Optional<WatchedPods> current(
            Workspace workspace, Optional<JobName> name, Duration patience) {
        return watched(workspace)
                .filter(watched -> watched.watch.awaitFresh(patience, limits.staleness()))
                .map(watched -> watched.pods)
                .filter(pods -> pods.awaitWrites(name, PATIENCE));
    }

    /// Follows a workspace's jobs.
    ///
    /// @param after a position of this or another gateway; empty to begin now
    /// @throws GatewayException why the workspace can't be watched
    public JobEvents.Subscription follow(JobFilter filter, Optional<String> after) {
        Watched watched = followed(filter.workspace());
        JobFeed feed = watched.pods.feed().orElseThrow();
        if (after.isEmpty()) {
            return feed.follow(filter);
        }
        return WatchedPods.Position.parse(after.get())
                .filter(position ->
                        position.version() <= feed.reached()
                                || position.version() <= watched.currentVersion())
                .flatMap(position -> watched.resume(feed, filter, position))
                .orElseGet(() -> feed.reset(filter));
    }

    private Watched followed(Workspace workspace) {
        Optional<Watched> found = watched(workspace);
        return found.filter(watched ->
                        watched.watch.awaitFresh(apiServer.deadline(), limits.staleness()))
                .orElseThrow(() ->
                        found.flatMap(watched -> watched.watch.failure())
                                .orElseGet(() ->
                                        new GatewayException.ClusterUnavailable(
                                                "The workspace can't be watched now.")));
    }

    /// This gateway wrote a pod.
    public void wrote(Pod pod) {
        known(pod).ifPresent(watched -> watched.pods.wrote(pod));
    }

    /// This gateway saw the end of a pod.
    public void ended(Pod pod) {
        known(pod).ifPresent(watched -> watched.pods.ended(pod));
    }

    private synchronized Optional<Watched> known(Pod pod) {
        return Optional.ofNullable(workspaces.get(new Workspace(pod.getMetadata().getNamespace())));
    }

    private synchronized Optional<Watched> watched(Workspace workspace) {
        if (closed) {
            return Optional.empty();
        }
        Watched found = workspaces.get(workspace);
        if (found == null) {
            if (workspaces.size() >= limits.workspaces() && !closeLeastUsed()) {
                return Optional.empty();
            }
            found = new Watched(workspace);
            workspaces.put(workspace, found);
        }
        found.usedAt = System.nanoTime();
        return Optional.of(found);
    }

    private boolean closeLeastUsed() {
        Optional<Workspace> least =
                workspaces.entrySet().stream()
                        .filter(entry -> !entry.getValue().followed())
                        .min(
                                Comparator.comparingLong(
                                        entry -> entry.getValue().usedAt - System.nanoTime()))
                        .map(Map.Entry::getKey);
        least.ifPresent(this::close);
        return least.isPresent();
    }

    private void close(Workspace workspace) {
        Optional.ofNullable(workspaces.remove(workspace)).ifPresent(Watched::close);
    }

    private synchronized List<Watched> all() {
        return List.copyOf(workspaces.values());
    }

    /// Looks at the jobs about which there is more to be found, a few at a time.
    private void look() {
        for (Watched watched : all()) {
            for (WatchedPods.Entry entry : watched.pods.dueForALook(looking.availablePermits())) {
                looking.acquireUninterruptibly();
                Thread.startVirtualThread(() -> {
                    try {
                        look(watched.pods, entry);
                    } finally {
                        looking.release();
                    }
                });
            }
        }
    }

    private void look(WatchedPods pods, WatchedPods.Entry entry) {
        Pod pod = pods.pod(entry);
        try {
            if (PodReading.needsRecord(pod)) {
                records.look(pod);
            } else if (missing.look(pod)) {
                pods.changedAside(entry);
            }
        } catch (GatewayException unanswered) {
            LOG.info("Nothing is found of {} now: {}", entry.name(), unanswered.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void tellOfSilentNodes() {
        List<Watched> followed = all().stream().filter(Watched::followed).toList();
        if (!followed.isEmpty()) {
            Set<NodeName> silent = nodes.silent();
            followed.forEach(watched -> watched.pods.silent(silent));
        }
    }

    private synchronized void closeIdle() {
        long now = System.nanoTime();
        List<Workspace> idle =
                workspaces.entrySet().stream()
                        .filter(entry ->
                                !entry.getValue().followed()
                                        && now - entry.getValue().usedAt > limits.idle().toNanos())
                        .map(Map.Entry::getKey)
                        .toList();
        idle.forEach(this::close);
    }

    /// Ends all watches and all who follow them.
    @Override
    public synchronized void close() {
        closed = true;
        sweep.shutdownNow();
        workspaces.values().forEach(Watched::close);
        workspaces.clear();
    }
}
