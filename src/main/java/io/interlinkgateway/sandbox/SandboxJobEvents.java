package io.interlinkgateway.sandbox;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.event.JobEvents;
import io.interlinkgateway.event.JobFeed;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.sandbox.node.PodStore;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Changes of jobs as the [PodStore] makes them. Its jobs end with the gateway, and so do the positions: those
/// of another run lead to a reset.
final class SandboxJobEvents implements JobEvents, PodStore.Listener, AutoCloseable {

    private final PodStore pods;
    private final JobReading reading;
    private final String run = UUID.randomUUID() + ":";
    private final Map<Workspace, JobFeed> feeds = new ConcurrentHashMap<>();

    SandboxJobEvents(PodStore pods, JobReading reading) {
        this.pods = pods;
        this.reading = reading;
        pods.listen(this);
    }

    private JobFeed feed(Workspace workspace) {
        return feeds.computeIfAbsent(workspace, _ -> new JobFeed(0, version -> run + version));
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
        feed(job.workspace()).deleted(JobFeed.Gone.of(last.version(), job));
    }

    @Override
    public Subscription subscribe(JobFilter filter, Optional<String> after) {
        JobFeed feed = feed(filter.workspace());
        if (after.isEmpty()) {
            return feed.follow(filter);
        }
        OptionalLong version = version(after.get());
        return version.isEmpty()
                ? feed.reset(filter)
                : feed.resume(
                                filter,
                                version.getAsLong(),
                                () -> pods.stored(filter.workspace(), "").map(this::present))
                        .orElseGet(() -> feed.reset(filter));
    }

    private JobFeed.Present present(PodStore.Stored stored) {
        return new JobFeed.Present(
                stored.version(),
                false,
                () -> pods.find(PodStore.Key.of(stored.pod())).map(this::read));
    }

    /// @return nothing if this run of the gateway made no such position
    private OptionalLong version(String position) {
        try {
            return position.startsWith(run)
                    ? OptionalLong.of(Long.parseUnsignedLong(position.substring(run.length())))
                    : OptionalLong.empty();
        } catch (NumberFormatException foreign) {
            return OptionalLong.empty();
        }
    }

    private Job read(Pod pod) {
        return reading.read(pod);
    }

    @Override
    public void close() {
        feeds.values().forEach(JobFeed::close);
    }
}
