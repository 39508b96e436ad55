package io.interlinkgateway.sandbox;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.event.FeedPosition;
import io.interlinkgateway.event.JobEvents;
import io.interlinkgateway.event.JobFeed;
import io.interlinkgateway.event.WalltimeTimer;
import io.interlinkgateway.job.Cancellation;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.sandbox.node.PodStore;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Changes of jobs in the [PodStore]. Jobs and positions exist only while this process runs: a position of an earlier
/// process leads to a reset.
final class SandboxJobEvents implements JobEvents, PodStore.Listener, AutoCloseable {

    private final PodStore pods;
    private final Function<Pod, Job> reading;
    private final WalltimeTimer walltimes;
    private final String process = UUID.randomUUID() + ":";
    private final Map<Workspace, JobFeed> feeds = new ConcurrentHashMap<>();

    /// @param reading reads a job from its pod
    SandboxJobEvents(PodStore pods, Function<Pod, Job> reading, WalltimeTimer walltimes) {
        this.pods = pods;
        this.reading = reading;
        this.walltimes = walltimes;
        pods.listen(this);
    }

    private JobFeed feed(Workspace workspace) {
        return feeds.computeIfAbsent(
                workspace,
                _ ->
                        new JobFeed(
                                0,
                                version -> process + version,
                                walltimes.of(name ->
                                        find(
                                                new PodStore.Key(
                                                        workspace.toString(), name.value())))));
    }

    @Override
    public void changed(Optional<Pod> before, PodStore.Stored now) {
        Job job = read(now.pod());
        if (before.map(this::read).filter(job::hasSameStateAs).isEmpty()) {
            feed(job.workspace()).changed(now.version(), job);
        }
    }

    @Override
    public void removed(PodStore.Stored last) {
        Job job = read(last.pod());
        feed(job.workspace())
                .deleted(
                        new JobFeed.Deletion(
                                last.version(),
                                job.name(),
                                job.uid(),
                                job.node(),
                                job.labels(),
                                new Cancellation(
                                        Cancellation.Stage.CONFIRMED,
                                        job.evidence().observedAt(),
                                        Job.Source.API_SERVER,
                                        "The sandbox ended the job's processes.")));
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
