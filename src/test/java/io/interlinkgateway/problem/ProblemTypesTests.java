package io.interlinkgateway.problem;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.caller.LocalIssuer;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.node.VirtualNodes;
import io.interlinkgateway.web.RefusedRequestException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every type of problem as a client gets it. A new type needs a request here that is answered with it.
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "gateway.security.mode=authenticated",
            "gateway.caller.requests-per-second=1",
            "gateway.caller.burst=8",
            "gateway.body.longest-pause=1s",
            "gateway.sandbox.termination-grace=1h",
            "gateway.nodes.absent.slurmrestd.address=unix:/no/such/socket"
        })
class ProblemTypesTests {

    private static final LocalIssuer ISSUER = new LocalIssuer();
    private static final LocalIssuer SILENT = new LocalIssuer();
    private static final JsonMapper JSON = new JsonMapper();
    private static final String JOB =
            """
            {"node": "sandbox", "image": "/images/a.sif", "command": ["/bin/sh", "-c"],
             "args": ["trap '' TERM; while :; do sleep 1; done"],
             "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}
            """;
    private static final String OTHER_JOB = JOB.replace("64Mi", "65Mi");

    private static final Pattern ANSWER =
            Pattern.compile(
                    "(?is)HTTP/1.1 (?<status>\\d+) .*?Content-Type:"
                            + " (?<type>\\S+)[^{]*(?<body>\\{.*})[^}]*");

    private record Answer(int status, String contentType, String body) {}

    private final HttpClient http = HttpClient.newHttpClient();

    @LocalServerPort private int port;

    @DynamicPropertySource
    static void issuers(DynamicPropertyRegistry registry) {
        registry.add("gateway.security.issuers[0].uri", ISSUER::uri);
        registry.add("gateway.security.issuers[0].audiences", () -> LocalIssuer.AUDIENCE);
        rule(registry, 0, "viewer");
        rule(registry, 1, "submitter");
        rule(registry, 2, "admin");
        registry.add("gateway.security.issuers[1].uri", SILENT::uri);
        registry.add("gateway.security.issuers[1].audiences", () -> LocalIssuer.AUDIENCE);
        SILENT.goDown();
    }

    private static void rule(DynamicPropertyRegistry registry, int index, String role) {
        String rule = "gateway.security.issuers[0].rules[" + index + "].";
        registry.add(rule + "claim", () -> "groups");
        registry.add(rule + "value", () -> role);
        registry.add(rule + "workspace", () -> "stars");
        registry.add(rule + "role", () -> role);
    }

    @AfterAll
    static void close() {
        ISSUER.close();
        SILENT.close();
    }

    @AfterEach
    void closeClient() {
        http.close();
    }

    /// Nodes that fail as those of a cluster do, beside the sandbox's own.
    @TestConfiguration(proxyBeanMethods = false)
    static class Failing {

        @Bean
        static BeanPostProcessor nodesThatFail() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String name) {
                    return bean instanceof VirtualNodes nodes ? new NodesThatFail(nodes) : bean;
                }
            };
        }
    }

    private record NodesThatFail(VirtualNodes nodes) implements VirtualNodes {

        @Override
        public List<VirtualNode> list() {
            return nodes.list();
        }

        @Override
        public Optional<VirtualNode> find(NodeName name) {
            return switch (name.value()) {
                case "unavailable" -> throw new GatewayException.ClusterUnavailable("No answer.");
                case "refusing" -> throw new GatewayException.ClusterRefused("No.");
                case "busy" -> throw new GatewayException.Busy();
                case "without-history" ->
                        throw new GatewayException.HistoryUnavailable("No response.");
                case "gone" -> throw new GatewayException.JobGone("gone", "uid");
                case "existing" -> throw new GatewayException.JobExists("existing");
                case "log-gone" -> throw new GatewayException.LogGone("It is lost.");
                case "out-of-range" ->
                        throw new RefusedRequestException(
                                HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
                                "There is nothing.",
                                "Leave Range out.");
                case "defect" -> throw new IllegalStateException("s3cret-marker");
                default -> nodes.find(name);
            };
        }
    }

    @ParameterizedTest
    @EnumSource(ProblemType.class)
    void eachTypeIsAnAnswer(ProblemType type) throws Exception {
        Answer answer = produce(type);

        assertThat(answer.status()).as(answer.body()).isEqualTo(type.status().value());
        assertThat(answer.contentType()).isEqualTo("application/problem+json");
        JsonNode problem = JSON.readTree(answer.body());
        assertThat(problem.path("type").asString()).isEqualTo("/problems/" + type.slug());
        assertThat(problem.path("title").asString()).isEqualTo(type.title());
        assertThat(problem.path("status").asInt()).isEqualTo(type.status().value());
        assertThat(problem.path("detail").asString()).isNotBlank();
        assertThat(problem.path("hint").asString()).isNotBlank();
        assertThat(answer.body()).doesNotContain("s3cret-marker");
    }

    private Answer produce(ProblemType type) throws Exception {
        String jobs = "/api/v1/jobs";
        String job = jobs + "/" + type.slug();
        return switch (type) {
            case INVALID_JOB -> send("POST", jobs, "{\"image\": 1}");
            case INVALID_REQUEST -> send("PUT", "/api/v1/mlflow-credentials/a", "{}");
            case MALFORMED_REQUEST -> send("POST", jobs, "{");
            case NOT_FOUND -> send("GET", job, "");
            case NAME_TAKEN -> {
                submit(job, JOB);
                yield send("PUT", job, OTHER_JOB);
            }
            case OTHER_JOB -> {
                submit(job, JOB);
                yield send("DELETE", job, "", "If-Match", "\"another-uid\"");
            }
            case STILL_TERMINATING -> {
                submit(job, JOB);
                send("DELETE", job, "");
                yield send("PUT", job, JOB);
            }
            case IDEMPOTENCY_KEY_REUSED -> {
                submit(jobs, JOB, "Idempotency-Key", "one-key");
                yield send("POST", jobs, OTHER_JOB, "Idempotency-Key", "one-key");
            }
            case CURSOR_EXPIRED -> send("GET", jobs + "?cursor=!!", "");
            case CLUSTER_UNAVAILABLE -> send("GET", "/api/v1/nodes/unavailable", "");
            case CLUSTER_REFUSED -> send("GET", "/api/v1/nodes/refusing", "");
            case HPC_UNAVAILABLE -> send("GET", "/api/v1/nodes/absent/orphans", "");
            case HISTORY_UNAVAILABLE -> send("GET", "/api/v1/nodes/without-history", "");
            case JOB_GONE -> send("GET", "/api/v1/nodes/gone", "");
            case JOB_EXISTS -> send("GET", "/api/v1/nodes/existing", "");
            case LOG_GONE -> send("GET", "/api/v1/nodes/log-gone", "");
            case RANGE_NOT_SATISFIABLE -> send("GET", "/api/v1/nodes/out-of-range", "");
            case BUSY -> send("GET", "/api/v1/nodes/busy", "");
            case INTERNAL_ERROR -> send("GET", "/api/v1/nodes/defect", "");
            case UNAUTHENTICATED -> sent(request("GET", jobs, ""));
            case ISSUER_UNAVAILABLE ->
                    sentBy(SILENT.token("ada", "admin"), request("GET", jobs, ""));
            case INSUFFICIENT_ROLE ->
                    sentBy(ISSUER.token("ada", "viewer"), request("POST", jobs, JOB));
            case TOO_MANY_REQUESTS -> untilRefused(ISSUER.token("frequent", "viewer"), jobs);
            case BODY_TOO_LARGE -> send("POST", jobs, "\"" + "x".repeat(2_000_000) + "\"");
            case BODY_TOO_SLOW -> sendWithoutItsEnd(jobs);
            case METHOD_NOT_ALLOWED -> send("PATCH", jobs, JOB);
            case UNSUPPORTED_MEDIA_TYPE -> send("POST", jobs, JOB, "Content-Type", "text/plain");
            case NOT_ACCEPTABLE -> send("GET", jobs, "", "Accept", "text/html");
            case REFUSED -> send("GET", jobs, "", "Origin", "https://elsewhere.example.org");
        };
    }

    private void submit(String path, String body, String... headers) throws Exception {
        Answer answer = send(path.endsWith("/jobs") ? "POST" : "PUT", path, body, headers);
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    }

    private Answer untilRefused(String token, String path) throws Exception {
        Answer answer = sentBy(token, request("GET", path, ""));
        for (int count = 0; count < 1000 && answer.status() == 200; count++) {
            answer = sentBy(token, request("GET", path, ""));
        }
        return answer;
    }

    /// An admin of its own for each request, so that none has sent too many.
    private Answer send(String method, String path, String body, String... headers)
            throws Exception {
        HttpRequest.Builder request = request(method, path, body);
        for (int index = 0; index < headers.length; index += 2) {
            request.setHeader(headers[index], headers[index + 1]);
        }
        return sentBy(admin(), request);
    }

    private static String admin() {
        return ISSUER.token("admin-" + System.nanoTime(), "admin");
    }

    private HttpRequest.Builder request(String method, String path, String body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
    }

    private Answer sentBy(String token, HttpRequest.Builder request) throws Exception {
        return sent(request.header("Authorization", "Bearer " + token));
    }

    private Answer sent(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> response =
                http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(""),
                response.body());
    }

    private Answer sendWithoutItsEnd(String path) throws IOException {
        String head =
                """
                POST %s HTTP/1.1
                Host: localhost
                Authorization: Bearer %s
                Content-Type: application/json
                Content-Length: 100

                {\
                """
                        .formatted(path, admin());
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(head.replace("\n", "\r\n").getBytes(UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
            Matcher parts = ANSWER.matcher(answer);
            assertThat(parts.matches()).as(answer).isTrue();
            return new Answer(
                    Integer.parseInt(parts.group("status")),
                    parts.group("type"),
                    parts.group("body"));
        }
    }
}
