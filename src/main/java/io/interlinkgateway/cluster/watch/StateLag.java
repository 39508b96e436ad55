package io.interlinkgateway.cluster.watch;

import io.interlinkgateway.record.JobRecord;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The time from a job's start or end, by its own record, until the record was written to the pod. Measures nothing
/// until it is bound to a registry.
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
    void written(String node, Optional<JobRecord> before, JobRecord now) {
        switch (now) {
            case JobRecord.Started started ->
                    started.startedAt()
                            .filter(_ ->
                                    before.flatMap(JobRecord::asStarted)
                                            .flatMap(JobRecord.Started::startedAt)
                                            .isEmpty())
                            .ifPresent(start -> add(node, "start", start));
            case JobRecord.Ended ended -> add(node, "end", ended.finishedAt());
            case JobRecord.Killed _,
                    JobRecord.NoHeader _,
                    JobRecord.Empty _,
                    JobRecord.Contradictory _,
                    JobRecord.OtherPlugin _ -> {}
        }
    }

    private void add(String node, String change, Instant at) {
        MeterRegistry registry = meters;
        Duration lag = Duration.between(at, clock.instant());
        if (registry != null && !lag.isNegative()) {
            Timer.builder("gateway.state.lag")
                    .description("From a job's start or end to its record on the pod")
                    .tags("node", node, "change", change)
                    .publishPercentileHistogram()
                    .register(registry)
                    .record(lag);
        }
    }
}
