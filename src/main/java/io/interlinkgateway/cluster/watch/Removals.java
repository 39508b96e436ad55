package io.interlinkgateway.cluster.watch;

import io.interlinkgateway.job.Job;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.atomic.LongAdder;

/// How many pods of jobs were removed, by whether the end of the job on the HPC is confirmed.
final class Removals implements MeterBinder {

    private final LongAdder confirmed = new LongAdder();
    private final LongAdder unconfirmed = new LongAdder();

    /// @param job a job whose pod was removed
    void add(Job job) {
        (job.hasUnconfirmedEnd() ? unconfirmed : confirmed).increment();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        register(registry, "CONFIRMED", confirmed);
        register(registry, "UNCONFIRMED", unconfirmed);
    }

    private static void register(MeterRegistry registry, String stage, LongAdder count) {
        FunctionCounter.builder("gateway.removals", count, LongAdder::sum)
                .description("Pods of jobs that were removed, by what is known of the job's end")
                .tags("cancellation", stage)
                .register(registry);
    }
}
