package io.interlinkgateway.slurm;

import static io.interlinkgateway.slurm.FakeSlurmrestd.answering;
import static io.interlinkgateway.slurm.FakeSlurmrestd.jobs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.telemetry.MonitoringFiles;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole gateway with a node that has a slurmrestd.
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class OrphanEndpointTests {

    private static final String ONE = "11111111-1f0e-4f57-9d7c-2f6d0a5f8b11";
    private static final String TWO = "22222222-1f0e-4f57-9d7c-2f6d0a5f8b11";
    private static final FakeSlurmrestd FAKE = new FakeSlurmrestd();
    private static final FakeSlurmrestd LOCKED = new FakeSlurmrestd();

    private final HttpClient http = HttpClient.newHttpClient();

    @LocalServerPort private int port;
    private final SlurmrestdHealthIndicator health;
    private final MeterRegistry meters;
    private final PolledHpcs hpcs;

    OrphanEndpointTests(
            @Autowired SlurmrestdHealthIndicator health,
            @Autowired MeterRegistry meters,
            @Autowired PolledHpcs hpcs) {
        this.health = health;
        this.meters = meters;
        this.hpcs = hpcs;
    }

    @DynamicPropertySource
    static void nodes(DynamicPropertyRegistry registry) {
        for (FakeSlurmrestd fake : new FakeSlurmrestd[] {FAKE, LOCKED}) {
            String node =
                    "gateway.nodes."
                            + (fake == FAKE ? "vega-new-vk" : "locked-vk")
                            + ".slurmrestd.";
            registry.add(node + "address", fake::address);
            registry.add(node + "api-version", () -> "v0.0.38");
            registry.add(node + "period", () -> "1s");
            registry.add(node + "cancel-orphans", () -> fake == FAKE);
            fake.onJobs("v0.0.38", answering(200, jobs(ONE + " 5 RUNNING", TWO + " 6 COMPLETED")));
        }
    }

    @AfterAll
    static void stop() {
        FAKE.close();
        LOCKED.close();
    }

    private HttpResponse<String> send(String method, String path) {
        try {
            return http.send(
                    HttpRequest.newBuilder(
                                    URI.create("http://localhost:" + port + "/api/v1" + path))
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    private JsonNode orphans(String node, String workspace) {
        await().until(() -> hpcs.all().stream().allMatch(hpc -> hpc.answered() > 0));
        HttpResponse<String> response =
                send("GET", "/nodes/" + node + "/orphans?workspace=" + workspace);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body()).path("items");
    }

    /// The other metrics: JobsOnSlurmIT.
    @Test
    void theMetricsOfAlertsAndDashboardAreExposed() throws Exception {
        Map<String, Set<String>> used = MonitoringFiles.used();
        used.keySet().removeIf(metric -> !metric.startsWith("gateway_slurmrestd_"));
        assertThat(used).isNotEmpty();

        String exposed =
                http.send(
                                HttpRequest.newBuilder(
                                                URI.create(
                                                        "http://localhost:"
                                                                + port
                                                                + "/actuator/prometheus"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body();

        MonitoringFiles.requireExposed(used, exposed);
    }

    @Test
    void orphansAreListedAndCancelled() {
        JsonNode found = orphans("vega-new-vk", "team");

        assertThat(found).hasSize(1);
        assertThat(found.path(0).path("id").asString()).isEqualTo("5");
        assertThat(found.path(0).path("uid").asString()).isEqualTo(ONE);
        assertThat(found.path(0).path("state").asString()).isEqualTo("RUNNING");
        assertThat(orphans("vega-new-vk", "other")).isEmpty();

        FAKE.on(
                "DELETE /slurm/v0.0.38/job/5",
                exchange -> {
                    FAKE.onJobs("v0.0.38", answering(200, jobs(ONE + " 5 CANCELLED")));
                    answering(200, "{\"errors\": []}").handle(exchange);
                });
        String orphan = "/nodes/vega-new-vk/orphans/";
        assertThat(send("DELETE", orphan + "6?workspace=team").statusCode()).isEqualTo(404);
        assertThat(send("DELETE", orphan + "5?workspace=other").statusCode()).isEqualTo(404);
        assertThat(send("DELETE", orphan + "5?workspace=team").statusCode()).isEqualTo(202);
        await().until(() -> orphans("vega-new-vk", "team").isEmpty());
        assertThat(FAKE.requests).filteredOn(one -> one.startsWith("DELETE")).hasSize(1);
    }

    @Test
    void cancellingIsOffUnlessItIsSwitchedOn() {
        assertThat(orphans("locked-vk", "team")).hasSize(1);

        HttpResponse<String> refused = send("DELETE", "/nodes/locked-vk/orphans/5?workspace=team");

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("/problems/refused", "locked-vk");
        assertThat(LOCKED.requests).allMatch(request -> request.startsWith("GET "));
    }

    @Test
    void aNodeWithoutSlurmrestdHasNone() {
        HttpResponse<String> answer = send("GET", "/nodes/sandbox/orphans");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("No slurmrestd is configured");
    }

    @Test
    void healthAndMetricsShowWhatFails() {
        await().until(() -> health.health().getStatus().equals(Status.UP));
        assertThat(meters.get("gateway.slurmrestd.age").tag("node", "locked-vk").gauge().value())
                .isBetween(0.0, 60.0);
        assertThat(
                        meters.get("gateway.slurmrestd.requests")
                                .tag("node", "locked-vk")
                                .tag("outcome", "answered")
                                .functionCounter()
                                .count())
                .isPositive();
        assertThat(meters.get("gateway.slurmrestd.jobs").tag("node", "locked-vk").gauge().value())
                .isEqualTo(2);

        LOCKED.onJobs("v0.0.38", answering(503, "maintenance"));

        await().until(() -> health.health().getStatus().equals(new Status("DEGRADED")));
        Health failing = health.health();
        assertThat(failing.getDetails().get("locked-vk"))
                .asString()
                .contains("It responded with 503: maintenance");
        assertThat(
                        meters.get("gateway.slurmrestd.requests")
                                .tag("node", "locked-vk")
                                .tag("outcome", "failed")
                                .functionCounter()
                                .count())
                .isPositive();
        LOCKED.onJobs("v0.0.38", answering(200, jobs(ONE + " 5 RUNNING", TWO + " 6 COMPLETED")));
        await().until(() -> health.health().getStatus().equals(Status.UP));
    }
}
