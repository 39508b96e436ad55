package io.interlinkgateway.sandbox;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.event.FeedPosition;
import io.interlinkgateway.event.JobEvents;
import io.interlinkgateway.event.JobFeed;
import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.event.PresentJobs;
import io.interlinkgateway.event.WalltimeTimer;
import io.interlinkgateway.job.Cancellation;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.DefinitionReading;
import io.interlinkgateway.sandbox.node.PodStore;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Changes of jobs in the [PodStore]. Jobs and positions exist only while this process runs: a position of an earlier
/// process leads to a reset.
final class SandboxJobEvents implements JobEvents, PresentJobs, PodStore.Listener, AutoCloseable {

    private final PodStore pods;
    private final Function<Pod, Job> reading;
    private final JobObserver observer;
    private final WalltimeTimer walltimes;
    private final String process = UUID.randomUUID() + ":";
    private final Map<Workspace, JobFeed> feeds = new ConcurrentHashMap<>();

    /// @param reading reads a job from its pod
    /// @param observer receives each change of a job's state
    SandboxJobEvents(
            PodStore pods,
            Function<Pod, Job> reading,
            JobObserver observer,
            WalltimeTimer walltimes) {
        this.pods = pods;
        this.reading = reading;
        this.observer = observer;
        this.walltimes = walltimes;
        pods.listen(this);
    }

    private JobFeed feed(Workspace workspace) {
        return feeds.computeIfAbsent(
                workspace,
                _ ->
                        new JobFeed(
                                0,
                                this::position,
                                walltimes.of(name -> find(PodStore.Key.of(workspace, name)))));
    }

    private String position(long version) {
        return process + version;
    }

    @Override
    public void changed(Optional<Pod> before, PodStore.Stored now) {
        Job job = read(now.pod());
        if (before.map(this::read).filter(job::hasSameStateAs).isEmpty()) {
            feed(job.workspace()).changed(now.version(), job);
            observer.changed(now.version(), job.withoutDefinition(), origin(now.pod()));
        }
    }

    @Override
    public void removed(PodStore.Stored last) {
        Job found = read(last.pod());
        Job job =
                found.withCancellation(
                        new Cancellation(
                                Cancellation.Stage.CONFIRMED,
                                found.evidence().observedAt(),
                                Job.Source.API_SERVER,
                                "The sandbox ended the job's processes."));
        feed(job.workspace()).deleted(JobFeed.Deletion.of(last.version(), job));
        observer.removed(last.version(), job.withoutDefinition(), origin(last.pod()));
    }

    private static Supplier<JobObserver.Origin> origin(Pod pod) {
        return () -> DefinitionReading.submitted(pod, JobObserver.Origin::new);
    }

    /// The only watch of a workspace while this process runs.
    private record Watched(Workspace workspace) implements Watch {}

    /// Every workspace is watched.
    @Override
    public void record(Workspace workspace) {
        feed(workspace);
    }

    @Override
    public Set<Watch> watches() {
        return feeds.keySet().stream().map(Watched::new).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public OptionalLong reached(Workspace workspace) {
        return OptionalLong.of(feed(workspace).reached());
    }

    @Override
    public boolean has(Workspace workspace, JobName name, String uid) {
        return pods.has(PodStore.Key.of(workspace, name), uid);
    }

    @Override
    public Stream<Existing> jobs(Workspace workspace) {
        return pods.stored(workspace, "")
                .map(stored ->
                        new Existing(
                                stored.version(),
                                read(stored.pod()).withoutDefinition(),
                                origin(stored.pod())));
    }

    @Override
    public Subscription subscribe(JobFilter filter, Optional<String> after) {
        JobFeed feed = feed(filter.workspace());
        if (after.isEmpty()) {
            return feed.follow(filter);
        }
        FeedPosition position = FeedPosition.parse(after.get());
        OptionalLong version = version(position.changes());
        return version.isEmpty()
                ? feed.reset(filter)
                : feed.resume(
                                filter,
                                version.getAsLong(),
                                position.marks(),
                                this::position,
                                () -> pods.stored(filter.workspace(), "").map(this::present))
                        .orElseGet(() -> feed.reset(filter));
    }

    private JobFeed.Present present(PodStore.Stored stored) {
        return new JobFeed.Present(
                stored.version(), false, () -> find(PodStore.Key.of(stored.pod())));
    }

    private Optional<Job> find(PodStore.Key key) {
        return pods.find(key).map(this::read);
    }

    /// @return nothing if this process did not issue the position
    private OptionalLong version(String position) {
        try {
            return position.startsWith(process)
                    ? OptionalLong.of(Long.parseUnsignedLong(position.substring(process.length())))
                    : OptionalLong.empty();
        } catch (NumberFormatException _) {
            return OptionalLong.empty();
        }
    }

    private Job read(Pod pod) {
        return reading.apply(pod);
    }

    @Override
    public void close() {
        feeds.values().forEach(JobFeed::close);
    }
}
