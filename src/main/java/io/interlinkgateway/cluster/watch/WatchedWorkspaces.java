package io.interlinkgateway.cluster.watch;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.cluster.ClusterProperties;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.event.JobEvents;
import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.event.LoggedTask;
import io.interlinkgateway.event.PresentJobs;
import io.interlinkgateway.event.WalltimeTimer;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The workspaces in use, each with one watch, from the first read until there was none for a while. While a workspace
/// is watched, so are the records of its jobs.
///
/// With a [JobObserver], a workspace that was watched once is watched until the gateway stops, as are those that were
/// given to [#record]: a watch that nobody reads costs little, and what happens without a watch is not recorded.
public final class WatchedWorkspaces implements PresentJobs, AutoCloseable, MeterBinder {

    /// How long the watch may take to report a write of this gateway; it takes milliseconds.
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /// How often the workspaces that are always watched are used, so that they do not become idle.
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(1);

    /// How many jobs' Secrets and ConfigMaps are checked at the same time.
    private static final int CHECKS = 8;

    private static final Logger LOG = LoggerFactory.getLogger(WatchedWorkspaces.class);

    private final ApiServer apiServer;
    private final JobSources sources;
    private final WalltimeTimer walltimes;
    private final JobObserver observer;
    private final JobReading reading;
    private final ClusterProperties.Watches limits;
    private final Clock clock;
    private final Map<Workspace, WorkspaceWatch> workspaces = new HashMap<>();

    /// The workspaces that are watched until the gateway stops.
    private final Set<Workspace> recorded = ConcurrentHashMap.newKeySet();

    /// The workspaces for which there was no room among the recorded ones.
    private final Set<Workspace> unrecorded = ConcurrentHashMap.newKeySet();

    private final Removals removals = new Removals();
    private final JobCounts counts = new JobCounts(this::entries);
    private final PodChanges changes = new Changes();
    private final Semaphore checks = new Semaphore(CHECKS);
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());
    private boolean closed;

    public WatchedWorkspaces(
            ApiServer apiServer,
            JobSources sources,
            WalltimeTimer walltimes,
            JobObserver observer,
            ClusterProperties.Watches limits,
            Clock clock) {
        this.apiServer = apiServer;
        this.sources = sources;
        this.walltimes = walltimes;
        this.observer = observer;
        this.reading = new JobReading(sources);
        this.limits = limits;
        this.clock = clock;
    }

    private final class Changes implements PodChanges {

        @Override
        public void submitting(Job job) {
            sources.records().submitting(job);
        }

        @Override
        public void endReportedBySlurm(Job job) {
            sources.records().endReportedBySlurm(job);
        }

        @Override
        public void settled(String uid) {
            sources.missing().forget(uid);
        }

        @Override
        public void changed(long version, Job job, Supplier<JobObserver.Origin> origin) {
            counts.add(job);
            observer.changed(version, job, origin);
        }

        @Override
        public void removed(long version, Job job, Supplier<JobObserver.Origin> origin) {
            removals.add(job);
            observer.removed(version, job, origin);
        }

        @Override
        public void endConfirmed(long version, Job job, Supplier<JobObserver.Origin> origin) {
            observer.removed(version, job, origin);
        }
    }

    /// Starts the periodic tasks.
    public void start() {
        every(KEEP_ALIVE, () -> limits.always().forEach(this::read));
        every(KEEP_ALIVE, this::startRecorded);
        every(limits.idle().dividedBy(4), this::closeIdle);
        every(Duration.ofSeconds(2), this::updateSilentNodes);
        every(Duration.ofSeconds(1), this::checkHandovers);
        every(Duration.ofMillis(250), this::watchRecords);
        sources.hpcs()
                .listen(uids ->
                        all().forEach(watched -> watched.pods().changedWithoutVersion(uids)));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the tasks never end
    private void every(Duration period, Runnable task) {
        long millis = Math.max(1, period.toMillis());
        timer.scheduleWithFixedDelay(new LoggedTask(task), millis, millis, TimeUnit.MILLISECONDS);
    }

    /// @return reads jobs from pods that do not come from the watch
    public JobReading reading() {
        return reading;
    }

    /// The workspace's jobs, for reading a single one: starts the watch, but does not wait for it.
    ///
    /// @return the workspace's jobs; empty if the API server must be asked
    public Optional<WatchedPods> forReading(Workspace workspace, JobName name) {
        return current(read(workspace, name), Optional.of(name), Duration.ZERO);
    }

    /// Starts the watch if necessary, and waits for its first list.
    ///
    /// @return the workspace's jobs; empty if the API server must be asked
    public Optional<WatchedPods> forReading(Workspace workspace) {
        return current(read(workspace), Optional.empty(), apiServer.deadline());
    }

    /// As [#forReading(Workspace)], for the gateway's own checks: no caller waits for a state of these jobs.
    ///
    /// @return the workspace's jobs; empty if the API server must be asked
    public Optional<WatchedPods> forChecking(Workspace workspace) {
        return current(watched(workspace), Optional.empty(), apiServer.deadline());
    }

    @Override
    public void record(Workspace workspace) {
        if (observer.isRecording()) {
            if (recorded.size() < limits.maxWorkspaces() || recorded.contains(workspace)) {
                recorded.add(workspace);
                startIfThereIsRoom(workspace);
            } else if (unrecorded.size() < limits.maxWorkspaces() && unrecorded.add(workspace)) {
                LOG.warn(
                        "The jobs of the workspace {} are only recorded while somebody reads them:"
                                + " gateway.cluster.watches.max-workspaces is {}",
                        workspace,
                        limits.maxWorkspaces());
            }
        }
    }

    /// Starts the recorded watches again that were closed for workspaces in use, once these leave room. Closing others
    /// for them would only move the gap, and each start reads all pods of a workspace.
    void startRecorded() {
        recorded.forEach(this::startIfThereIsRoom);
    }

    private synchronized void startIfThereIsRoom(Workspace workspace) {
        if (workspaces.size() < limits.maxWorkspaces()) {
            started(workspace);
        }
    }

    @Override
    public Set<Watch> watches() {
        return all().stream()
                .filter(watched -> watched.pods().feed().isPresent())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public OptionalLong reached(Workspace workspace) {
        return known(workspace)
                .flatMap(watched -> watched.pods().feed())
                .map(feed -> OptionalLong.of(feed.reached()))
                .orElse(OptionalLong.empty());
    }

    @Override
    public boolean has(Workspace workspace, JobName name, String uid) {
        return known(workspace)
                .flatMap(watched -> watched.pods().find(name))
                .filter(entry -> entry.uid().equals(uid))
                .isPresent();
    }

    @Override
    public Stream<Existing> jobs(Workspace workspace) {
        return known(workspace).stream().flatMap(watched -> watched.pods().existing());
    }

    private Optional<WatchedPods> current(
            Optional<WorkspaceWatch> found, Optional<JobName> name, Duration patience) {
        return found.filter(watched -> watched.awaitFresh(patience, limits.staleness()))
                .map(WorkspaceWatch::pods)
                .filter(pods -> pods.writes().await(name, PATIENCE));
    }

    /// Follows a workspace's jobs.
    ///
    /// @param after a position of this or another gateway; empty to begin now
    /// @throws GatewayException why the workspace can't be watched
    public JobEvents.Subscription follow(JobFilter filter, Optional<String> after) {
        return fresh(filter).follow(filter, after);
    }

    private WorkspaceWatch fresh(JobFilter filter) {
        Workspace workspace = filter.workspace();
        Optional<WorkspaceWatch> found =
                filter.name().map(name -> read(workspace, name)).orElseGet(() -> read(workspace));
        return found.filter(watched -> watched.awaitFresh(apiServer.deadline(), limits.staleness()))
                .orElseThrow(() ->
                        found.flatMap(WorkspaceWatch::failure)
                                .orElseGet(() ->
                                        new GatewayException.ClusterUnavailable(
                                                "The workspace can't be watched now.")));
    }

    /// Reports that this gateway wrote a pod.
    public void wrote(Pod pod) {
        record(new Workspace(pod.getMetadata().getNamespace()));
        known(pod).ifPresent(watched -> watched.pods().writes().wrote(pod));
    }

    /// Reports that this gateway saw the deletion of a pod.
    public void deleted(Pod pod) {
        known(pod).ifPresent(watched -> watched.pods().writes().deleted(pod));
    }

    /// @param pod a job's pod as the API server has it
    /// @return the pod with the record that this gateway knows of it: the virtual kubelet can have removed it from the pod
    public Pod withKnownRecord(Pod pod) {
        return known(pod).map(watched -> watched.pods().withKnownRecord(pod)).orElse(pod);
    }

    /// A job that the API server no longer has.
    ///
    /// @param workspace the job's workspace
    /// @param name the job's name
    /// @return the job as it was last known, if this gateway knows it and its end on the HPC is not confirmed
    public Optional<Job> unconfirmed(Workspace workspace, JobName name) {
        return known(workspace).flatMap(watched -> watched.pods().unconfirmed(name));
    }

    private Optional<WorkspaceWatch> known(Pod pod) {
        return known(new Workspace(pod.getMetadata().getNamespace()));
    }

    private synchronized Optional<WorkspaceWatch> known(Workspace workspace) {
        return Optional.ofNullable(workspaces.get(workspace));
    }

    private Optional<WorkspaceWatch> read(Workspace workspace) {
        Optional<WorkspaceWatch> found = watched(workspace);
        found.ifPresent(watched -> watched.reads().all());
        return found;
    }

    private Optional<WorkspaceWatch> read(Workspace workspace, JobName name) {
        Optional<WorkspaceWatch> found = watched(workspace);
        found.ifPresent(watched -> watched.reads().one(name));
        return found;
    }

    private Optional<WorkspaceWatch> watched(Workspace workspace) {
        Optional<WorkspaceWatch> found = started(workspace);
        found.ifPresent(WorkspaceWatch::use);
        if (found.isPresent()) {
            record(workspace);
        }
        return found;
    }

    private synchronized Optional<WorkspaceWatch> started(Workspace workspace) {
        if (closed) {
            return Optional.empty();
        }
        WorkspaceWatch found = workspaces.get(workspace);
        if (found == null) {
            if (workspaces.size() >= limits.maxWorkspaces() && !closeLeastUsed()) {
                return Optional.empty();
            }
            found =
                    new WorkspaceWatch(
                            workspace,
                            apiServer,
                            reading,
                            limits.idle(),
                            changes,
                            walltimes,
                            clock);
            workspaces.put(workspace, found);
            found.start();
        }
        return Optional.of(found);
    }

    /// Closes a watch that is not followed, if possible one that is not recorded.
    private boolean closeLeastUsed() {
        Optional<Workspace> least =
                workspaces.entrySet().stream()
                        .filter(entry -> !entry.getValue().isFollowed())
                        .max(
                                Comparator.comparing((Map.Entry<Workspace, WorkspaceWatch> entry) ->
                                                !recorded.contains(entry.getKey()))
                                        .thenComparing(entry -> entry.getValue().unusedFor()))
                        .map(Map.Entry::getKey);
        least.ifPresent(this::close);
        return least.isPresent();
    }

    private void close(Workspace workspace) {
        Optional.ofNullable(workspaces.remove(workspace)).ifPresent(WorkspaceWatch::close);
    }

    synchronized List<WorkspaceWatch> all() {
        return List.copyOf(workspaces.values());
    }

    private void watchRecords() {
        for (WorkspaceWatch watched : all()) {
            watched.pods().takeLostRecords().forEach(sources.records()::restore);
            watched.pods()
                    .needingRecord()
                    .forEach(entry ->
                            sources.records()
                                    .watch(
                                            entry.uid(),
                                            entry.recordNeed(),
                                            watched.job(entry.name(), entry.uid())));
        }
    }

    private void checkHandovers() {
        for (WorkspaceWatch watched : all()) {
            for (WatchedPods.Entry entry :
                    watched.pods().dueForHandoverCheck(checks.availablePermits())) {
                checks.acquireUninterruptibly();
                Thread.startVirtualThread(() -> {
                    try {
                        checkHandover(watched.pods(), entry);
                    } finally {
                        checks.release();
                    }
                });
            }
        }
    }

    private void checkHandover(WatchedPods pods, WatchedPods.Entry entry) {
        try {
            if (sources.missing().check(pods.pod(entry))) {
                pods.changedWithoutVersion(entry);
            }
        } catch (GatewayException ex) {
            LOG.info("The references of {} can't be read now: {}", entry.name(), ex.getMessage());
        }
    }

    private void updateSilentNodes() {
        List<WorkspaceWatch> followed = all().stream().filter(WorkspaceWatch::isFollowed).toList();
        if (!followed.isEmpty()) {
            Set<NodeName> silent = sources.nodes().silent();
            followed.forEach(watched -> watched.pods().nodesLostContact(silent));
        }
    }

    private synchronized void closeIdle() {
        List<Workspace> idle =
                workspaces.entrySet().stream()
                        .filter(entry ->
                                !recorded.contains(entry.getKey())
                                        && !entry.getValue().isFollowed()
                                        && entry.getValue().unusedFor().compareTo(limits.idle())
                                                > 0)
                        .map(Map.Entry::getKey)
                        .toList();
        idle.forEach(this::close);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        counts.bindTo(registry);
        removals.bindTo(registry);
        SourceAge.register(
                registry, Job.Source.API_SERVER, () -> all().stream().map(WorkspaceWatch::age));
    }

    private Stream<WatchedPods.Entry> entries() {
        return all().stream().flatMap(watched -> watched.pods().after(""));
    }

    /// Ends all watches and all subscriptions.
    @Override
    public synchronized void close() {
        closed = true;
        timer.shutdownNow();
        sources.records().close();
        workspaces.values().forEach(WorkspaceWatch::close);
        workspaces.clear();
    }
}
