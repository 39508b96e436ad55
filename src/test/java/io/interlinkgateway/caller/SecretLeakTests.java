package io.interlinkgateway.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.FileAppender;
import com.sun.net.httpserver.HttpServer;
import io.interlinkgateway.bench.LoopbackServer;
import io.interlinkgateway.credential.PasswordForms;
import io.interlinkgateway.history.store.StoredTexts;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole API with secrets that can be told from everything else, good ones and such that are refused, while
/// everything logs all that it can. What comes out is searched for them: answers, headers, log lines with their
/// exceptions, the log file, metrics.
@ExtendWith(OutputCaptureExtension.class)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "gateway.security.mode=authenticated",
            "gateway.caller.requests-per-second=1000",
            "gateway.caller.burst=10000",
            "gateway.tokens.max-per-owner=1000",
            "management.endpoints.web.exposure.include=*",
            "management.endpoint.env.show-values=always",
            "management.endpoint.configprops.show-values=always"
        })
@Isolated("all loggers log everything")
class SecretLeakTests {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern LOG_LINE = Pattern.compile("\\S+ +[A-Z]+ (\\S+): ");
    private static final Path LOG = Path.of("target/marked-secrets/gateway.log");
    private static final Path HISTORY = newDirectory();
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch");
    private static final LocalIssuer ISSUER = new LocalIssuer();
    private static final String USER = "marked-user";
    private static final String PASSWORD = "m4rked Pa55word/+\u00e9";
    private static final String TOKEN = "m4rked.mlflow+token/0123456789";
    private static final String STRANGE_BEARER = "m4rked-bearer-0123456789abcdef";
    private static final String STRANGE_API_TOKEN =
            "ilg_0123456789abcdef_m4rkedApiToken0123456789abcdefghijklmnopqrs";

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory("marked-secrets");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @DynamicPropertySource
    static void issuer(DynamicPropertyRegistry registry) {
        registry.add("gateway.history.directory", HISTORY::toString);
        String issuer = "gateway.security.issuers[0].";
        registry.add(issuer + "uri", ISSUER::uri);
        registry.add(issuer + "audiences", () -> LocalIssuer.AUDIENCE);
        registry.add(issuer + "user-info", () -> "true");
        ISSUER.answerUserInfo(200, Map.of("sub", "owner", "groups", List.of("admins")));
        registry.add(issuer + "rules[0].claim", () -> "groups");
        registry.add(issuer + "rules[0].value", () -> "admins");
        registry.add(issuer + "rules[0].workspace", () -> "stars");
        registry.add(issuer + "rules[0].role", () -> "admin");
    }

    /// All that is logged goes to a file of its own, whatever else has set up logging in this process.
    private static final class WholeLog implements AutoCloseable {

        private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        private final Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        private final Level usual = root.getLevel();
        private final List<Appender<ILoggingEvent>> others = new ArrayList<>();
        private final FileAppender<ILoggingEvent> file = new FileAppender<>();

        WholeLog() {
            PatternLayoutEncoder encoder = new PatternLayoutEncoder();
            encoder.setContext(context);
            encoder.setPattern("%d{HH:mm:ss.SSS} %p %logger: %m%n%ex");
            encoder.start();
            file.setContext(context);
            file.setFile(LOG.toString());
            file.setAppend(false);
            file.setEncoder(encoder);
            file.start();
            root.iteratorForAppenders().forEachRemaining(others::add);
            root.detachAndStopAllAppenders();
            root.addAppender(file);
            root.setLevel(Level.TRACE);
        }

        @Override
        public void close() {
            root.setLevel(usual);
            root.detachAppender(file);
            file.stop();
            others.forEach(appender -> {
                appender.start();
                root.addAppender(appender);
            });
        }
    }

    @AfterAll
    static void close() {
        ISSUER.close();
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> answers = new ArrayList<>();
    private final Map<String, String> secrets = new LinkedHashMap<>();

    @LocalServerPort private int port;

    private record Answer(int status, String body) {}

    /// The UID of the last job that ran.
    private String pastUid = "";

    @Test
    void nothingThatComesOutHasASecretInIt(CapturedOutput output) throws Exception {
        int operations;
        try (WholeLog _ = new WholeLog()) {
            operations = everything();
        }
        String logs = Files.readString(LOG);
        System.out.printf(
                "%d operations, %d answers, %d kB of logs searched for %d secrets%n",
                operations, answers.size(), logs.length() / 1024, secrets.size());
        assertThat(logs).contains("TRACE");
        secrets.forEach((name, secret) -> {
            assertThat(answers).as(name).noneMatch(answer -> answer.contains(secret));
            assertThat(loggersOf(secret, logs)).as(name + " in the log").isEmpty();
            assertThat(output.getAll()).as(name + " on the console").doesNotContain(secret);
        });
        List<String> rows = StoredTexts.in(HISTORY);
        assertThat(rows).contains(pastUid);
        secrets.forEach((name, secret) ->
                assertThat(rows).as(name + " in a row").noneMatch(row -> row.contains(secret)));
    }

    /// Callers may write a password as a plain value. Then they see it in the live job, but no row has it.
    @Test
    void noRowHasAPasswordThatACallerWroteAsAPlainValue() {
        String owner = ISSUER.token("owner", "admins");
        putCredential(owner, Map.of("username", USER, "password", PASSWORD));
        List<String> forms = PasswordForms.of(USER, PASSWORD).toList();
        String all = String.join(" ", forms);
        String spec =
                plainJob(
                        owner,
                        "application/json",
                        """
                        {"name": "plain-spec", "node": "sandbox", "image": "/a.sif",
                         "command": ["/bin/sh", "-c"], "args": ["echo $PLAIN; echo '%1$s'"],
                         "env": {"PLAIN": "%1$s", "MLFLOW_EXPERIMENT_NAME": "%1$s"},
                         "preExec": "export OF_THE_HPC='%1$s'",
                         "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}
                        """
                                .formatted(all));
        String pod =
                plainJob(
                        owner,
                        "application/yaml",
                        """
                        apiVersion: v1
                        kind: Pod
                        metadata: {name: plain-pod, annotations: {note: "%1$s"}}
                        spec:
                          nodeSelector: {kubernetes.io/hostname: sandbox}
                          containers:
                          - name: main
                            image: /a.sif
                            command: ["/bin/sh", "-c", "echo $PLAIN"]
                            env: [{name: PLAIN, value: "%1$s"}]
                            resources: {limits: {cpu: "1", memory: 64Mi}}
                        """
                                .formatted(all));

        List<String> rows = StoredTexts.in(HISTORY);

        assertThat(rows).contains(spec, pod).anyMatch(row -> row.contains("plain-pod"));
        assertThat(rows).filteredOn(row -> row.startsWith("*****")).hasSizeGreaterThan(1);
        forms.forEach(form -> assertThat(rows).noneMatch(row -> row.contains(form)));
    }

    /// @return the UID of a job that has ended and whose log is archived
    private String plainJob(String owner, String type, String body) {
        Answer made = send("POST", "/api/v1/jobs?workspace=stars", owner, type, body);
        assertThat(made.status).as(made.body).isEqualTo(201);
        String uid = JSON.readTree(made.body).path("uid").asString();
        await().atMost(Duration.ofMinutes(1))
                .until(() ->
                        send(
                                        "GET",
                                        "/api/v1/history/jobs/" + uid + "?workspace=stars",
                                        owner,
                                        null,
                                        null)
                                .body
                                .contains("\"COMPLETE\""));
        return uid;
    }

    /// @return how many operations the API has
    private int everything() throws Exception {
        String owner = ISSUER.token("owner", "admins");
        List<String> tokens =
                List.of(
                        owner,
                        ISSUER.expired("owner", "admins"),
                        ISSUER.forged("owner", "admins"),
                        ISSUER.confused("owner", "admins"),
                        ISSUER.token("nobody", "nowhere"));
        for (int index = 0; index < tokens.size(); index++) {
            secrets.put("token " + index, signature(tokens.get(index)));
        }
        secrets.put("strange bearer", STRANGE_BEARER);
        secrets.put("strange API token", STRANGE_API_TOKEN.substring(21));
        List<String> forms = PasswordForms.of(USER, PASSWORD).toList();
        for (int index = 0; index < forms.size(); index++) {
            secrets.put("password " + index, forms.get(index));
        }
        // Also where it was cut, or its bytes were taken for another character set's.
        secrets.put("password's beginning", PASSWORD.substring(0, 11));

        List<String> tokenForms = PasswordForms.of(TOKEN).toList();
        for (int index = 0; index < tokenForms.size(); index++) {
            secrets.put("MLflow token " + index, tokenForms.get(index));
        }

        String apiToken = apiToken(owner);
        secrets.put("API token", apiToken.substring(21));
        putCredential(owner, Map.of("token", TOKEN));
        runJob(owner, "MLFLOW_TRACKING_TOKEN");
        liveChecks(owner);
        putCredential(owner, Map.of("username", USER, "password", PASSWORD));
        runJob(owner, "MLFLOW_TRACKING_PASSWORD");
        List<String> all = new ArrayList<>(tokens);
        all.addAll(List.of(STRANGE_BEARER, STRANGE_API_TOKEN, apiToken, ""));
        int operations = 0;
        for (String token : all) {
            operations = everyOperation(token);
        }
        refusedCredentials(owner);
        liveChecks(owner);
        for (String path :
                List.of(
                        "",
                        "/health",
                        "/info",
                        "/prometheus",
                        "/metrics",
                        "/env",
                        "/configprops",
                        "/beans",
                        "/mappings",
                        "/loggers",
                        "/conditions",
                        "/threaddump",
                        "/scheduledtasks",
                        "/httpexchanges",
                        "/sbom/application")) {
            send("GET", "/actuator" + path, owner, null, null);
        }
        send("GET", "/v3/api-docs", "", null, null);
        return operations;
    }

    private static String signature(String token) {
        return token.substring(token.lastIndexOf('.') + 1);
    }

    /// A message of many lines has its logger in the first.
    private static Set<String> loggersOf(String secret, String text) {
        Set<String> loggers = new TreeSet<>();
        String last = "";
        for (String line : text.split("\n", -1)) {
            Matcher head = LOG_LINE.matcher(line);
            last = head.lookingAt() ? head.group(1) : last;
            if (line.contains(secret)) {
                loggers.add(last);
            }
        }
        return loggers;
    }

    /// The answer that makes it is the one that may show it.
    private String apiToken(String owner) {
        String token =
                JSON.readTree(
                                send(
                                                "POST",
                                                "/api/v1/tokens",
                                                owner,
                                                "application/json",
                                                "{\"name\": \"script\", \"role\": \"ADMIN\"}")
                                        .body)
                        .path("token")
                        .asString();
        assertThat(token).startsWith("ilg_");
        answers.removeLast();
        return token;
    }

    private void putCredential(String owner, Map<String, String> login) {
        Answer put =
                send(
                        "PUT",
                        "/api/v1/mlflow-credentials/mlflow-server?workspace=stars",
                        owner,
                        "application/json",
                        JSON.writeValueAsString(login));
        assertThat(put.status).isIn(200, 201);
    }

    /// A job that tells all that it knows.
    private void runJob(String owner, String variable) {
        Answer made =
                send(
                        "PUT",
                        "/api/v1/jobs/victim?workspace=stars&replace=true",
                        owner,
                        "application/json",
                        """
                        {"node": "sandbox", "image": "/a.sif", "command": ["/bin/sh", "-c"],
                         "args": ["env; echo \\"$VARIABLE\\"; exit 3"],
                         "mlflow": {"credential": "mlflow-server", "trackingUri": "https://mlflow.example.org/"},
                         "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}
                        """
                                .replace("VARIABLE", variable));
        assertThat(made.status).as(made.body).isIn(200, 201);
        await().atMost(Duration.ofMinutes(1))
                .until(() ->
                        send("GET", "/api/v1/jobs/victim?workspace=stars", owner, null, null)
                                .body
                                .contains("FAILED"));
        Answer log = send("GET", "/api/v1/jobs/victim/logs?workspace=stars", owner, null, null);
        assertThat(log.body).contains(variable + "=*****");
        pastUid =
                JSON.readTree(
                                send(
                                                "GET",
                                                "/api/v1/jobs/victim?workspace=stars",
                                                owner,
                                                null,
                                                null)
                                        .body)
                        .path("uid")
                        .asString();
        await().atMost(Duration.ofMinutes(1))
                .until(() ->
                        send(
                                        "GET",
                                        "/api/v1/history/jobs/" + pastUid + "/logs?workspace=stars",
                                        owner,
                                        null,
                                        null)
                                .body
                                .contains(variable + "=*****"));
        send(
                "GET",
                "/api/v1/jobs/victim/logs?workspace=stars&raw=true&follow=true",
                owner,
                null,
                null);
        send("GET", "/api/v1/jobs/victim/manifest?workspace=stars", owner, null, null);
    }

    private int everyOperation(String token) throws IOException {
        int operations = 0;
        JsonNode paths = JSON.readTree(Files.readString(Path.of("openapi.json"))).path("paths");
        for (Map.Entry<String, JsonNode> path : paths.properties()) {
            String address =
                    path.getKey()
                            .replace("{id}", "0123456789abcdef")
                            .replace("{uid}", pastUid)
                            .replace("/nodes/{name}", "/nodes/sandbox")
                            .replace("/mlflow-credentials/{name}", "/mlflow-credentials/other")
                            .replace("{name}", "victim");
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                if (METHODS.contains(operation.getKey())) {
                    operations++;
                    String method = operation.getKey().toUpperCase(Locale.ROOT);
                    // Deletes nothing that the next one needs.
                    String target =
                            method.equals("DELETE") ? address.replace("victim", "other") : address;
                    boolean body = operation.getValue().has("requestBody");
                    send(
                            method,
                            target + "?workspace=stars",
                            token,
                            body ? "application/json" : null,
                            body
                                    ? "{\"username\": \"%s\", \"password\": \"%s\"}"
                                            .formatted(USER, PASSWORD)
                                    : null);
                }
            }
        }
        return operations;
    }

    private void refusedCredentials(String owner) {
        String path = "/api/v1/mlflow-credentials/refused?workspace=stars";
        String yamlPod = "kind: Pod\npassword: %s\nspec: [%s".formatted(PASSWORD, PASSWORD);
        for (String body :
                List.of(
                        "{\"username\": \"a\", \"password\": " + PASSWORD + "}",
                        "{\"username\": \"a\", \"password\": '" + PASSWORD + "'}",
                        "{\"username\": \"a\", \"password\": [\"" + PASSWORD + "\"]}",
                        "{\"username\": \"a\", \"password\": {\"" + PASSWORD + "\": 1}}",
                        "{\"username\": \"a\", \"password\": \"" + PASSWORD,
                        "{\"username\": \"a\", \"password\": \"" + PASSWORD + "\\u0007\"}",
                        "{\"username\": \"a\", \"password\": \"" + PASSWORD + "\\ud800\"}",
                        "{\"username\": \"a\", \"password\": \"" + PASSWORD.repeat(100) + "\"}",
                        "{\"username\": \"a:b\", \"password\": \"" + PASSWORD + "\"}",
                        "{\"password\": \"" + PASSWORD + "\"}",
                        "{\"token\": \"" + TOKEN + " \"}",
                        "{\"token\": [\"" + TOKEN + "\"]}",
                        "{\"tokem\": \"" + TOKEN + "\"}",
                        "{\"username\": \"a\", \"token\": \"" + TOKEN + "\"}",
                        "{\"username\": \"a\", \"passwort\": \"" + PASSWORD + "\"}",
                        "{\"username\": \"a\", \"password\": \""
                                + PASSWORD
                                + "\", \"password\": \""
                                + PASSWORD
                                + "\"}",
                        "{\"username\": \"a\", \"password\": \""
                                + PASSWORD
                                + "\", \"trackingUri\": \"https://a:m4rked Pa55word/+\u00e9@x/\"}",
                        "\"" + PASSWORD + "\"",
                        PASSWORD)) {
            Answer refused = send("PUT", path, owner, "application/json", body);
            assertThat(refused.status).as(body).isBetween(400, 499);
            send("POST", "/api/v1/jobs?workspace=stars", owner, "application/json", body);
            send("POST", "/api/v1/tokens", owner, "application/json", body);
        }
        send("PUT", path, owner, "text/plain", PASSWORD);
        send("POST", "/api/v1/jobs?workspace=stars", owner, "application/yaml", yamlPod);
        send("PATCH", path, owner, "application/json", "{\"password\": \"" + PASSWORD + "\"}");
        send(
                "PUT",
                "/api/v1/nothing-there",
                owner,
                "application/json",
                "{\"password\": \"" + PASSWORD + "\"}");
    }

    /// Servers that throw the credential back at the gateway.
    private void liveChecks(String owner) throws IOException {
        HttpServer echo = LoopbackServer.create();
        echo.createContext(
                "/",
                exchange -> {
                    String sent =
                            String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
                    byte[] body =
                            ("{\"error_code\": \"" + sent + "\"}").getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().set("X-Echo", sent);
                    exchange.getResponseHeaders().set("Location", "/" + sent.replace(' ', '-'));
                    exchange.sendResponseHeaders(
                            exchange.getRequestURI().getPath().startsWith("/moved") ? 302 : 500,
                            body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        echo.start();
        try {
            for (String server :
                    List.of(
                            "http://127.0.0.1:" + echo.getAddress().getPort() + "/",
                            "http://127.0.0.1:" + echo.getAddress().getPort() + "/moved/",
                            "http://127.0.0.1:1/",
                            "https://127.0.0.1:" + echo.getAddress().getPort() + "/",
                            "https://mlflow.invalid/")) {
                send(
                        "POST",
                        "/api/v1/mlflow-credentials/mlflow-server/verify?workspace=stars",
                        owner,
                        "application/json",
                        "{\"trackingUri\": \"" + server + "\"}");
            }
        } finally {
            echo.stop(0);
        }
    }

    private Answer send(
            String method,
            String path,
            String token,
            @Nullable String contentType,
            @Nullable String body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body));
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            HttpResponse<InputStream> response =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            boolean endless =
                    response.headers()
                            .firstValue("Content-Type")
                            .filter(type -> type.startsWith("text/event-stream"))
                            .isPresent();
            try (InputStream in = response.body()) {
                String text =
                        new String(
                                endless ? in.readNBytes(20) : in.readAllBytes(),
                                StandardCharsets.UTF_8);
                String headers =
                        response.headers().map().entrySet().stream()
                                .map(Object::toString)
                                .collect(Collectors.joining("\n"));
                answers.add(method + " " + path + " " + headers + "\n" + text);
                return new Answer(response.statusCode(), text);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }
}
