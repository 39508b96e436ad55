package io.interlinkgateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.history.HistoryBacklog;
import io.interlinkgateway.history.HistoryHealth;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.health.contributor.Health;

class HistoryHealthIndicatorTests {

    private record Backlog(int waiting, int workspacesWithoutCredentials)
            implements HistoryBacklog {}

    private static Health health(HistoryHealth.Condition condition) {
        return health(condition, new Backlog(3, 0));
    }

    private static Health health(HistoryHealth.Condition condition, Backlog backlog) {
        StaticListableBeanFactory beans = new StaticListableBeanFactory();
        beans.addBean("backlog", backlog);
        HistoryHealth history = () -> condition;
        return Objects.requireNonNull(
                new HistoryHealthIndicator(history, beans.getBeanProvider(HistoryBacklog.class))
                        .health());
    }

    @Test
    void aDatabaseThatRespondsIsUp() {
        Health health = health(new HistoryHealth.Up());

        assertThat(health.getStatus().getCode()).isEqualTo("UP");
        assertThat(health.getDetails()).isEqualTo(Map.of("state", "up", "waiting", 3));
    }

    @Test
    void aDatabaseThatIsAwayDegradesTheHistoryAlone() {
        Health health =
                health(
                        new HistoryHealth.Down(
                                Instant.parse("2026-11-01T10:00:00Z"), "Connection refused"));

        assertThat(health.getStatus().getCode()).isEqualTo("DEGRADED");
        assertThat(health.getDetails())
                .isEqualTo(
                        Map.of(
                                "state",
                                "down",
                                "failingSince",
                                "2026-11-01T10:00:00Z",
                                "problem",
                                "Connection refused",
                                "waiting",
                                3));
    }

    @Test
    void workspacesWhoseJobsCantBeRecordedDegradeTheHistoryAlone() {
        Health health = health(new HistoryHealth.Up(), new Backlog(3, 2));

        assertThat(health.getStatus().getCode()).isEqualTo("DEGRADED");
        assertThat(health.getDetails())
                .isEqualTo(Map.of("state", "up", "waiting", 3, "workspacesWithoutCredentials", 2));
    }

    @Test
    void noDatabaseIsNoFailure() {
        Health health = health(new HistoryHealth.Off());

        assertThat(health.getStatus().getCode()).isEqualTo("UP");
        assertThat(health.getDetails()).isEqualTo(Map.of("state", "off"));
    }
}
