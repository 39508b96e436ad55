package io.interlinkgateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/// Logs as a client of the sandbox gets them.
@SharedGateway
class LogEndpointTests {

    private final HttpClient http = HttpClient.newHttpClient();

    @LocalServerPort private int port;

    @Test
    void aLogIsFollowedAsEventsToTheEndAndNoFurther() throws Exception {
        String job = submitted("echo one; sleep 1; printf two");

        HttpResponse<String> events = get(job, "?follow=true", "Accept", "text/event-stream");

        assertThat(events.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        List<String> lines = events.body().lines().toList();
        assertThat(events.body())
                .containsSubsequence(
                        "event: log\nid: ",
                        "data: {\"text\":\"one\"",
                        "data: {\"text\":\"two\",\"partial\":true",
                        "event: end\n",
                        "\"state\":\"SUCCEEDED\"");
        List<String> ids = lines.stream().filter(line -> line.startsWith("id: ")).toList();
        String first = ids.getFirst().substring(4);
        String last = ids.getLast().substring(4);
        assertThat(get(job, "", "Last-Event-ID", first).body()).isEqualTo("two");
        assertThat(
                        get(
                                        job,
                                        "?follow=true",
                                        "Accept",
                                        "text/event-stream",
                                        "Last-Event-ID",
                                        last)
                                .statusCode())
                .isEqualTo(204);
    }

    @Test
    void anIdOfAnotherJobIsRefused() throws Exception {
        String job = submitted("echo one");

        HttpResponse<String> answer =
                get(job, "", "Accept", "text/event-stream", "Last-Event-ID", "other/main/o3");

        assertThat(answer.statusCode()).isEqualTo(410);
        assertThat(answer.body()).contains("/problems/cursor-expired");
    }

    @Test
    void timesThatNobodyKnowsAreRefused() throws Exception {
        String job = submitted("echo one");

        HttpResponse<String> answer = get(job, "?timestamps=true");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("timestamps-known", "text/event-stream");
    }

    @Test
    void theLastSecondsOfAYoungJobAreAllOfIt() throws Exception {
        String job = submitted("echo one");

        assertThat(get(job, "?follow=true&sinceSeconds=3600").body()).isEqualTo("one\n");
    }

    @Test
    void numbersOutOfRangeAreTheCallersMistake() throws Exception {
        String job = submitted("echo one");

        assertThat(get(job, "?tailLines=-1").statusCode()).isEqualTo(400);
        assertThat(get(job, "?tailLines=100001").statusCode()).isEqualTo(400);
        assertThat(get(job, "?sinceSeconds=-1").statusCode()).isEqualTo(400);
        assertThat(get(job, "?sinceSeconds=" + Long.MAX_VALUE).statusCode()).isEqualTo(400);
        assertThat(get(job, "?container=UPPER").statusCode()).isEqualTo(400);
    }

    @Test
    void thePluginsLinesAreGivenOnRequest() throws Exception {
        String job = submitted("echo one");
        assertThat(get(job, "?follow=true").body()).isEqualTo("one\n");

        assertThat(get(job, "?raw=true").body()).startsWith("This pod " + job).endsWith("one\n");
    }

    private String submitted(String script) throws Exception {
        String name = "log-" + UUID.randomUUID();
        String body =
                """
                {"name": "%s", "node": "sandbox", "image": "/images/a.sif",
                 "command": ["/bin/sh", "-c"], "args": ["%s"],
                 "resources": {"limits": {"cpu": "1", "memory": "1Gi"}}}
                """
                        .formatted(name, script);
        HttpResponse<String> answer =
                http.send(
                        HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:" + port + "/api/v1/jobs"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return name;
    }

    private HttpResponse<String> get(String job, String query, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(
                        URI.create(
                                "http://127.0.0.1:"
                                        + port
                                        + "/api/v1/jobs/"
                                        + job
                                        + "/logs"
                                        + query));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
