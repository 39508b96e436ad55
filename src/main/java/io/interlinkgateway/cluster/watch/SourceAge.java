package io.interlinkgateway.cluster.watch;

import io.interlinkgateway.job.Job;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// How old the oldest of the facts is that states are read from.
final class SourceAge {

    private SourceAge() {}

    /// @param ages of all that is read from this source; empty for what was not read yet
    static void register(
            MeterRegistry registry, Job.Source source, Supplier<Stream<Optional<Duration>>> ages) {
        TimeGauge.builder("gateway.source.age", () -> oldest(ages.get()), TimeUnit.MILLISECONDS)
                .description("For how long the oldest facts of a source have not been confirmed")
                .tags("source", source.name())
                .register(registry);
    }

    private static long oldest(Stream<Optional<Duration>> ages) {
        return ages.flatMap(Optional::stream)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO)
                .toMillis();
    }
}
