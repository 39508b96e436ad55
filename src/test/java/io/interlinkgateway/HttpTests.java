package io.interlinkgateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The gateway as an HTTP server: its parameters, headers, methods and types.
@SharedGateway
class HttpTests {

    private static final String JOB =
            """
            {"name": "%s", "node": "sandbox", "image": "/images/a.sif",
             "command": ["/bin/sh", "-c"], "args": ["%s"],
             "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}
            """;

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = new JsonMapper();

    @LocalServerPort private int port;

    @ParameterizedTest
    @CsvSource({
        "DELETE, /jobs/NAME?dryRun=All&namespace=other, dryRun, Leave it out.",
        "GET, /jobs?namespace=other, namespace, workspace",
        "GET, /jobs?Workspace=other, Workspace, \"workspace\"",
        "GET, /jobs/NAME/logs?tail=1, tail, \"tailLines\"",
        "GET, /jobs/NAME/logs?previous=true, previous, sinceSeconds",
        "GET, /jobs/NAME/logs?folow=true, folow, \"follow\"",
        "GET, /jobs/NAME?follow=true, follow, workspace",
        "GET, /nodes?limit=1, limit, workspace",
        "GET, /tokens?all, all, workspace",
        "GET, /events?states=RUNNING, states, \"state\""
    })
    void aParameterThatAnEndpointDoesNotTakeIsRefused(
            String method, String path, String parameter, String hint) throws Exception {
        String name = submitted("sleep 600");

        HttpResponse<String> answer = send(method, path.replace("NAME", name), "");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        JsonNode problem = json.readTree(answer.body());
        assertThat(problem.at("/findings/0/field").asString()).isEqualTo(parameter);
        assertThat(problem.at("/detail").asString())
                .isEqualTo("There is no query parameter \"" + parameter + "\" here.");
        assertThat(problem.at("/hint").asString()).contains(hint);
        assertThat(state(name)).isNotEqualTo("CANCELLING");
        send("DELETE", "/jobs/" + name, "");
    }

    @Test
    void nothingIsCreatedWhenAParameterIsUnknown() throws Exception {
        String name = "job-" + UUID.randomUUID();

        HttpResponse<String> answer =
                send("POST", "/jobs?dryRun=All", JOB.formatted(name, "echo a"));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(send("GET", "/jobs/" + name, "").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=1&limit=2", "node=a&node=b", "definitions&definitions=false"})
    void aSingleValueIsGivenOnce(String query) throws Exception {
        HttpResponse<String> answer = send("GET", "/jobs?" + query, "");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("repeated-parameter", "Give it once.");
    }

    @Test
    void aFlagWithoutAValueIsSet() throws Exception {
        String name = submitted("echo one; sleep 1; echo two");

        assertThat(send("GET", "/jobs/" + name + "/logs?follow", "").body())
                .isEqualTo("one\ntwo\n");
        assertThat(
                        send("PUT", "/jobs/" + name + "?replace", JOB.formatted(name, "echo three"))
                                .statusCode())
                .isEqualTo(201);
        assertThat(send("GET", "/jobs?definitions", "").body()).contains("\"definition\":");
        assertThat(send("GET", "/jobs?definitions=maybe", "").body())
                .contains("\\\"maybe\\\" is neither true nor false.", "Write true or false.");
    }

    /// A default value would be taken for the flag without a value.
    @Test
    void noFlagHasADefaultValue(
            @Autowired @Qualifier("requestMappingHandlerMapping")
                    RequestMappingHandlerMapping mapping) {
        assertThat(mapping.getHandlerMethods().values())
                .flatMap(endpoint -> Arrays.asList(endpoint.getMethod().getParameters()))
                .filteredOn(parameter -> parameter.getType() == boolean.class)
                .hasSizeGreaterThanOrEqualTo(5)
                .allMatch(flag -> !flag.getAnnotation(RequestParam.class).required());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0x10",
                "limit=%D9%A1",
                "limit=%231",
                "limit=%2B1",
                "limit=1e1",
                "limit=99999999999"
            })
    void numbersHaveTheDigits0To9(String query) throws Exception {
        HttpResponse<String> answer = send("GET", "/jobs?" + query, "");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .containsAnyOf("the digits 0 to 9", "from -2147483648 to 2147483647.");
    }

    @Test
    void theValuesOfAParameterAreListed() throws Exception {
        HttpResponse<String> answer = send("GET", "/jobs?state=DREAMING", "");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\\\"DREAMING\\\"", "Use one of QUEUED, ", "SUCCEEDED");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/plain, text/event-stream;q=0.1 | text/plain",
                "text/event-stream;q=0, text/plain | text/plain",
                "text/event-stream;q=0, */* | text/plain",
                "text/plain;q=0, */* | text/event-stream",
                "text/*;q=0.2, text/event-stream | text/event-stream",
                "text/event-stream | text/event-stream",
                "*/* | text/plain"
            })
    void aLogComesInTheTypeThatIsWantedMost(String accept, String type) throws Exception {
        String name = submitted("echo one");

        HttpResponse<String> answer =
                send("GET", "/jobs/" + name + "/logs?follow", "", "Accept", accept);

        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith(type);
        assertThat(answer.headers().firstValue("X-Accel-Buffering")).hasValue("no");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/jobs | application/problem+json, application/json | application/json",
                "/jobs | application/json;q=0.5, application/yaml | application/yaml",
                "/jobs | application/json;q=0, */* | application/yaml",
                "/jobs | application/*+json, */*;q=0.1 | application/json",
                "/jobs/NAME/manifest | */* | application/yaml",
                "/jobs/NAME/manifest | application/json | application/json",
                "/jobs/NAME/manifest | application/json, application/yaml;q=0.9 |"
                        + " application/json"
            })
    void aSuccessHasTheTypeThatIsWanted(String path, String accept, String type) throws Exception {
        HttpResponse<String> answer =
                send("GET", path.replace("NAME", submitted("echo a")), "", "Accept", accept);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith(type);
        assertThat(answer.body().startsWith("{")).isEqualTo(type.endsWith("json"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"text/html", "application/problem+json", "application/json;q=0", "*/*;q=0"})
    void nothingIsDoneForAClientThatTakesNoAnswer(String accept) throws Exception {
        String name = "job-" + UUID.randomUUID();

        HttpResponse<String> answer =
                send("POST", "/jobs", JOB.formatted(name, "echo a"), "Accept", accept);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(406);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValue("application/problem+json");
        assertThat(send("GET", "/jobs/" + name, "").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json;charset=utf-16",
                "application/json;Charset=iso-8859-1;q=0.5",
                "application/yaml;charset=utf-32"
            })
    void anotherCharsetIsAnsweredAsUtf8(String accept) throws Exception {
        String name = "job-" + UUID.randomUUID();

        HttpResponse<String> put =
                send("PUT", "/jobs/" + name, JOB.formatted(name, "sleep 600"), "Accept", accept);
        HttpResponse<String> deleted = send("DELETE", "/jobs/" + name, "", "Accept", accept);

        assertThat(put.statusCode()).as(put.body()).isEqualTo(201);
        assertThat(put.body()).contains(name);
        assertThat(deleted.statusCode()).as(deleted.body()).isIn(202, 204);
    }

    @ParameterizedTest
    @CsvSource({"*/*, 200", "text/html;q=0, 200", "garbage, 200", "text/html, 302"})
    void onlyABrowserIsSentToThePages(String accept, int status) throws Exception {
        assertThat(
                        answerTo(
                                "GET / HTTP/1.1",
                                "Host: localhost",
                                "Accept: " + accept,
                                "Connection: close"))
                .startsWith("HTTP/1.1 " + status);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "GET | /jobs/NAME/logs | Accept: application/json |"
                        + " or request text/plain or text/event-stream.",
                "GET | /events | Accept: application/json | or request text/event-stream.",
                "PUT | /mlflow-credentials/x | Content-Type: application/yaml |"
                        + " Send the body as application/json, and",
                "POST | /tokens | Content-Type: application/yaml |"
                        + " Send the body as application/json, and",
                "POST | /jobs/NAME/resubmit | Content-Type: application/yaml |"
                        + " Send the body as application/json, and",
                "POST | /jobs | Content-Type: text/plain |"
                        + " as application/json or application/yaml or",
                "GET | /nope | | See /swagger-ui.html for the addresses.",
                "GET | /jobs/NAME/logs | Last-Event-ID: x | and the header Last-Event-ID.",
                "GET | /jobs?limit=-99999999999 | | from -2147483648 to 2147483647.",
                "GET | /jobs?limit=99999999999999999999 | | from -2147483648 to 2147483647.",
                "GET | /jobs?label=a=1&label=a=2 | | one request for each value.",
                "GET | /jobs?LIMIT=1 | | Use \\\"limit\\\"",
                "GET | /jobs?labelSelector=a | | Use \\\"label\\\""
            })
    void aHintHelpsWhenItIsFollowed(String method, String path, String header, String hint)
            throws Exception {
        String name = submitted("echo a");
        String[] headers = header == null ? new String[0] : header.split(": ");

        HttpResponse<String> answer = send(method, path.replace("NAME", name), "{}", headers);

        assertThat(answer.statusCode()).isBetween(400, 499);
        assertThat(answer.body()).contains(hint);
        if (answer.statusCode() == 415 && !path.equals("/jobs")) {
            assertThat(answer.headers().firstValue("Accept").orElseThrow())
                    .startsWith("application/json")
                    .doesNotContain("yaml");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "PUT | /mlflow-credentials/x | {\"foo\": 1} | There is no field \"foo\".",
                "POST | /tokens | {\"foo\": 1} | There is no field \"foo\".",
                "POST | /jobs | {\"foo\": 1} | There is no field \"foo\".",
                "POST | /jobs | [] | The body must be one JSON object.",
                "POST | /jobs | null | The body must be one JSON object.",
                "POST | /jobs | {} {} | The body must be one JSON object.",
                "POST | /jobs | {\"foo\": | The body is not valid JSON."
            })
    void theDetailDescribesTheErrorInABody(String method, String path, String body, String detail)
            throws Exception {
        HttpResponse<String> answer = send(method, path, body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json.readTree(answer.body()).at("/detail").asString()).isEqualTo(detail);
        assertThat(answer.body().contains("a pod is sent as"))
                .isEqualTo(path.equals("/jobs") && body.equals("{\"foo\": 1}"));
    }

    @Test
    void apiTokensAreRefusedWhereNobodyNeedsThem() throws Exception {
        HttpResponse<String> answer =
                send("POST", "/tokens", "{\"name\": \"a\", \"role\": \"VIEWER\"}");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body())
                .contains("this one does not.", "Send requests without a token.")
                .doesNotContain("role");
    }

    @Test
    void aByteOrderMarkDecidesWhereNoCharsetIsNamed() throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + port + "/api/v1/jobs/preflight"))
                        .header("Content-Type", "application/yaml")
                        .POST(
                                HttpRequest.BodyPublishers.ofByteArray(
                                        "kind: Service".getBytes(StandardCharsets.UTF_16)))
                        .build();

        assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).body())
                .contains("The document is not a pod.");
    }

    @Test
    void yamlLeavesOutWhatJsonLeavesOut() throws Exception {
        HttpResponse<String> answer =
                send("GET", "/jobs/" + submitted("echo a"), "", "Accept", "application/yaml");

        assertThat(answer.body()).contains("name: \"job-").doesNotContain(": null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "gzip, identity"})
    void aCompressedBodyIsRefused(String encoding) throws Exception {
        HttpResponse<String> answer =
                send(
                        "POST",
                        "/jobs/preflight",
                        JOB.formatted("packed", "echo a"),
                        "Content-Encoding",
                        encoding);

        assertThat(answer.statusCode()).isEqualTo(415);
        assertThat(answer.headers().firstValue("Accept-Encoding")).hasValue("identity");
        assertThat(answer.body())
                .contains(
                        "Content-Encoding \\\"" + encoding, "without the header Content-Encoding");
    }

    @ParameterizedTest
    @CsvSource({"identity, gzip, 415", "IDENTITY, Identity, 200"})
    void eachContentEncodingCounts(String one, String other, int status) throws Exception {
        HttpResponse<String> answer =
                send(
                        "POST",
                        "/jobs/preflight",
                        "{\"name\": \"Not A Name\"}",
                        "Content-Encoding",
                        one,
                        "Content-Encoding",
                        other);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /LONG HTTP/1.1 | A: a | 414 | shorter address",
                "GET / HTTP/1.1 | A: LONG | 431 | shorter headers",
                "GET / HTTP/1.1 | Expect: LUCK | 417 | without the header Expect",
                "GET / HTTP/2.0 | A: a | 426 | HTTP/1.1"
            })
    void aRefusalWithoutFindingsNamesNone(String line, String header, int status, String hint)
            throws Exception {
        String longText = "x".repeat(20_000);

        String answer =
                answerTo(
                        line.replace("LONG", longText),
                        "Host: localhost",
                        header.replace("LONG", longText),
                        "Connection: close");

        assertThat(answer).startsWith("HTTP/1.1 " + status);
        assertThat(problemIn(answer).at("/hint").asString())
                .contains(hint)
                .doesNotContain("findings");
    }

    @ParameterizedTest
    @CsvSource({"FOO, 405", "PATCH, 405", "TRACE, 405", "CONNECT, 400"})
    void anUnknownMethodIsCalledThat(String method, int status) throws Exception {
        String answer =
                answerTo(method + " /api/v1/jobs HTTP/1.1", "Host: localhost", "Connection: close");

        assertThat(answer).startsWith("HTTP/1.1 " + status);
        assertThat(problemIn(answer).at("/status").asInt()).isEqualTo(status);
        if (status == 405) {
            assertThat(answer)
                    .containsPattern("(?i)\r\nAllow: [A-Z, ]*GET")
                    .containsPattern("(?i)\r\nAllow: [A-Z, ]*HEAD")
                    .containsPattern("(?i)\r\nAllow: [A-Z, ]*OPTIONS");
            assertThat(problemIn(answer).at("/detail").asString()).contains(method);
        }
    }

    @Test
    void aRefusalOfCorsIsAProblem() throws Exception {
        String answer =
                answerTo(
                        "GET /api/v1/jobs HTTP/1.1",
                        "Host: localhost",
                        "Origin: http://localhost:3000",
                        "Connection: close");

        assertThat(answer)
                .startsWith("HTTP/1.1 403")
                .containsIgnoringCase("content-type: application/problem+json");
        assertThat(problemIn(answer).at("/detail").asString())
                .isEqualTo(
                        "Pages of the origin \"http://localhost:3000\" may not send this request"
                                + " to the gateway.");
        assertThat(problemIn(answer).at("/hint").asString()).contains("allowed-origins");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /api/v1/jobs HTTP/3.0",
                "GET /api/v1/jobs HTTP/1.9",
                "GET /api/v1/jobs",
                "GET /api/v1/jobs HTTX/1.1",
                "DELETE /api/v1/jobs/a HTTP/1.9",
                "DELETE /api/v1/jobs/%1C HTTP/1.1"
            })
    void whatTheServerRefusesIsAProblemAndTheClientsFault(String line) throws Exception {
        String answer = answerTo(line, "Host: localhost", "Connection: close");

        assertThat(answer).startsWith("HTTP/1.1 400");
        JsonNode problem = problemIn(answer);
        assertThat(problem.at("/type").asString()).isEqualTo("/problems/malformed-request");
        assertThat(problem.at("/hint").asString()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/jobs/no-such", "/mlflow-credentials/no-such", "/tokens/no-such"})
    void toDeleteWhatIsNotThereSucceeds(String path) throws Exception {
        assertThat(send("DELETE", path, "").statusCode()).isEqualTo(204);
    }

    @Test
    void anEmptyLastEventIdIsNone() throws Exception {
        String name = submitted("echo one");

        HttpResponse<String> answer =
                send(
                        "GET",
                        "/jobs/" + name + "/logs?follow",
                        "",
                        "Accept",
                        "text/event-stream",
                        "Last-Event-ID",
                        "");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"text\":\"one\"");
    }

    @Test
    void aPollerReceivesNoBodyWhileNothingChanges() throws Exception {
        String name = submitted("echo one");
        await().until(() -> state(name).equals("SUCCEEDED"));
        HttpResponse<String> first = send("GET", "/jobs/" + name, "");
        String tag = first.headers().firstValue("ETag").orElseThrow();

        HttpResponse<String> again = send("GET", "/jobs/" + name, "", "If-None-Match", tag);

        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(
                        send("PUT", "/jobs/" + name + "?replace", JOB.formatted(name, "echo 2"))
                                .headers()
                                .firstValue("ETag"))
                .isPresent();
        assertThat(send("GET", "/jobs/" + name, "", "If-None-Match", tag).statusCode())
                .isEqualTo(200);
    }

    @Test
    void noJobIsEndedThatWasReplacedMeanwhile() throws Exception {
        String name = submitted("sleep 600");
        String before = tagOf(name);
        assertThat(
                        send("PUT", "/jobs/" + name + "?replace", JOB.formatted(name, "sleep 601"))
                                .statusCode())
                .isEqualTo(201);
        String now = tagOf(name);

        HttpResponse<String> late = send("DELETE", "/jobs/" + name, "", "If-Match", before);

        assertThat(late.statusCode()).isEqualTo(412);
        assertThat(late.body()).contains("/problems/other-job", "new ETag");
        assertThat(replace(name, before, "sleep 602").statusCode()).isEqualTo(412);
        assertThat(state(name)).isNotEqualTo("CANCELLING");
        assertThat(replace(name, before + ", " + now, "sleep 603").statusCode()).isEqualTo(201);
        assertThat(send("DELETE", "/jobs/" + name, "", "If-Match", tagOf(name)).statusCode())
                .isIn(202, 204);
        await().until(() -> send("GET", "/jobs/" + name, "").statusCode() == 404);
        assertThat(send("DELETE", "/jobs/" + name, "", "If-Match", now).statusCode())
                .isEqualTo(412);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DELETE | x",
                "DELETE | ''",
                "DELETE | ' '",
                "DELETE | \"a\", ",
                "PUT | ''",
                "PUT | *",
                "PUT | \"some-uid.1\""
            })
    void aConditionThatMeansNoJobIsRefused(String method, String tag) throws Exception {
        String name = submitted("sleep 600");

        HttpResponse<String> answer =
                send(method, "/jobs/" + name, JOB.formatted(name, "echo a"), "If-Match", tag);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains("leave If-Match out");
        assertThat(state(name)).isNotEqualTo("CANCELLING");
        send("DELETE", "/jobs/" + name, "");
    }

    @Test
    void anyJobIsMeantByAStar() throws Exception {
        String name = submitted("sleep 600");

        assertThat(send("GET", "/jobs/" + name, "", "If-None-Match", "*").statusCode())
                .isEqualTo(304);
        assertThat(replace(name, "*", "sleep 601").statusCode()).isEqualTo(201);
        assertThat(send("DELETE", "/jobs/" + name, "", "If-Match", "*").statusCode())
                .isIn(202, 204);
        await().until(() -> send("GET", "/jobs/" + name, "").statusCode() == 404);
        assertThat(send("GET", "/jobs/" + name, "", "If-None-Match", "*").statusCode())
                .isEqualTo(404);
        assertThat(send("DELETE", "/jobs/" + name, "", "If-Match", "*").statusCode())
                .isEqualTo(412);
        assertThat(replace(name, "*", "sleep 602").statusCode()).isEqualTo(412);
        assertThat(send("GET", "/jobs/" + name, "").statusCode()).isEqualTo(404);
    }

    @Test
    void noJobIsReplacedThatMustNotBeThere() throws Exception {
        String name = submitted("sleep 600");
        String before = tagOf(name);

        HttpResponse<String> answer =
                send(
                        "PUT",
                        "/jobs/" + name + "?replace",
                        JOB.formatted(name, "sleep 601"),
                        "If-None-Match",
                        "*");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("Leave replace=true out");
        assertThat(send("DELETE", "/jobs/" + name, "", "If-Match", before).statusCode())
                .isIn(202, 204);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/events",
                "/jobs/NAME/events",
                "/jobs/NAME/logs?follow=true",
                "/jobs/NAME/logs"
            })
    void theHeadersOfAStreamEnd(String path) throws Exception {
        String name = submitted("sleep 600");

        String answer =
                answerTo(
                        "HEAD /api/v1" + path.replace("NAME", name) + " HTTP/1.1",
                        "Host: localhost",
                        "Accept: text/event-stream",
                        "Connection: close");

        assertThat(answer)
                .startsWith("HTTP/1.1 200")
                .containsPattern("(?i)content-type: text/event-stream")
                .endsWith("\r\n\r\n");
        send("DELETE", "/jobs/" + name, "");
    }

    private HttpResponse<String> replace(String name, String tag, String script) throws Exception {
        return send(
                "PUT", "/jobs/" + name + "?replace", JOB.formatted(name, script), "If-Match", tag);
    }

    private String tagOf(String name) throws Exception {
        return send("GET", "/jobs/" + name, "").headers().firstValue("ETag").orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"slurm\": {\"nodes\": 99999999999}} | slurm.nodes |"
                        + " a whole number of 32 bits",
                "{\"slurm\": [\"a\"]} | slurm | a map of its fields",
                "{\"image\": 1} | image | a text or a map of its fields",
                "{\"command\": [[\"a\"]]} | command[0] | a text",
                "{\"args\": [\"a\", [[\"b\"]]]} | args[1] | a text",
                "{\"singularity\": {\"mounts\": [[\"/a:/b\"]]}} | singularity.mounts[0] | a text",
                "{\"env\": [\"a\"]} | env | a map",
                "{\"args\": {\"a\": 1}} | args | a list",
                "{\"preExec\": [\"a\"]} | preExec | a text"
            })
    void theExpectedShapeIsReported(String body, String field, String shape) throws Exception {
        HttpResponse<String> answer = send("POST", "/jobs/preflight", body);

        assertThat(answer.statusCode()).isEqualTo(422);
        JsonNode finding = json.readTree(answer.body()).at("/findings/0");
        assertThat(finding.at("/field").asString()).isEqualTo(field);
        assertThat(finding.at("/message").asString()).isEqualTo(field + " must be " + shape + ".");
    }

    @Test
    void errorsInShapeAndContentAreReportedTogether() throws Exception {
        HttpResponse<String> answer =
                send(
                        "POST",
                        "/jobs",
                        """
                        {"name": "Not A Name", "node": "", "slurm": {"nodes": 0, "timeLimit": "x"},
                         "mlflow": {"credential": "UPPER"}}
                        """);

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(json.readTree(answer.body()).at("/findings"))
                .map(finding -> finding.at("/field").asString())
                .contains(
                        "name",
                        "node",
                        "image",
                        "slurm.nodes",
                        "slurm.timeLimit",
                        "mlflow.credential",
                        "mlflow.trackingUri");
    }

    @Test
    void theRolesOfATokenAreListed() throws Exception {
        HttpResponse<String> answer =
                send("POST", "/tokens", "{\"name\": \"a\", \"role\": \"KING\"}");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("VIEWER, SUBMITTER, ADMIN");
    }

    private String state(String name) throws Exception {
        return json.readTree(send("GET", "/jobs/" + name, "").body()).at("/state").asString();
    }

    private String submitted(String script) throws Exception {
        String name = "job-" + UUID.randomUUID();
        HttpResponse<String> answer = send("POST", "/jobs", JOB.formatted(name, script));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return name;
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1" + path))
                        .timeout(Duration.ofSeconds(60))
                        .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!Arrays.asList(headers).contains("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        return http.send(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /// The answer to a request as it is written, and its connection's end.
    private String answerTo(String... head) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(
                            (String.join("\r\n", head) + "\r\n\r\n")
                                    .getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private JsonNode problemIn(String answer) {
        return json.readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4));
    }
}
