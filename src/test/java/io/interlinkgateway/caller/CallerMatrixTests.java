package io.interlinkgateway.caller;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.history.ArchivedLog;
import io.interlinkgateway.history.JobHistory;
import io.interlinkgateway.history.LogArchive;
import io.interlinkgateway.history.SamplePast;
import io.interlinkgateway.job.Workspace;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Every operation of the committed description as every kind of caller. An operation that is new there, or an
/// endpoint that is not there, fails here until it is covered.
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "gateway.security.mode=authenticated",
            "gateway.caller.requests-per-second=1000",
            "gateway.caller.burst=10000",
            "gateway.tokens.max-per-owner=10000",
            "gateway.tokens.cache-ttl=0s"
        })
class CallerMatrixTests {

    private static final LocalIssuer ISSUER = new LocalIssuer();
    private static final LocalIssuer FOREIGN = new LocalIssuer();
    private static final JsonMapper JSON = new JsonMapper();

    /// In everything that the owner has, and so in no answer to anybody else.
    private static final String MARKER = "only-for-stars";

    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch");

    private static final Map<String, String> BODIES =
            Map.of(
                    "NewMlflowCredential",
                            "{\"username\": \"%s\", \"password\": \"password-%s\", \"trackingUri\": \"http://127.0.0.1:1/\"}"
                                    .formatted(MARKER, MARKER),
                    "NewApiToken", "{\"name\": \"%s\", \"role\": \"VIEWER\"}".formatted(MARKER),
                    "CredentialCheck", "{\"trackingUri\": \"http://127.0.0.1:1/\"}");

    @DynamicPropertySource
    static void issuer(DynamicPropertyRegistry registry) {
        String issuer = "gateway.security.issuers[0].";
        registry.add(issuer + "uri", ISSUER::uri);
        registry.add(issuer + "audiences", () -> LocalIssuer.AUDIENCE);
        rule(registry, 0, "stars-admins", "stars", "admin");
        rule(registry, 1, "stars-submitters", "stars", "submitter");
        rule(registry, 2, "stars-viewers", "stars", "viewer");
        rule(registry, 3, "planets-admins", "planets", "admin");
    }

    private static void rule(
            DynamicPropertyRegistry registry,
            int index,
            String group,
            String workspace,
            String role) {
        String rule = "gateway.security.issuers[0].rules[" + index + "].";
        registry.add(rule + "claim", () -> "groups");
        registry.add(rule + "value", () -> group);
        registry.add(rule + "workspace", () -> workspace);
        registry.add(rule + "role", () -> role);
    }

    @AfterAll
    static void close() {
        ISSUER.close();
        FOREIGN.close();
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, Integer> counts = new LinkedHashMap<>();
    private final List<String> leaks = new ArrayList<>();

    @LocalServerPort private int port;

    @Autowired private List<RequestMappingHandlerMapping> mappings = List.of();

    private final SamplePast past;
    private String pastUid = "";

    CallerMatrixTests(@Autowired JobHistory history, @Autowired LogArchive archive) {
        past = new SamplePast(history, archive, new Workspace("stars"));
    }

    private record Operation(String method, String path, JsonNode description) {

        boolean changes() {
            return !method.equals("GET");
        }

        boolean inWorkspace() {
            for (JsonNode parameter : description.path("parameters")) {
                if (parameter.path("name").asString().equals("workspace")) {
                    return true;
                }
            }
            return false;
        }

        boolean onTokens() {
            return path.startsWith("/api/v1/tokens");
        }

        /// Which is its owner's alone.
        boolean ofOneToken() {
            return onTokens() && path.contains("{id}");
        }

        boolean isForAdmins() {
            return path.equals("/api/v1/mlflow-credentials/{name}")
                    || path.equals("/api/v1/history/jobs/{uid}");
        }

        boolean onOrphans() {
            return path.startsWith("/api/v1/nodes/{name}/orphans");
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private record Answer(int status, String body, Optional<String> challenge) {

        /// @param may whether somebody else of the workspace may do that
        boolean fits(boolean may) {
            if (!may) {
                return status == 403;
            }
            return status / 100 == 2;
        }
    }

    private static List<Operation> operations() throws IOException {
        List<Operation> operations = new ArrayList<>();
        JsonNode paths = JSON.readTree(Files.readString(Path.of("openapi.json"))).path("paths");
        for (Map.Entry<String, JsonNode> path : paths.properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                if (METHODS.contains(operation.getKey())) {
                    operations.add(
                            new Operation(
                                    operation.getKey().toUpperCase(Locale.ROOT),
                                    path.getKey(),
                                    operation.getValue()));
                }
            }
        }
        return operations;
    }

    @Test
    void everybodyGetsWhatIsTheirsAndNothingElse() throws Exception {
        String owner = ISSUER.token("owner", "stars-admins");
        String submitter = ISSUER.token("submitter", "stars-submitters");
        String viewer = ISSUER.token("viewer", "stars-viewers");
        String other = ISSUER.token("other", "planets-admins");
        String nowhere = ISSUER.token("nowhere", "unknown-group");
        Map<String, String> invalidTokens = new LinkedHashMap<>();
        invalidTokens.put("no token", "");
        invalidTokens.put("expired token", ISSUER.expired("owner", "stars-admins"));
        invalidTokens.put("forged token", ISSUER.forged("owner", "stars-admins"));
        invalidTokens.put("alg none", ISSUER.unsigned("owner", "stars-admins"));
        invalidTokens.put("public key as secret", ISSUER.confused("owner", "stars-admins"));
        invalidTokens.put("foreign issuer", FOREIGN.token("owner", "stars-admins"));
        invalidTokens.put("deleted API token", deletedToken(owner));
        String viewersToken = apiToken(viewer).path("token").asString();

        List<Operation> operations = operations();
        for (Operation operation : operations) {
            String id = fixtures(owner);
            String path = operation.path.replace("{id}", id).replace("{uid}", pastUid);
            invalidTokens.forEach((who, token) -> {
                Answer answer = send(operation, path, token, "stars");
                expect(who, operation, answer, answer.status == 401);
                expect(who, operation, answer, answer.challenge.orElse("").startsWith("Bearer"));
            });

            Answer asOther = send(operation, path, other, "stars");
            if (operation.inWorkspace()) {
                Answer missing = send(operation, path, other, "nowhere");
                expect("another", operation, asOther, asOther.status == 404);
                expect(
                        "another, compared with a workspace that does not exist",
                        operation,
                        asOther,
                        asOther.body.replace("stars", "nowhere").equals(missing.body));
                Answer atHome = send(operation, path, other, "");
                expect("another, at home", operation, atHome, atHome.status != 401);
            } else if (operation.ofOneToken()) {
                // As if it were gone; that it is not is checked below.
                expect("another", operation, asOther, asOther.status == 204);
            } else {
                expect("another", operation, asOther, asOther.status / 100 == 2);
            }

            Answer asNobody = send(operation, path, nowhere, "");
            expect("in no workspace", operation, asNobody, asNobody.status == 403);

            Answer asViewer = send(operation, path, viewer, "stars", false);
            boolean viewerMay =
                    !operation.onOrphans() && (!operation.changes() || operation.onTokens());
            expect("viewer", operation, asViewer, asViewer.fits(viewerMay));
            Answer asScript = send(operation, path, viewersToken, "stars", false);
            boolean scriptMay =
                    !operation.onOrphans() && (!operation.changes() || operation.ofOneToken());
            expect("viewer's API token", operation, asScript, asScript.fits(scriptMay));

            assertThat(send(read("/api/v1/jobs/victim"), "", owner, "stars").status)
                    .as("the job after the others' " + operation)
                    .isEqualTo(200);
            assertThat(send(read("/api/v1/mlflow-credentials/mlflow-server"), "", owner, "stars"))
                    .as("the credential after the others' " + operation)
                    .matches(credential -> credential.body.contains(MARKER));
            assertThat(send(read("/api/v1/history/jobs/" + pastUid), "", owner, "stars").body)
                    .as("the past job after the others' " + operation)
                    .contains(MARKER);
            assertThat(send(read("/api/v1/tokens"), "", owner, "").body)
                    .as("the token after the others' " + operation)
                    .contains(id);

            Answer asSubmitter = send(operation, path, submitter, "stars", false);
            boolean submitterMay =
                    !operation.onOrphans() && (!operation.changes() || !operation.isForAdmins());
            expect("submitter", operation, asSubmitter, asSubmitter.fits(submitterMay));

            fixtures(owner);
            String own = operation.path.replace("{id}", id).replace("{uid}", pastUid);
            Answer asOwner = send(operation, own, owner, "stars", false);
            // The sandbox has no slurmrestd; OrphanEndpointTests has one.
            expect(
                    "owner",
                    operation,
                    asOwner,
                    operation.onOrphans()
                            ? asOwner.body.contains("No slurmrestd is configured")
                            : asOwner.status / 100 == 2);
        }

        System.out.println(
                "Matrix: "
                        + operations.size()
                        + " operations; requests by caller "
                        + counts
                        + "; leaks "
                        + leaks.size());
        assertThat(leaks).isEmpty();
    }

    @Test
    void everyEndpointIsDescribedAndDeclaresItsRole() throws Exception {
        Set<String> described = new TreeSet<>();
        operations().forEach(operation -> described.add(operation.toString()));
        Set<String> there = new TreeSet<>();
        List<HandlerMethod> endpoints = new ArrayList<>();
        for (RequestMappingHandlerMapping mapping : mappings) {
            mapping.getHandlerMethods()
                    .forEach((info, endpoint) -> {
                        for (String path : info.getPatternValues()) {
                            if (path.startsWith("/api/")) {
                                endpoints.add(endpoint);
                                info.getMethodsCondition()
                                        .getMethods()
                                        .forEach(method -> there.add(method + " " + path));
                            } else {
                                assertThat(endpoint.getMethodParameters())
                                        .as("%s is outside of the API", endpoint)
                                        .noneMatch(parameter ->
                                                parameter
                                                        .getParameterType()
                                                        .getPackageName()
                                                        .equals("io.interlinkgateway.job"));
                            }
                        }
                    });
        }

        assertThat(there).isEqualTo(described);
        assertThat(endpoints)
                .isNotEmpty()
                .allMatch(endpoint -> endpoint.hasMethodAnnotation(RequiredRole.class));
    }

    private void expect(String who, Operation operation, Answer answer, boolean expected) {
        counts.merge(who, 1, Integer::sum);
        if (!expected) {
            leaks.add(who + ": " + operation + " " + answer);
        }
    }

    private static Operation read(String path) {
        return new Operation("GET", path, JSON.createObjectNode());
    }

    /// The owner's job, past job, credential and token, as new.
    ///
    /// @return the token's id
    private String fixtures(String owner) throws IOException {
        JsonNode job =
                operations().stream()
                        .filter(operation -> operation.toString().equals("POST /api/v1/jobs"))
                        .findFirst()
                        .orElseThrow()
                        .description;
        Answer created =
                exchange(
                        "PUT",
                        "/api/v1/jobs/victim?replace=true&workspace=stars",
                        owner,
                        marked(example(job)));
        assertThat(created.status).as(created.body).isIn(200, 201);
        Answer credential =
                exchange(
                        "PUT",
                        "/api/v1/mlflow-credentials/mlflow-server?workspace=stars",
                        owner,
                        BODIES.get("NewMlflowCredential"));
        assertThat(credential.status).as(credential.body).isIn(200, 201);
        pastUid = UUID.randomUUID().toString();
        past.removed(pastUid, "past", 0, Map.of("marker", MARKER));
        past.log(pastUid, MARKER + "\n", ArchivedLog.Completeness.COMPLETE);
        return apiToken(owner).path("id").asString();
    }

    private JsonNode apiToken(String of) {
        Answer token = exchange("POST", "/api/v1/tokens", of, BODIES.get("NewApiToken"));
        assertThat(token.status).as(token.body).isEqualTo(201);
        return JSON.readTree(token.body);
    }

    private String deletedToken(String owner) {
        JsonNode token = apiToken(owner);
        Answer gone =
                exchange("DELETE", "/api/v1/tokens/" + token.path("id").asString(), owner, null);
        assertThat(gone.status).isEqualTo(204);
        return token.path("token").asString();
    }

    private Answer send(Operation operation, String path, String token, String workspace) {
        return send(operation, path, token, workspace, true);
    }

    /// @param foreign whether nothing of the owner's may be in the answer
    private Answer send(
            Operation operation, String path, String token, String workspace, boolean foreign) {
        String address =
                (path.isEmpty() ? operation.path : path)
                        .replace("/jobs/{name}", "/jobs/victim")
                        .replace("/nodes/{name}", "/nodes/sandbox")
                        .replace("/mlflow-credentials/{name}", "/mlflow-credentials/mlflow-server");
        assertThat(address).as("a path whose parameters have no value here").doesNotContain("{");
        Answer answer =
                exchange(
                        operation.method,
                        workspace.isEmpty() ? address : address + "?workspace=" + workspace,
                        token,
                        foreign ? withoutMarker(body(operation)) : body(operation));
        if (foreign && !path.isEmpty()) {
            expect("nothing of the owner's", operation, answer, !answer.body.contains(MARKER));
        }
        return answer;
    }

    private static @Nullable String withoutMarker(@Nullable String body) {
        return body == null ? null : body.replace(MARKER, "of-anybody");
    }

    private static @Nullable String body(Operation operation) {
        JsonNode content = operation.description.at("/requestBody/content/application~1json");
        if (content.isMissingNode()) {
            return null;
        }
        String schema = content.at("/schema/$ref").asString();
        String known = BODIES.get(schema.substring(schema.lastIndexOf('/') + 1));
        if (known != null) {
            return known;
        }
        ObjectNode example = example(operation.description);
        if (operation.path.equals("/api/v1/history/jobs/{uid}/resubmit")) {
            // The past job was created from a pod.
            return "{}";
        }
        return operation.path.endsWith("/resubmit") ? example.toString() : marked(example);
    }

    private static ObjectNode example(JsonNode operation) {
        for (JsonNode example :
                operation.at("/requestBody/content/application~1json").path("examples")) {
            JsonNode value = example.path("value");
            return (ObjectNode) (value.isString() ? JSON.readTree(value.asString()) : value);
        }
        throw new AssertionError("Give the matrix a body for " + operation);
    }

    private static String marked(ObjectNode job) {
        ObjectNode marked = job.deepCopy();
        marked.withObject("env").put("MARKER", MARKER);
        return marked.toString();
    }

    private Answer exchange(String method, String path, String token, @Nullable String body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            HttpResponse<InputStream> response =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            String type = response.headers().firstValue("Content-Type").orElse("");
            try (InputStream answer = response.body()) {
                // A stream of events has no end.
                String text =
                        type.startsWith("text/event-stream")
                                ? ""
                                : new String(answer.readAllBytes(), StandardCharsets.UTF_8);
                return new Answer(
                        response.statusCode(),
                        text,
                        response.headers().firstValue("WWW-Authenticate"));
            }
        } catch (IOException | InterruptedException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
