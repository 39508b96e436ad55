package io.interlinkgateway.telemetry;

import io.interlinkgateway.history.HistoryBacklog;
import io.interlinkgateway.history.HistoryHealth;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Component;

/// Shows whether the history's database responds, and how much waits for it. A database that does not, or a workspace
/// whose jobs can't be recorded, makes this `DEGRADED`, but not the gateway's own health: live jobs do not need it.
@Component
class HistoryHealthIndicator implements HealthIndicator {

    private static final Status DEGRADED = new Status("DEGRADED");

    private final HistoryHealth history;
    private final ObjectProvider<HistoryBacklog> backlog;

    HistoryHealthIndicator(HistoryHealth history, ObjectProvider<HistoryBacklog> backlog) {
        this.history = history;
        this.backlog = backlog;
    }

    @Override
    public Health health() {
        return switch (history.condition()) {
            case HistoryHealth.Off _ -> Health.up().withDetail("state", "off").build();
            case HistoryHealth.Up _ -> up();
            case HistoryHealth.Down down ->
                    Health.status(DEGRADED)
                            .withDetail("state", "down")
                            .withDetail("failingSince", down.since().toString())
                            .withDetail("problem", down.problem())
                            .withDetail("waiting", waiting())
                            .build();
        };
    }

    private Health up() {
        int withoutCredentials =
                backlog.stream().mapToInt(HistoryBacklog::workspacesWithoutCredentials).sum();
        Health.Builder health = withoutCredentials == 0 ? Health.up() : Health.status(DEGRADED);
        health.withDetail("state", "up").withDetail("waiting", waiting());
        return withoutCredentials == 0
                ? health.build()
                : health.withDetail("workspacesWithoutCredentials", withoutCredentials).build();
    }

    private int waiting() {
        return backlog.stream().mapToInt(HistoryBacklog::waiting).sum();
    }
}
