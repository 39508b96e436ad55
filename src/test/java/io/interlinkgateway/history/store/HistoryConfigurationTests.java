package io.interlinkgateway.history.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.HistoryHealth;
import io.interlinkgateway.history.HistoryProperties;
import io.interlinkgateway.history.JobHistory;
import io.interlinkgateway.history.LogArchive;
import io.interlinkgateway.history.WorkspaceRedaction;
import io.interlinkgateway.job.Workspace;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class HistoryConfigurationTests {

    @EnableConfigurationProperties({HistoryProperties.class, DatabaseProperties.class})
    private static final class Properties {}

    private final ApplicationContextRunner context =
            new ApplicationContextRunner()
                    .withBean(Clock.class, Clock::systemUTC)
                    .withBean(WorkspaceRedaction.class, () -> mock())
                    .withUserConfiguration(Properties.class, HistoryConfiguration.class);

    @TempDir private Path directory = Path.of("none");

    @Test
    void thereIsNoHistoryWithoutADatabase() {
        context.withPropertyValues("spring.profiles.active=kubernetes")
                .run(started -> {
                    JobHistory history = started.getBean(JobHistory.class);
                    assertThat(history.isOn()).isFalse();
                    history.write(List.of());
                    assertThat(started.getBean(LogArchive.class).due(1, Set.of())).isEmpty();
                    assertThat(started.getBean(HistoryHealth.class).condition())
                            .isEqualTo(new HistoryHealth.Off());
                    assertThatThrownBy(() -> history.find(new Workspace("stars"), "a"))
                            .isInstanceOf(GatewayException.SwitchedOff.class);
                });
    }

    @Test
    void theSandboxKeepsItInMemory() {
        context.withPropertyValues("spring.profiles.active=sandbox")
                .run(started -> {
                    JobHistory history = started.getBean(JobHistory.class);
                    assertThat(history.isOn()).isTrue();
                    assertThat(history.find(new Workspace("stars"), "a")).isEmpty();
                });
    }

    @Test
    void aDirectoryHasTheHistory() {
        context.withPropertyValues("gateway.history.directory=" + directory.resolve("new"))
                .run(started ->
                        assertThat(started.getBean(HistoryHealth.class).condition())
                                .isEqualTo(new HistoryHealth.Up()));

        assertThat(directory.resolve("new/history.mv.db")).exists();
    }

    @Test
    void contradictionsAreRefused() {
        String url = "spring.datasource.url=jdbc:postgresql://127.0.0.1:1/x";

        assertRefused(
                "It must start with jdbc:postgresql:.", "spring.datasource.url=jdbc:h2:mem:x");
        assertRefused(
                "It must be jdbc:postgresql://HOST:PORT/DATABASE.",
                "spring.datasource.url=jdbc:postgresql://db:54x2/history?password=s3cret");
        assertRefused(
                "spring.datasource.url is set too. The history has one database.",
                url,
                "gateway.history.directory=" + directory);
        assertRefused(
                "spring.datasource.password is set too. Set one of them.",
                url,
                "spring.datasource.password=x",
                "gateway.history.password-file=/run/x");
    }

    private void assertRefused(String reason, String... properties) {
        context.withPropertyValues(properties)
                .run(started ->
                        assertThat(started)
                                .getFailure()
                                .rootCause()
                                .hasMessageEndingWith(" is invalid: " + reason)
                                .hasMessageNotContaining("s3cret"));
    }
}
