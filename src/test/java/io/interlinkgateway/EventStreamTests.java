package io.interlinkgateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Changes of jobs as a client of the complete gateway receives them.
@SharedGateway
class EventStreamTests {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String JOB =
            """
            {"name": "train", "node": "sandbox", "image": "/images/busybox.sif",
             "command": ["/bin/sh", "-c"], "args": ["exit 3"], "labels": {"team": "x"},
             "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}
            """;

    private final String workspace = "w-" + UUID.randomUUID();
    private final HttpClient http = HttpClient.newHttpClient();

    @LocalServerPort private int port;

    @AfterEach
    void stop() {
        // Unlike close, this does not wait for the streams of a test that failed.
        http.shutdownNow();
    }

    @Test
    void theStatesOfAJobAreSentInOrderWithTheirEvidence() throws Exception {
        try (Stream stream = follow("/api/v1/events", "label=team%3Dx", Optional.empty())) {
            submit();

            List<Map<String, String>> events = stream.until("FAILED");

            assertThat(events).allSatisfy(event -> assertThat(event).containsKeys("id", "data"));
            JsonNode last = JSON.readTree(events.getLast().get("data"));
            assertThat(last.path("name").asString("")).isEqualTo("train");
            assertThat(last.path("exitCode").asInt(0)).isEqualTo(3);
            assertThat(last.at("/evidence/source").asString("")).isEqualTo("JOB_RECORD");
            assertThat(last.has("definition")).isFalse();
        }
    }

    @Test
    void theStreamOfOneJobStartsWithItsStateAndSendsItsDeletion() throws Exception {
        submit();
        try (Stream stream = follow("/api/v1/jobs/train/events", "", Optional.empty())) {
            assertThat(stream.next()).containsEntry("event", "state");
            send("DELETE", "/api/v1/jobs/train?workspace=" + workspace, "");

            JsonNode deleted = JSON.readTree(stream.nextOf("deleted").get("data"));
            assertThat(deleted.path("name").asString("")).isEqualTo("train");
            assertThat(deleted.at("/cancellation/stage").asString("")).isEqualTo("CONFIRMED");
        }
    }

    @Test
    void aMarkBeforeTheEndOfTheTimeLimitIsSent() throws Exception {
        String id;
        try (Stream stream = follow("/api/v1/events", "", Optional.empty())) {
            id = stream.line("id: ");
            submit(
                    JOB.replace("exit 3", "sleep 30")
                            .replace(
                                    "\"image\"",
                                    "\"slurm\": {\"timeLimit\": \"PT1M\"}, \"image\""));

            JsonNode data = JSON.readTree(stream.nextOf("walltime").get("data"));
            assertThat(data.at("/mark").asString("")).isEqualTo("PT59S");
            assertThat(data.at("/job/name").asString("")).isEqualTo("train");
            assertThat(data.at("/job/state").asString("")).isEqualTo("RUNNING");
            assertThat(data.at("/job/walltime/endsAt").asString("")).isNotEmpty();
        }
        try (Stream stream = follow("/api/v1/events", "", Optional.of(id))) {
            assertThat(stream.nextOf("walltime")).containsKeys("id", "data");
        }
    }

    @Test
    void aStreamContinuesAfterLastEventId() throws Exception {
        String id;
        try (Stream stream = follow("/api/v1/events", "", Optional.empty())) {
            id = stream.line("id: ");
        }
        submit();

        try (Stream stream = follow("/api/v1/events", "", Optional.of(id))) {
            assertThat(stream.until("FAILED")).isNotEmpty();
        }
    }

    @Test
    void anIdOfAnotherProcessLeadsToAResetInTheSandbox() throws Exception {
        try (Stream stream = follow("/api/v1/events", "", Optional.of("12345"))) {
            assertThat(stream.next()).containsEntry("event", "reset");
        }
    }

    @Test
    void aQuietStreamHasHeartbeatsWithIds() throws Exception {
        try (Stream stream = follow("/api/v1/events", "", Optional.empty())) {
            assertThat(stream.line("id: ")).isNotEmpty();
            assertThat(stream.line("id: ")).isNotEmpty();
        }
    }

    @Test
    void aJobThatDoesNotExistIsNotFound() throws Exception {
        HttpResponse<String> answer =
                send("GET", "/api/v1/jobs/nothing/events?workspace=" + workspace, "");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("/problems/not-found");
    }

    /// The threads of the request and of the stream must not write headers at the same time: when they did, 1.6 % of
    /// 54,500 responses were damaged.
    @Test
    void theHeadersOfEachStreamAreComplete() throws Exception {
        Set<Map<String, List<String>>> heads = new HashSet<>();
        for (int stream = 0; stream < 300; stream++) {
            HttpResponse<InputStream> answer =
                    http.send(
                            HttpRequest.newBuilder(address("/api/v1/events?workspace=" + workspace))
                                    .build(),
                            HttpResponse.BodyHandlers.ofInputStream());
            answer.body().close();
            Map<String, List<String>> head = new TreeMap<>(answer.headers().map());
            head.remove("date");
            heads.add(head);
        }

        assertThat(heads)
                .singleElement()
                .satisfies(head ->
                        assertThat(head)
                                .containsEntry("x-content-type-options", List.of("nosniff"))
                                .containsEntry("cache-control", List.of("no-store"))
                                .containsKey("content-type"));
    }

    @Test
    void anUnknownStateIsRefused() throws Exception {
        HttpResponse<String> answer =
                send("GET", "/api/v1/events?state=DONE&workspace=" + workspace, "");

        assertThat(answer.statusCode()).isEqualTo(400);
    }

    @Test
    void openStreamsEndWithoutErrorWhenTheGatewayStops() throws Exception {
        try (ConfigurableApplicationContext gateway =
                SpringApplication.run(GatewayApplication.class, "--server.port=0")) {
            port = portOf(gateway);
            try (Stream stream = follow("/api/v1/events", "", Optional.empty())) {
                stream.line("id: ");
                SpringApplication.exit(gateway);

                assertThat(stream.rest()).as("whole, not cut").doesNotContain("event: ");
            }
        }
    }

    private static int portOf(ConfigurableApplicationContext gateway) {
        return Objects.requireNonNull(((WebServerApplicationContext) gateway).getWebServer())
                .getPort();
    }

    /// A stream of events.
    private record Stream(BufferedReader reader) implements AutoCloseable {

        /// Returns the fields of the next event that is not a heartbeat.
        Map<String, String> next() throws IOException {
            Map<String, String> fields = new LinkedHashMap<>();
            while (true) {
                String line = reader.readLine();
                assertThat(line).as("more of the stream").isNotNull();
                if (!line.isEmpty()) {
                    int colon = line.indexOf(": ");
                    fields.put(line.substring(0, colon), line.substring(colon + 2));
                } else if (fields.containsKey("data")) {
                    return fields;
                } else {
                    fields.clear();
                }
            }
        }

        Map<String, String> nextOf(String type) throws IOException {
            Map<String, String> event = next();
            while (!type.equals(event.get("event"))) {
                event = next();
            }
            return event;
        }

        List<Map<String, String>> until(String state) throws IOException {
            List<Map<String, String>> events = new ArrayList<>();
            do {
                events.add(next());
            } while (!JSON.readTree(events.getLast().get("data"))
                    .path("state")
                    .asString("")
                    .equals(state));
            return events;
        }

        String line(String start) throws IOException {
            String line = reader.readLine();
            while (!line.startsWith(start)) {
                line = reader.readLine();
            }
            return line.substring(start.length());
        }

        String rest() throws IOException {
            StringBuilder rest = new StringBuilder();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                rest.append(line).append('\n');
            }
            return rest.toString();
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }

    private Stream follow(String path, String query, Optional<String> lastEventId)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address(path + "?workspace=" + workspace + "&" + query))
                        .header("Accept", "text/event-stream");
        lastEventId.ifPresent(id -> request.header("Last-Event-ID", id));
        HttpResponse<InputStream> answer =
                http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
        return new Stream(
                new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8)));
    }

    private void submit() throws Exception {
        submit(JOB);
    }

    private void submit(String job) throws Exception {
        HttpResponse<String> answer = send("POST", "/api/v1/jobs?workspace=" + workspace, job);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(address(path))
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private URI address(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
