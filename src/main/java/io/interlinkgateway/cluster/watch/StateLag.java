package io.interlinkgateway.cluster.watch;

import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.record.JobRecord;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The time from a job's start or end until it was known: by the job's own record, until the record was written to the
/// pod; by SLURM, until its report was read. Measures nothing until it is bound to a registry.
final class StateLag implements MeterBinder {

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
    /// @param node where the job runs
    /// @param before the record that the pod had
    /// @param now the record that it has
    void written(Optional<NodeName> node, Optional<JobRecord> before, JobRecord now) {
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
