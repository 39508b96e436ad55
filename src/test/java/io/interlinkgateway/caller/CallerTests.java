package io.interlinkgateway.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The gateway that asks who calls, as a client sees it.
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "gateway.security.mode=authenticated",
            "gateway.security.allowed-origins=https://portal.example.org",
            "gateway.caller.max-concurrent-requests=3",
            "gateway.tokens.max-per-owner=5",
            "management.endpoint.health.show-details=when-authorized"
        })
@ExtendWith(OutputCaptureExtension.class)
class CallerTests {

    private static final LocalIssuer ISSUER = new LocalIssuer();
    private static final LocalIssuer SILENT = new LocalIssuer();
    private static final JsonMapper JSON = new JsonMapper();
    private static final String JOB =
            """
            {"name": "%s", "node": "sandbox", "image": "/images/a.sif", "command": ["sleep", "600"],
             "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}
            """;

    @DynamicPropertySource
    static void issuers(DynamicPropertyRegistry registry) {
        registry.add("gateway.security.issuers[0].uri", ISSUER::uri);
        registry.add("gateway.security.issuers[0].audiences", () -> LocalIssuer.AUDIENCE);
        registry.add("gateway.security.issuers[0].rules[0].claim", () -> "groups");
        registry.add("gateway.security.issuers[0].rules[0].pattern", () -> "(.+)");
        registry.add("gateway.security.issuers[0].rules[0].workspace", () -> "vo-$1");
        registry.add("gateway.security.issuers[1].uri", SILENT::uri);
        registry.add("gateway.security.issuers[1].any-audience", () -> "true");
        SILENT.goDown();
    }

    @AfterAll
    static void close() {
        ISSUER.close();
        SILENT.close();
    }

    private final HttpClient http = HttpClient.newHttpClient();

    @LocalServerPort private int port;

    private HttpRequest.Builder request(String path, String token) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    private HttpResponse<String> get(String path, String token)
            throws IOException, InterruptedException {
        return http.send(request(path, token).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> send(String method, String path, String token, String body)
            throws IOException, InterruptedException {
        return http.send(
                request(path, token)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/actuator/health",
                "/actuator/health/liveness",
                "/actuator/health/readiness",
                "/v3/api-docs",
                "/swagger-ui/index.html",
                "/swagger-ui/oauth2-redirect.html",
                "/problems",
                "/problems/unauthenticated"
            })
    void whatHelpsToGetInIsOpen(String path) throws Exception {
        assertThat(get(path, "").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/actuator/prometheus",
                "/actuator/info",
                "/actuator",
                "/actuator/health/nodes",
                "/api/v1/jobs",
                "/api/v1/no-such-thing",
                "/error",
                "/v3",
                "/api/v1/jobs/..%2f..%2f..%2factuator"
            })
    void theRestIsNot(String path) throws Exception {
        assertThat(get(path, "").statusCode()).isIn(400, 401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/prometheus", "/actuator/info", "/api/v1/nodes"})
    void callersGetIn(String path) throws Exception {
        assertThat(get(path, ISSUER.token("ada", "a")).statusCode()).isEqualTo(200);
    }

    @Test
    void healthHasItsDetailsForCallersOnly() throws Exception {
        assertThat(get("/actuator/health", "").body()).doesNotContain("components");
        assertThat(get("/actuator/health", ISSUER.token("ada", "a")).body())
                .contains("\"mode\":\"authenticated\"");
    }

    @Test
    void anUnauthenticatedCallerReceivesTheWayToAuthenticate() throws Exception {
        HttpResponse<String> missing = get("/api/v1/jobs", "");
        HttpResponse<String> expired = get("/api/v1/jobs", ISSUER.expired("ada", "a"));

        assertThat(missing.statusCode()).isEqualTo(401);
        assertThat(missing.headers().firstValue("Content-Type"))
                .contains("application/problem+json");
        assertThat(missing.body()).contains("/problems/unauthenticated");
        assertThat(missing.headers().firstValue("WWW-Authenticate").orElseThrow())
                .startsWith("Bearer")
                .contains("resource_metadata=")
                .doesNotContain("error=");
        assertThat(expired.headers().firstValue("WWW-Authenticate").orElseThrow())
                .contains("error=\"invalid_token\"");
    }

    @Test
    void theIssuersAreInTheMetadataAndTheApiDescription() throws Exception {
        assertThat(get("/.well-known/oauth-protected-resource", "").body()).contains(ISSUER.uri());
        JsonNode schemes =
                JSON.readTree(get("/v3/api-docs", "").body()).at("/components/securitySchemes");
        assertThat(schemes.at("/bearer/scheme").asString()).isEqualTo("bearer");
        JsonNode code = scheme(schemes, ISSUER).at("/flows/authorizationCode");
        assertThat(code.path("authorizationUrl").asString()).isEqualTo(ISSUER.uri() + "/auth");
        assertThat(code.path("tokenUrl").asString()).isEqualTo(ISSUER.uri() + "/token");
        assertThat(code.at("/scopes").propertyNames()).containsExactly("openid");
        assertThat(scheme(schemes, SILENT).path("type").asString()).isEqualTo("openIdConnect");
    }

    private static JsonNode scheme(JsonNode schemes, LocalIssuer issuer) {
        return schemes.path(issuer.uri().replace("http://", "").replace(':', '-'));
    }

    @Test
    void aSilentIssuersTokenIsNeitherGoodNorBad() throws Exception {
        HttpResponse<String> answer = get("/api/v1/jobs", SILENT.token("ada", "a"));

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).contains("/problems/issuer-unavailable");
    }

    @Test
    void aCallerWithoutAWorkspaceReceivesItsIdentity() throws Exception {
        HttpResponse<String> answer = get("/api/v1/jobs", ISSUER.token("ada"));

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("/problems/insufficient-role", ISSUER.uri() + "#ada");
    }

    @Test
    void theExampleOfATokenMakesOne() throws Exception {
        JsonNode example =
                JSON.readTree(get("/v3/api-docs", "").body())
                        .at("/components/schemas/NewApiToken/example");

        assertThat(
                        send("POST", "/api/v1/tokens", ISSUER.token("ada", "a"), example.toString())
                                .statusCode())
                .isEqualTo(201);
    }

    @Test
    void requestsThatNameNoWorkspaceGoToTheCallersOwn() throws Exception {
        String token = ISSUER.token("ada", "first", "second");

        assertThat(get("/api/v1/workspaces", token).body())
                .isEqualTo(
                        "{\"items\":[{\"name\":\"vo-first\",\"role\":\"SUBMITTER\"},"
                                + "{\"name\":\"vo-second\",\"role\":\"SUBMITTER\"}]}");
        assertThat(send("PUT", "/api/v1/jobs/own", token, JOB.formatted("own")).body())
                .contains("\"workspace\":\"vo-first\"");
        assertThat(send("DELETE", "/api/v1/jobs/own", token, "").statusCode()).isIn(202, 204);
    }

    @Test
    void anApiTokenWorksUntilItIsDeleted() throws Exception {
        String ada = ISSUER.token("ada-with-token", "a", "b");
        HttpResponse<String> made =
                send(
                        "POST",
                        "/api/v1/tokens",
                        ada,
                        "{\"name\": \"ci\", \"role\": \"VIEWER\", \"workspaces\": [\"vo-b\"]}");
        assertThat(made.statusCode()).isEqualTo(201);
        String token = JSON.readTree(made.body()).path("token").asString();

        assertThat(get("/api/v1/workspaces", token).body())
                .isEqualTo("{\"items\":[{\"name\":\"vo-b\",\"role\":\"VIEWER\"}]}");
        assertThat(get("/api/v1/jobs?workspace=vo-a", token).statusCode()).isEqualTo(404);
        assertThat(
                        send(
                                        "POST",
                                        "/api/v1/tokens",
                                        token,
                                        "{\"name\": \"x\", \"role\": \"VIEWER\"}")
                                .statusCode())
                .isEqualTo(403);
        assertThat(get("/api/v1/tokens", ada).body()).contains("ci").doesNotContain(token);

        String location = made.headers().firstValue("Location").orElseThrow();
        assertThat(send("DELETE", location, ada, "").statusCode()).isEqualTo(204);
        assertThat(get("/api/v1/workspaces", token).statusCode()).isEqualTo(401);
    }

    private String newToken(String owner, String name) throws Exception {
        return send(
                        "POST",
                        "/api/v1/tokens",
                        owner,
                        "{\"name\": \"" + name + "\", \"role\": \"VIEWER\"}")
                .body();
    }

    @Test
    void anApiTokenDeletesItselfAndNoOther(CapturedOutput output) throws Exception {
        String owner = ISSUER.token("owner-of-two", "a");
        JsonNode first = JSON.readTree(newToken(owner, "first"));
        JsonNode second = JSON.readTree(newToken(owner, "second"));
        String others =
                JSON.readTree(newToken(ISSUER.token("another-owner", "a"), "x"))
                        .path("id")
                        .asString();
        String token = first.path("token").asString();

        HttpResponse<String> refused =
                send("DELETE", "/api/v1/tokens/" + second.path("id").asString(), token, "");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("Log in with your issuer to delete other tokens.");
        assertThat(send("DELETE", "/api/v1/tokens/" + others, token, "").statusCode())
                .isEqualTo(204);
        assertThat(get("/api/v1/workspaces", second.path("token").asString()).statusCode())
                .isEqualTo(200);
        String itself = "/api/v1/tokens/" + first.path("id").asString();
        assertThat(send("DELETE", itself, token, "").statusCode()).isEqualTo(204);
        assertThat(lines(output, itself.substring(itself.lastIndexOf('/') + 1)))
                .anyMatch(line ->
                        line.path("token").equals(first.path("id"))
                                && line.path("status").asInt() == 204);
        assertThat(
                        send("DELETE", "/api/v1/tokens/" + second.path("id").asString(), owner, "")
                                .statusCode())
                .isEqualTo(204);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x\\u0085y",
                "x\\u2028y",
                "x\\u202ey",
                "x\\ud800",
                "x\\ue000",
                "x\\u200b",
                " ",
                " x",
                "x\\u00a0",
                ""
            })
    void aNameThatCanNotBeSeenIsRefused(String name) throws Exception {
        String body = newToken(ISSUER.token("namer", "a"), name);

        assertThat(JSON.readTree(body).at("/findings/0/field").asString())
                .as(body)
                .isEqualTo("name");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\": \"x\", \"role\": \"ADMIN\"} | workspaces[0]",
                "{\"name\": \"x\", \"role\": \"VIEWER\", \"workspaces\": [\"vo-b\"]} |"
                        + " workspaces[0]",
                "{\"name\": \"x\", \"role\": \"VIEWER\", \"workspaces\": []} | workspaces",
                "{\"name\": \"x\", \"role\": \"VIEWER\", \"lifetime\": \"P91D\"} | lifetime",
                "{\"name\": \"x\", \"role\": \"VIEWER\", \"lifetime\": \"PT0S\"} | lifetime",
                "{\"name\": \"x\", \"role\": \"VIEWER\", \"lifetime\": \"-P1D\"} | lifetime",
                "{\"name\": \"x\\ny\", \"role\": \"VIEWER\"} | name",
                "{\"role\": \"VIEWER\"} | name",
                "{\"name\": \"x\"} | role"
            })
    void aTokenThatAllowsMoreThanItsMakerMayIsRefused(String body, String field) throws Exception {
        HttpResponse<String> answer =
                send("POST", "/api/v1/tokens", ISSUER.token("eve", "a"), body);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
        assertThat(JSON.readTree(answer.body()).at("/findings/0/field").asString())
                .isEqualTo(field);
    }

    @Test
    void anOwnerHasNoMoreTokensThanAllowed() throws Exception {
        String token = ISSUER.token("collector", "a");
        List<Integer> answers = new ArrayList<>();
        for (int count = 0; count < 6; count++) {
            answers.add(
                    send("POST", "/api/v1/tokens", token, "{\"name\": \"x\", \"role\": \"VIEWER\"}")
                            .statusCode());
        }

        assertThat(answers).containsExactly(201, 201, 201, 201, 201, 422);
    }

    @Test
    void eachChangeHasOneLineInTheAuditLog(CapturedOutput output) throws Exception {
        String ada = ISSUER.token("auditor", "a");
        send("PUT", "/api/v1/jobs/audited", ada, JOB.formatted("audited"));
        send("DELETE", "/api/v1/jobs/audited", ada, "");
        send(
                "PUT",
                "/api/v1/mlflow-credentials/x",
                ada,
                "{\"username\":\"u\",\"password\":\"s3cret\"}");
        send("DELETE", "/api/v1/jobs/audited?workspace=vo-b", ada, "");
        send("DELETE", "/api/v1/jobs/audited", "", "");

        assertThat(lines(output, "audited"))
                .hasSize(4)
                .satisfiesExactly(
                        made -> {
                            assertThat(made.path("actor").asString())
                                    .isEqualTo(ISSUER.uri() + "#auditor");
                            assertThat(made.path("method").asString()).isEqualTo("OIDC");
                            assertThat(made.path("workspace").asString()).isEqualTo("vo-a");
                            assertThat(made.path("action").asString())
                                    .isEqualTo("PUT /api/v1/jobs/{name}");
                            assertThat(made.path("outcome").asString()).isEqualTo("DONE");
                        },
                        deleted -> assertThat(deleted.path("outcome").asString()).isEqualTo("DONE"),
                        elsewhere -> {
                            assertThat(elsewhere.has("workspace")).isFalse();
                            assertThat(elsewhere.path("status").asInt()).isEqualTo(404);
                        },
                        nobody -> {
                            assertThat(nobody.path("actor").asString()).isEqualTo("unknown");
                            assertThat(nobody.path("status").asInt()).isEqualTo(401);
                        });
        assertThat(output.toString()).doesNotContain("s3cret").doesNotContain(ada);
    }

    @Test
    void noRequestBreaksTheAuditLogsLines(CapturedOutput output) throws Exception {
        String ada = ISSUER.token("injector", "a");
        for (String name :
                List.of(
                        "x%22,%22actor%22:%22root",
                        "x%0a%7b%22actor%22:%22root%22%7d", "x%e2%80%a8y")) {
            send("DELETE", "/api/v1/jobs/" + name, ada, "");
        }

        List<JsonNode> lines = lines(output, "injector");
        assertThat(lines).isNotEmpty();
        assertThat(lines).allMatch(line -> line.path("actor").asString().endsWith("#injector"));
        assertThat(output.toString()).doesNotContain("\"actor\":\"root\"");
    }

    /// Refused by Jetty, the firewall, CORS or the endpoint, or done.
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "DELETE /api/v1/jobs/spelled 204",
                "DELETE /%61pi/v1/jobs/spelled 204",
                "DELETE /%41pi/v1/jobs/spelled 404",
                "DELETE /api/%76%31/jobs/spelled 204",
                "DELETE /API/v1/jobs/spelled 404",
                "DELETE //api/v1/jobs/spelled 400",
                "DELETE /api//v1/jobs/spelled 400",
                "DELETE /api;x=y/v1/jobs/spelled 400",
                "DELETE /x/../api/v1/jobs/spelled 400",
                "DELETE /%2e/api/v1/jobs/spelled 400",
                "DELETE /x/%2e%2e/api/v1/jobs/spelled 400",
                "DELETE /api%2fv1/jobs/spelled 400",
                "DELETE /api%252fv1/jobs/spelled 400",
                "DELETE /api/v1/jobs/x%0aspelled 400",
                "DELETE /api/v1/jobs/x%01spelled 400",
                "DELETE /api/v1/jobs/%c0%af 400",
                "DELETE http://localhost/%61pi/v1/jobs/spelled 204",
                "DELETE * 400",
                "POST / 405",
                "POST /actuator/health 405",
                "POST /v3/api-docs 405",
                "PUT /problems 405",
                "PATCH /api/v1/jobs/spelled 405",
                "delete /api/v1/jobs/spelled 405",
                "FLUSH /api/v1/jobs/spelled 405",
                "GET /%61pi/v1/jobs/spelled 404",
                "GET /api%2fv1/jobs/spelled 400",
                "OPTIONS /%61pi/v1/jobs/spelled 200"
            })
    void eachSpellingOfAChangeHasItsOneLine(
            String method, String path, int status, CapturedOutput output) throws Exception {
        String answer =
                answerTo(
                        method + " " + path + " HTTP/1.1",
                        "Host: localhost",
                        "Authorization: Bearer " + ISSUER.token("speller", "a"));

        assertThat(answer).startsWith("HTTP/1.1 " + status);
        List<JsonNode> lines = lines(output, "");
        if (List.of("GET", "OPTIONS").contains(method)) {
            assertThat(lines).isEmpty();
        } else {
            assertThat(lines).hasSize(1);
            assertThat(lines.getFirst().path("status").asInt()).isEqualTo(status);
            assertThat(lines.getFirst().path("action").asString()).startsWith(method + " ");
        }
    }

    @Test
    void whatIsRefusedBeforeTheApiHasItsLine(CapturedOutput output) throws Exception {
        answerTo("POST /api/v1/jobs HTTP/1.1", "Host: localhost", "Origin: https://evil.org");
        answerTo("POST /api/v1/jobs HTTP/1.1", "Host: evil.org");
        // Jetty cannot read these, and so not say whether they would change something.
        answerTo("DELETE /api/v1/jobs/%zz HTTP/1.1", "Host: localhost");
        answerTo("POST /" + "x".repeat(3000) + " HTTP/1.1", "Host: localhost");

        assertThat(lines(output, ""))
                .satisfiesExactly(
                        origin -> assertThat(origin.path("status").asInt()).isEqualTo(403),
                        host -> assertThat(host.path("status").asInt()).isEqualTo(400),
                        unreadable -> {
                            assertThat(unreadable.path("status").asInt()).isEqualTo(400);
                            assertThat(unreadable.path("action").asString()).startsWith("BAD ");
                        },
                        longPath -> {
                            assertThat(longPath.path("status").asInt()).isEqualTo(401);
                            assertThat(longPath.path("action").asString()).hasSizeLessThan(100);
                        });
    }

    private String answerTo(String... head) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String request = String.join("\r\n", head) + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<JsonNode> lines(CapturedOutput output, String about) {
        return output.toString()
                .lines()
                .filter(line -> line.contains(" audit ") && line.contains(about))
                .map(line -> JSON.readTree(line.substring(line.indexOf('{'))))
                .toList();
    }

    @Test
    void aCallerHasOnlySoManyStreamsOpen() throws Exception {
        String reader = ISSUER.token("reader", "streams");
        send("PUT", "/api/v1/jobs/long", reader, JOB.formatted("long"));
        List<HttpResponse<InputStream>> streams = new ArrayList<>();
        for (int count = 0; count < 3; count++) {
            streams.add(
                    http.send(
                            request("/api/v1/jobs/long/logs?follow=true", reader).build(),
                            HttpResponse.BodyHandlers.ofInputStream()));
        }

        HttpResponse<String> refused = get("/api/v1/jobs/long", reader);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Retry-After")).contains("5");
        assertThat(get("/api/v1/nodes", ISSUER.token("other", "a")).statusCode()).isEqualTo(200);
        assertThat(streams).allMatch(stream -> stream.statusCode() == 200);

        String owner = ISSUER.token("owner", "streams");
        assertThat(send("DELETE", "/api/v1/jobs/long", owner, "").statusCode()).isIn(202, 204);
        await().until(() -> get("/api/v1/nodes", reader).statusCode() == 200);
        for (HttpResponse<InputStream> stream : streams) {
            stream.body().close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "LOCALHOST, 200",
        "127.0.0.1, 200",
        "[::1], 200",
        "evil.example.org, 400",
        "localhost.evil.example.org, 400",
        "127.0.0.1.evil.example.org, 400"
    })
    void noOtherNameLeadsToTheSandbox(String host, int status) throws IOException {
        String answer = answerTo("GET /problems HTTP/1.1", "Host: " + host + ":" + port);

        assertThat(answer).startsWith("HTTP/1.1 " + status);
        if (status == 400) {
            assertThat(answer).contains("/problems/malformed-request");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/problems | Host: localhost.",
                "/problems | Host:",
                "/problems | X-Host: localhost",
                "/problems | Host: localhost~Host: localhost",
                "/problems | Host: localhost~Host: evil.org",
                "/problems | Host: localhost@evil.org",
                "/problems | Host: evil.org~X-Forwarded-Host: localhost",
                "/problems | Host: evil.org~Forwarded: host=localhost",
                "http://evil.org/problems | Host: localhost",
                "http://localhost/problems | Host: evil.org",
                "/actuator/health | Host: 10.0.0.1:8080",
                "/actuator/health/liveness/x | Host: 10.0.0.1:8080",
                "/actuator/health/%6civeness | Host: 10.0.0.1:8080",
                "/actuator/prometheus | Host: 10.0.0.1:8080"
            })
    void noOtherSpellingOfAHostLeadsToTheSandbox(String path, String hosts) throws IOException {
        assertThat(answerTo("GET " + path + " HTTP/1.1", hosts.trim().replace("~", "\r\n")))
                .startsWith("HTTP/1.1 400");
    }

    /// A kubelet calls the pod by its address.
    @ParameterizedTest
    @ValueSource(strings = {"/actuator/health/liveness", "/actuator/health/readiness"})
    void probesNeedNoName(String path) throws IOException {
        assertThat(answerTo("GET " + path + " HTTP/1.1", "Host: 10.0.0.1:8080"))
                .startsWith("HTTP/1.1 200");
        assertThat(answerTo("DELETE " + path + " HTTP/1.1", "Host: 10.0.0.1:8080"))
                .startsWith("HTTP/1.1 400");
    }

    @ParameterizedTest
    @CsvSource({"https://portal.example.org, 401", "https://evil.example.org, 403", "null, 403"})
    void pagesOfOtherOriginsReachNothing(String origin, int status) throws Exception {
        HttpResponse<String> answer =
                http.send(
                        request("/api/v1/jobs/x/resubmit", "")
                                .header("Origin", origin)
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(status);
        if (status == 401) {
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).contains(origin);
        }
    }

    @Test
    void aTokenInTheAddressIsNone() throws Exception {
        assertThat(get("/api/v1/jobs?access_token=" + ISSUER.token("ada", "a"), "").statusCode())
                .isEqualTo(401);
    }
}
