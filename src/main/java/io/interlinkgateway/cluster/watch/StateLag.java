package io.interlinkgateway.cluster.watch;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.record.JobRecord;
import io.interlinkgateway.status.PodReading;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The time from a job's start or end until it was known: by the job's own record, until the record was written to the
/// pod; by SLURM, until its report was read. And the time that a job waited for its start. Measures nothing until it is
/// bound to a registry.
final class StateLag implements MeterBinder {

    private static final Duration[] WAITS = {
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMinutes(1),
        Duration.ofMinutes(5),
        Duration.ofMinutes(15),
        Duration.ofHours(1),
        Duration.ofHours(4),
        Duration.ofHours(12),
        Duration.ofDays(1),
        Duration.ofDays(3),
    };

    private final Clock clock;
    private volatile @Nullable MeterRegistry meters;

    StateLag(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        meters = registry;
    }

    /// A record was written.
    ///
    /// @param pod the job's pod, with the record that it had before
    /// @param now the record that it has
    void written(Pod pod, JobRecord now) {
        Optional<NodeName> node = PodReading.nodeOf(pod);
        Optional<JobRecord> before = PodReading.recordOf(pod);
        now.firstStart()
                .filter(_ -> before.flatMap(JobRecord::firstStart).isEmpty())
                .ifPresent(start -> addWait(node, pod, start));
        switch (now) {
            case JobRecord.Started started ->
                    started.startedAt()
                            .filter(_ ->
                                    before.flatMap(JobRecord::asStarted)
                                            .flatMap(JobRecord.Started::startedAt)
                                            .isEmpty())
                            .ifPresent(start -> add(node, Job.Source.JOB_RECORD, "start", start));
            case JobRecord.Ended ended ->
                    add(node, Job.Source.JOB_RECORD, "end", ended.finishedAt());
            case JobRecord.Killed _,
                    JobRecord.NoHeader _,
                    JobRecord.Empty _,
                    JobRecord.Contradictory _,
                    JobRecord.OtherPlugin _ -> {}
        }
    }

    private void addWait(Optional<NodeName> node, Pod pod, Instant start) {
        MeterRegistry registry = meters;
        if (registry != null) {
            // The clocks of the HPC and of the API server may differ.
            Duration wait =
                    Duration.between(
                            Instant.parse(pod.getMetadata().getCreationTimestamp()), start);
            Timer.builder("gateway.job.wait")
                    .description("From a job's submission to its start")
                    .tags("node", node.map(NodeName::value).orElse(""))
                    .serviceLevelObjectives(WAITS)
                    .register(registry)
                    .record(wait.isNegative() ? Duration.ZERO : wait);
        }
    }

    /// SLURM reported the end of a job whose end was not known before.
    ///
    /// @param job the job as it is known now
    void reported(Job job) {
        job.hpc()
                .flatMap(HpcJob::endedAt)
                .ifPresent(end -> add(job.node(), Job.Source.SLURM, "end", end));
    }

    private void add(Optional<NodeName> node, Job.Source source, String change, Instant at) {
        MeterRegistry registry = meters;
        Duration lag = Duration.between(at, clock.instant());
        if (registry != null && !lag.isNegative()) {
            Timer.builder("gateway.state.lag")
                    .description("From a job's start or end to the moment when it was known")
                    .tags(
                            "node",
                            node.map(NodeName::value).orElse(""),
                            "source",
                            source.name(),
                            "change",
                            change)
                    .publishPercentileHistogram()
                    .register(registry)
                    .record(lag);
        }
    }
}
