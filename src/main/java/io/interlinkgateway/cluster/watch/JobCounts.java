package io.interlinkgateway.cluster.watch;

import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobReason;
import io.interlinkgateway.job.NodeName;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Counts the jobs of the watched workspaces by node, state and reason. There is a gauge for each combination that
/// occurred, so that it falls to zero.
final class JobCounts implements MeterBinder {

    /// What jobs are counted by.
    ///
    /// @param node where the job was sent
    /// @param phase the kind of its state
    /// @param reason why it waits, failed or has an unknown state
    record Kind(Optional<NodeName> node, JobPhase phase, Optional<JobReason> reason) {

        static Kind of(Job job) {
            return new Kind(job.node(), JobPhase.of(job.state()), JobReason.of(job.state()));
        }
    }

    private final Set<Kind> occurred = ConcurrentHashMap.newKeySet();
    private final Supplier<Stream<WatchedPods.Entry>> jobs;
    private volatile @Nullable MeterRegistry meters;

    JobCounts(Supplier<Stream<WatchedPods.Entry>> jobs) {
        this.jobs = jobs;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        meters = registry;
        occurred.forEach(kind -> register(registry, kind));
    }

    void add(Job job) {
        Kind kind = Kind.of(job);
        MeterRegistry registry = meters;
        if (occurred.add(kind) && registry != null) {
            register(registry, kind);
        }
    }

    private void register(MeterRegistry registry, Kind kind) {
        Gauge.builder("gateway.jobs", () -> count(kind))
                .description("Jobs of the workspaces that are watched")
                .tags(
                        "node",
                        kind.node.map(NodeName::value).orElse(""),
                        "state",
                        kind.phase.name(),
                        "reason",
                        kind.reason.map(JobReason::name).orElse(""))
                .register(registry);
    }

    private long count(Kind kind) {
        return jobs.get().filter(entry -> kind.equals(entry.kind())).count();
    }
}
