package io.interlinkgateway.slurm;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Component;

/// Shows which slurmrestd respond. One that does not makes this `DEGRADED`, but not the gateway's own health: states are
/// then known from the other sources.
@Component
class SlurmrestdHealthIndicator implements HealthIndicator {

    private static final Status DEGRADED = new Status("DEGRADED");

    private final PolledHpcs hpcs;

    SlurmrestdHealthIndicator(PolledHpcs hpcs) {
        this.hpcs = hpcs;
    }

    @Override
    public Health health() {
        boolean failing = hpcs.all().stream().anyMatch(hpc -> hpc.failure().isPresent());
        Map<String, Object> details = new LinkedHashMap<>();
        for (PolledHpc hpc : hpcs.all()) {
            Duration age = hpc.age().truncatedTo(ChronoUnit.SECONDS);
            details.put(
                    hpc.node().value(),
                    hpc.failure()
                            .map(failure ->
                                    Map.of(
                                            "age", age.toString(),
                                            "failingSince", failure.since().toString(),
                                            "problem", failure.reason()))
                            .orElseGet(() -> Map.of("age", age.toString())));
        }
        return (failing ? Health.status(DEGRADED) : Health.up()).withDetails(details).build();
    }
}
