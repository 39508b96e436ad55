package io.interlinkgateway.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.binder.MeterBinder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import tools.jackson.databind.JsonNode;

/// A job's life from its submission to its deletion, and what stays known of it later, with a clock that is moved.
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class JobLifeTests {

    private static final AtomicReference<Duration> AHEAD = new AtomicReference<>(Duration.ZERO);
    private static final String LOG = "epoch 1\nepoch 2\n";

    @LocalServerPort private int port;

    private final LocalApi api = new LocalApi(() -> port);

    @TestConfiguration(proxyBeanMethods = false)
    static class Moved {

        @Bean
        @Primary
        Clock movedClock() {
            InstantSource moved = () -> InstantSource.system().instant().plus(AHEAD.get());
            return moved.withZone(ZoneOffset.UTC);
        }
    }

    @AfterEach
    void closeClient() {
        api.close();
        AHEAD.set(Duration.ZERO);
    }

    /// Beans of several types are the recorder.
    @Test
    void theRecordersMetricsAreRegisteredOnce(@Autowired List<MeterBinder> binders) {
        assertThat(binders)
                .doesNotHaveDuplicates()
                .filteredOn(HistoryRecording.class::isInstance)
                .hasSize(1);
    }

    @Test
    void aJobAndItsLogStayKnownForTheirTime() throws Exception {
        String uid = submitted("printf 'epoch 1\\\\nepoch 2\\\\n'; exit 3");
        assertThat(api.get("/jobs/life/logs?follow=true").body()).isEqualTo(LOG);
        awaitState("/history/jobs/" + uid, "/job/state", "FAILED");
        assertThat(api.get("/history/jobs/" + uid + "/logs").body()).isEqualTo(LOG);

        assertThat(api.delete("/jobs/life").statusCode()).isIn(202, 204);
        await().until(() -> api.get("/jobs/life").statusCode() == 404);
        await().until(() -> api.json("/history/jobs/" + uid).has("removedAt"));

        JsonNode gone = api.json("/jobs/life");
        assertThat(gone.path("type").asString()).isEqualTo("/problems/job-gone");
        assertThat(gone.path("uid").asString()).isEqualTo(uid);

        AHEAD.set(Duration.ofDays(1));
        HttpResponse<String> log = api.get("/history/jobs/" + uid + "/logs");
        assertThat(log.body()).isEqualTo(LOG);
        assertThat(log.headers().firstValue("Log-Completeness")).hasValue("COMPLETE");
        JsonNode past = api.json("/history/jobs/" + uid);
        assertThat(past.at("/job/exitCode").asInt()).isEqualTo(3);
        assertThat(past.at("/job/definition/name").asString()).isEqualTo("life");
        assertThat(past.path("changes").valueStream().map(c -> c.at("/job/state").asString()))
                .contains("QUEUED", "FAILED");
        assertThat(api.json("/history/jobs?since=2d&q=LIF").at("/items/0/job/uid").asString())
                .isEqualTo(uid);
        assertThat(api.json("/history/jobs?since=12h").path("items").isEmpty()).isTrue();
        assertThat(api.json("/history/jobs/" + uid + "/receipt").at("/logs/0/sha256").asString())
                .isEqualTo(SamplePast.sha256(log.body().getBytes(StandardCharsets.UTF_8)));

        AHEAD.set(Duration.ofDays(31));
        await().atMost(Duration.ofMinutes(1))
                .until(() -> api.get("/history/jobs/" + uid + "/logs").statusCode() == 410);
        assertThat(api.json("/history/jobs/" + uid).at("/logs/0/completeness").asString())
                .isEqualTo("EXPIRED");
        AHEAD.set(Duration.ofDays(181));
        await().atMost(Duration.ofMinutes(1))
                .until(() -> api.get("/history/jobs/" + uid).statusCode() == 404);
        assertThat(api.json("/jobs/life").path("type").asString()).isEqualTo("/problems/not-found");
    }

    private String submitted(String script) throws Exception {
        HttpResponse<String> created =
                api.post(
                        "/jobs",
                        """
                        {"name": "life", "node": "sandbox", "image": "/images/a.sif",
                         "command": ["/bin/sh", "-c"], "args": ["%s"],
                         "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}
                        """
                                .formatted(script));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        return LocalApi.JSON.readTree(created.body()).path("uid").asString();
    }

    private void awaitState(String path, String member, String value) {
        await().atMost(Duration.ofMinutes(1))
                .until(() -> api.json(path).at(member).asString("").equals(value));
    }
}
