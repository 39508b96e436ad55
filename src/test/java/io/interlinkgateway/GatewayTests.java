package io.interlinkgateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole gateway in the sandbox, as a client sees it.
@SharedGateway
class GatewayTests {

    private static final String JSON = "application/json";
    private static final String YAML = "application/yaml";
    private static final String JOB =
            """
            {"node": "sandbox", "image": "/images/busybox.sif", "command": ["/bin/sh", "-c"],
             "args": ["echo hello"],
             "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}
            """;
    private static final String POD =
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: %s
              annotations:
                slurm-job.vk.io/flags: "-p gpu --gres=gpu:1 --ntasks-per-node=1 --nodes=1"
            spec:
              automountServiceAccountToken: false
              containers:
              - name: 3dgan-container
                image: /ceph/hpc/data/st2301-itwin-users/itwinai_v10.1.sif
                imagePullPolicy: Always
                command: [/bin/sh, -c]
                args: [" echo $CERN_DATA_ROOT"]
                env: [{name: CERN_DATA_ROOT, value: "/exp_data"}]
                resources:
                  limits: {cpu: "1", memory: 1Gi}
                  requests: {cpu: "1", memory: 1Gi}
              nodeSelector: {kubernetes.io/hostname: sandbox}
              tolerations: [{key: virtual-node.interlink/no-schedule, operator: Exists}]
            """;

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = new JsonMapper();

    @LocalServerPort private int port;

    private record Answer(HttpResponse<String> response, JsonNode body) {

        int status() {
            return response.statusCode();
        }

        String text(String pointer) {
            return body.at(pointer).asString();
        }
    }

    @Test
    void aJobRunsAndComesBack() {
        Answer submitted = post("/jobs", JOB);

        assertThat(submitted.status()).isEqualTo(201);
        String location = submitted.response.headers().firstValue("Location").orElseThrow();
        await().untilAsserted(() -> assertThat(at(location).text("/state")).isEqualTo("SUCCEEDED"));
        assertThat(get("/jobs/" + submitted.text("/name") + "/logs").response.body())
                .isEqualTo("hello\n");
    }

    @ParameterizedTest
    @CsvSource({
        "OPTIONS, /jobs, 200",
        "OPTIONS, /jobs/any/logs, 200",
        "DELETE, /jobs/no-such, 204",
        "POST, /jobs, 415"
    })
    void unusualMethodsAndBodiesAreAnswered(String method, String path, int status)
            throws Exception {
        HttpResponse<String> response =
                http.send(
                        HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:" + port + "/api/v1" + path))
                                .header("Content-Type", "multipart/form-data")
                                .method(method, HttpRequest.BodyPublishers.ofString("a"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(status);
    }

    @Test
    void theDefinitionCanBeSentAgain() {
        JsonNode definition = post("/jobs", named("again-1")).body.at("/definition");

        String renamed = definition.toString().replace("again-1", "again-2");
        Answer second = post("/jobs", renamed);

        assertThat(second.status()).isEqualTo(201);
        assertThat(second.body.at("/definition").toString()).isEqualTo(renamed);
    }

    @Test
    void theSeedsPodIsTakenAsItIs() {
        Answer submitted = send("POST", "/jobs", YAML, POD.formatted("seed"));

        assertThat(submitted.status()).isEqualTo(201);
        assertThat(submitted.body.at("/warnings"))
                .map(warning -> warning.at("/field").asString())
                .contains("spec.containers[0].imagePullPolicy");
        assertThat(submitted.text("/definition/spec/containers/0/args/0"))
                .isEqualTo(" echo $CERN_DATA_ROOT");
        await().untilAsserted(
                        () -> assertThat(get("/jobs/seed").text("/state")).isEqualTo("SUCCEEDED"));
        assertThat(get("/jobs/seed/logs").response.body()).isEqualTo("/exp_data\n");
        assertThat(get("/jobs/seed/manifest").response.body())
                .contains("kind: Pod\n", "3dgan-container");
    }

    @Test
    void aRepeatWithAKeyMakesOneJob() throws Exception {
        List<Callable<Answer>> repeats = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            repeats.add(() -> send("POST", "/jobs", JSON, JOB, "Idempotency-Key", "one-key"));
        }
        List<Answer> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Answer> answer : threads.invokeAll(repeats)) {
                answers.add(answer.get());
            }
        }

        assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(1);
        assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(49);
        assertThat(answers)
                .map(answer -> answer.text("/name"))
                .containsOnly(answers.getFirst().text("/name"));
        Answer other =
                send(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("hello", "x"),
                        "Idempotency-Key",
                        "one-key");
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.text("/type")).isEqualTo("/problems/idempotency-key-reused");
    }

    @Test
    void aTakenNameIsAConflictUntilItIsReplaced() {
        post("/jobs", named("taken").replace("echo hello", "sleep 600"));

        Answer conflict = put("/jobs/taken", named("taken"));
        assertThat(conflict.status()).isEqualTo(409);
        assertThat(conflict.text("/type")).isEqualTo("/problems/name-taken");
        assertThat(conflict.text("/hint")).contains("replace=true");

        assertThat(put("/jobs/taken?replace=true", named("taken")).status()).isEqualTo(201);
        assertThat(put("/jobs/taken", named("taken")).status()).isEqualTo(200);
    }

    @Test
    void aRepeatedReplacementLeavesTheJob() {
        String lives = named("goes-on").replace("echo hello", "sleep 600");
        post("/jobs", lives);

        assertThat(put("/jobs/goes-on?replace=true", lives).status()).isEqualTo(200);
        assertThat(put("/jobs/goes-on?replace=true&restart=true", lives).status()).isEqualTo(201);
    }

    @Test
    void anotherKindOfCredentialLeavesTheJobThatIsThere() {
        String credential = "/mlflow-credentials/changes-kind";
        put(credential, "{\"username\": \"ada\", \"password\": \"s3cret-marker\"}");
        String lives =
                named("logs-in-always")
                        .replace("echo hello", "sleep 600")
                        .replace(
                                "\"command\"",
                                "\"mlflow\": {\"credential\": \"changes-kind\", \"trackingUri\":"
                                        + " \"https://mlflow.example.org/\"}, \"command\"");
        String uid = post("/jobs", lives).text("/uid");

        put(credential, "{\"token\": \"t0ken-marker\"}");

        Answer repeat = post("/jobs", lives);
        assertThat(repeat.status()).isEqualTo(200);
        assertThat(repeat.text("/uid")).isEqualTo(uid);
        Answer replacement = put("/jobs/logs-in-always?replace=true", lives);
        assertThat(replacement.status()).isEqualTo(200);
        assertThat(replacement.text("/uid")).isEqualTo(uid);
    }

    @Test
    void aJobThatWouldBeReplacedIsNoAnswerWhereChecksFail() {
        String credential = "/mlflow-credentials/goes-away";
        put(credential, "{\"username\": \"ada\", \"password\": \"s3cret-marker\"}");
        String lives =
                named("stands")
                        .replace("echo hello", "sleep 600")
                        .replace(
                                "\"command\"",
                                "\"mlflow\": {\"credential\": \"goes-away\", \"trackingUri\":"
                                        + " \"https://mlflow.example.org/\"}, \"command\"");
        String uid = post("/jobs", lives).text("/uid");
        send("DELETE", credential, JSON, "");

        Answer restart =
                send(
                        "PUT",
                        "/jobs/stands?replace=true&restart=true",
                        JSON,
                        lives,
                        "Idempotency-Key",
                        "another-key");
        assertThat(restart.status()).isEqualTo(422);
        assertThat(rules(restart)).contains("credential-exists");
        assertThat(
                        send(
                                        "PUT",
                                        "/jobs/stands?replace=true",
                                        JSON,
                                        lives,
                                        "If-Match",
                                        "\"another-job\"")
                                .status())
                .isEqualTo(412);
        Answer goesOn = put("/jobs/stands?replace=true", lives);
        assertThat(goesOn.status()).isEqualTo(200);
        assertThat(goesOn.text("/uid")).isEqualTo(uid);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo a; while :; do echo x; sleep 0.1; done",
                "trap 'echo bye; exit 3' TERM; echo a; while :; do sleep 0.1; done"
            })
    void aFollowerOfAJobThatIsDeletedGetsWholeLines(String script) throws Exception {
        String name = "is-deleted-" + script.length();
        post("/jobs", named(name).replace("echo hello", script));
        await().until(() -> get("/jobs/" + name + "/logs").response.body().startsWith("a\n"));
        CompletableFuture<HttpResponse<String>> followed =
                http.sendAsync(
                        HttpRequest.newBuilder(
                                        URI.create(
                                                "http://127.0.0.1:%d/api/v1/jobs/%s/logs?follow=true"
                                                        .formatted(port, name)))
                                .header("Accept", "text/plain")
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        await().until(() -> get("/jobs/" + name).text("/state").equals("RUNNING"));

        send("DELETE", "/jobs/" + name, JSON, "");

        assertThat(followed.get(1, TimeUnit.MINUTES).body()).startsWith("a\n").endsWith("\n");
    }

    @Test
    void restartAloneIsRefused() {
        Answer refused = put("/jobs/alone?restart=true", named("alone"));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text("/hint")).contains("?replace=true&restart=true");
        assertThat(get("/jobs/alone").status()).isEqualTo(404);
    }

    @Test
    void resubmitMakesANewJobWithChanges() {
        post("/jobs", named("first").replace("\"64Mi\"", "\"32Mi\""));

        Answer again =
                post(
                        "/jobs/first/resubmit",
                        "{\"resources\": {\"limits\": {\"memory\": \"16Mi\"}}}");

        assertThat(again.status()).isEqualTo(201);
        assertThat(again.text("/name")).isNotEqualTo("first");
        assertThat(again.text("/definition/resources/limits/memory")).isEqualTo("16Mi");
        assertThat(again.text("/definition/resources/limits/cpu")).isEqualTo("1");
        assertThat(send("POST", "/jobs/first/resubmit", JSON, "").status()).isEqualTo(201);
    }

    @Test
    void deleteEndsAJob() {
        post("/jobs", named("ends").replace("echo hello", "sleep 600"));

        assertThat(send("DELETE", "/jobs/ends", JSON, "").status()).isIn(202, 204);
        await().untilAsserted(() -> assertThat(get("/jobs/ends").status()).isEqualTo(404));
        assertThat(send("DELETE", "/jobs/ends", JSON, "").status()).isEqualTo(204);
    }

    @Test
    void aJobThatIsBeingDeletedIsCancelling() {
        post("/jobs", named("resists").replace("echo hello", "trap '' TERM; sleep 600"));
        await().untilAsserted(
                        () -> assertThat(get("/jobs/resists").text("/state")).isEqualTo("RUNNING"));

        Answer answer = send("DELETE", "/jobs/resists?gracePeriodSeconds=7", JSON, "");

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.text("/state")).isEqualTo("CANCELLING");
        assertThat(answer.text("/cancellation/stage")).isEqualTo("REQUESTED");
        assertThat(answer.text("/cancellation/message")).contains("deletion was requested");
        assertThat(get("/jobs/resists/manifest").response().body())
                .contains("deletionGracePeriodSeconds: 7");
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE, /jobs/graced?gracePeriodSeconds=0, before the virtual node has cancelled",
        "DELETE, /jobs/graced?gracePeriodSeconds=-1, from 1 to 3600",
        "DELETE, /jobs/graced?gracePeriodSeconds=3601, from 1 to 3600",
        "DELETE, /jobs/graced?gracePeriodSeconds=5s, not a whole number",
        "PUT, /jobs/graced?replace=true&gracePeriodSeconds=0, before the virtual node",
        "PUT, /jobs/graced?gracePeriodSeconds=5, together with replace=true",
    })
    void aGracePeriodThatIsNotSafeIsRefused(String method, String path, String why) {
        Answer answer = send(method, path, JSON, method.equals("PUT") ? named("graced") : "");

        assertThat(answer.status()).as(answer.response().body()).isEqualTo(400);
        assertThat(answer.response().body()).contains(why);
        assertThat(get("/jobs/graced").status()).isEqualTo(404);
    }

    @Test
    void preflightReportsAllFindingsAndCreatesNothing() {
        Answer verdict =
                post(
                        "/jobs/preflight",
                        named("checked")
                                .replace("\"64Mi\"", "\"64Ei\"")
                                .replace(
                                        "\"command\"",
                                        "\"mlflow\": {\"credential\": \"none\", \"trackingUri\":"
                                            + " \"https://mlflow.example.org/\"}, \"slurm\":"
                                            + " {\"partition\": \"gpu\", \"timeLimit\": \"PT55M\","
                                            + " \"flags\": \"--exclude=gn42\"}, \"command\""));

        assertThat(verdict.status()).isEqualTo(200);
        assertThat(verdict.body.at("/accepted").asBoolean()).isFalse();
        assertThat(rules(verdict)).containsExactlyInAnyOrder("node-capacity", "credential-exists");
        assertThat(verdict.text("/manifest"))
                .contains("--partition=gpu --time=00:55:00 --exclude=gn42");
        assertThat(verdict.body.at("/batchLines").toString())
                .contains("#SBATCH --partition=gpu", "#SBATCH --time=00:55:00");
        assertThat(get("/jobs/checked").status()).isEqualTo(404);
    }

    @Test
    void preflightReportsMissingSecretsConfigMapsAndKeysWithHints() {
        put(
                "/mlflow-credentials/there?workspace=references",
                "{\"username\": \"ada\", \"password\": \"s3cret-marker\"}");
        String pod =
                POD.formatted("refers")
                        .replace(
                                "    env: [{",
                                """
                                    envFrom:
                                    - secretRef: {name: nosuch}
                                    - secretRef: {name: there}
                                    - configMapRef: {name: settings}
                                    - configMapRef: {name: maybe, optional: true}
                                    env: [{name: A, valueFrom: {secretKeyRef: {name: there, key: token}}}, {\
                                """)
                        .replace(
                                "  nodeSelector:",
                                """
                                  volumes:
                                  - {name: v, secret: {secretName: "No_Name"}}
                                  nodeSelector:\
                                """);

        Answer verdict = send("POST", "/jobs/preflight?workspace=references", YAML, pod);

        assertThat(verdict.text("/accepted")).isEqualTo("true");
        assertThat(missingObjects(verdict))
                .containsExactly(
                        "secret-exists spec.containers[0].envFrom[0].secretRef: The Secret"
                            + " \"nosuch\" does not exist; interLink waits for it and reports"
                            + " nothing. Create it with PUT"
                            + " /api/v1/mlflow-credentials/nosuch?workspace=references and a JSON"
                            + " body with username and password.",
                        "config-map-exists spec.containers[0].envFrom[2].configMapRef: The"
                            + " ConfigMap \"settings\" does not exist; interLink waits for it and"
                            + " reports nothing. The sandbox has no ConfigMaps: mark the reference"
                            + " as optional, or try the job on a cluster.",
                        "secret-exists spec.containers[0].env[0].valueFrom.secretKeyRef: The Secret"
                            + " \"there\" has no key \"token\"; interLink waits for it and reports"
                            + " nothing. The sandbox's Secrets are its MLflow credentials: refer to"
                            + " their keys username and password, or mlflow-token, mark the"
                            + " reference as optional, or try the job on a cluster.",
                        "secret-exists spec.volumes[0].secret: The Secret \"No_Name\" does not"
                            + " exist; interLink waits five minutes for it, then gives up. Correct"
                            + " the reference: names have lower case letters, digits, '-' and '.',"
                            + " with a letter or digit first and last; keys have letters, digits,"
                            + " '-', '_' and '.'.");
    }

    private static List<String> missingObjects(Answer verdict) {
        List<String> found = new ArrayList<>();
        verdict.body
                .at("/findings")
                .forEach(finding -> {
                    if (finding.at("/rule").asString().endsWith("-exists")) {
                        assertThat(finding.at("/severity").asString()).isEqualTo("WARNING");
                        found.add(
                                "%s %s: %s %s"
                                        .formatted(
                                                finding.at("/rule").asString(),
                                                finding.at("/field").asString(),
                                                finding.at("/message").asString(),
                                                finding.at("/hint").asString()));
                    }
                });
        return found;
    }

    @Test
    void aJobWaitsForItsSecretAndGoesOnOnceItIsMade() {
        String pod =
                POD.formatted("waits")
                        .replace(
                                "value: \"/exp_data\"",
                                "valueFrom: {secretKeyRef: {name: late, key: username}}");

        Answer submitted = send("POST", "/jobs?workspace=waits", YAML, pod);

        assertThat(submitted.status()).isEqualTo(201);
        assertThat(submitted.body.at("/warnings").toString()).contains("secret-exists");
        Answer waiting = get("/jobs/waits?workspace=waits");
        assertThat(waiting.text("/state")).isEqualTo("QUEUED");
        assertThat(waiting.text("/reason")).isEqualTo("SECRET_MISSING");
        assertThat(waiting.text("/message")).contains("\"late\"");

        put(
                "/mlflow-credentials/late?workspace=waits",
                "{\"username\": \"ada\", \"password\": \"s3cret-marker\"}");
        await().untilAsserted(() ->
                assertThat(get("/jobs/waits?workspace=waits").text("/state"))
                        .isEqualTo("SUCCEEDED"));
    }

    @Test
    void aPageEndsWithACursorToTheNext() {
        for (String name : List.of("page-a", "page-b", "page-c")) {
            post(
                    "/jobs?workspace=pages",
                    named(name).replace("\"command\"", "\"labels\": {\"x\": \"y\"}, \"command\""));
        }

        Answer first = get("/jobs?workspace=pages&limit=2&label=x=y&node=sandbox");
        assertThat(first.body.at("/items")).hasSize(2);
        Answer second = get("/jobs?workspace=pages&limit=2&cursor=" + first.text("/nextCursor"));
        assertThat(second.body.at("/items")).hasSize(1);
        assertThat(second.body.has("nextCursor")).isFalse();
        assertThat(get("/jobs?workspace=pages&cursor=!!").status()).isEqualTo(410);
    }

    @Test
    void credentialsNeverShowTheirPassword() {
        String body = "{\"username\": \"ada\", \"password\": \"s3cret-marker\"}";

        Answer created = put("/mlflow-credentials/mlflow-hpc", body);
        assertThat(created.status()).isEqualTo(201);
        assertThat(put("/mlflow-credentials/mlflow-hpc", body).status()).isEqualTo(200);
        Answer job =
                post(
                        "/jobs",
                        named("logs-in")
                                .replace(
                                        "\"command\"",
                                        "\"mlflow\": {\"credential\": \"mlflow-hpc\","
                                            + " \"trackingUri\": \"https://mlflow.example.org/\"},"
                                            + " \"command\"")
                                .replace(
                                        "echo hello",
                                        "test $MLFLOW_TRACKING_PASSWORD = s3cret-marke\\\"r\\\""));
        assertThat(job.status()).isEqualTo(201);
        await().untilAsserted(() ->
                assertThat(get("/jobs/logs-in").text("/state")).isEqualTo("SUCCEEDED"));
        assertThat(
                        Stream.of(
                                created,
                                job,
                                get("/mlflow-credentials"),
                                get("/mlflow-credentials/mlflow-hpc"),
                                get("/jobs/logs-in/manifest")))
                .map(answer -> answer.response.body())
                .noneMatch(text -> text.contains("s3cret-marker"));
        assertThat(send("DELETE", "/mlflow-credentials/mlflow-hpc", JSON, "").status())
                .isEqualTo(204);
        assertThat(get("/mlflow-credentials/mlflow-hpc").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void whatIsWrongIsNamedWithItsHint(
            String method,
            String path,
            String type,
            String body,
            int status,
            String slug,
            String field) {
        Answer problem = send(method, path, type, body);

        assertThat(problem.status()).as(problem.response.body()).isEqualTo(status);
        assertThat(problem.response.headers().firstValue("Content-Type"))
                .contains("application/problem+json");
        assertThat(problem.text("/type")).isEqualTo("/problems/" + slug);
        assertThat(problem.text("/hint")).isNotBlank();
        if (!field.isEmpty()) {
            assertThat(problem.body.at("/findings"))
                    .map(finding -> finding.at("/field").asString())
                    .contains(field);
        }
    }

    static Stream<Arguments> malformed() {
        String invalid = "invalid-job";
        String unreadable = "malformed-request";
        return Stream.of(
                row("POST", "/jobs", JSON, "", 400, unreadable, ""),
                row("POST", "/jobs", JSON, "{", 400, unreadable, ""),
                row("POST", "/jobs", JSON, "[]", 400, unreadable, ""),
                row("POST", "/jobs", JSON, JOB + "{}", 400, unreadable, ""),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("\"args\"", "\"arg\""),
                        400,
                        unreadable,
                        "arg"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("\"node\"", "\"image\": \"/x\", \"node\""),
                        400,
                        unreadable,
                        ""),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("{\"cpu\": \"1\",", "{\"cpu\": [],"),
                        422,
                        invalid,
                        "resources.limits.cpu"),
                row("POST", "/jobs", JSON, "{}", 422, invalid, "node"),
                row("POST", "/jobs", JSON, "{}", 422, invalid, "image"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("[\"echo hello\"]", "[null]"),
                        422,
                        invalid,
                        "args[0]"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("\"64Mi\"", "\"lots\""),
                        422,
                        invalid,
                        "resources.limits.memory"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("\"node\"", "\"name\": \"Not A Name\", \"node\""),
                        422,
                        invalid,
                        "name"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("\"sandbox\"", "\"nowhere\""),
                        422,
                        invalid,
                        "node"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace(
                                "\"node\"",
                                "\"slurm\": {\"flags\": \"--gres=gpu:1\\nrm -rf\"}, \"node\""),
                        422,
                        invalid,
                        "slurm.flags"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace(
                                "\"node\"", "\"slurm\": {\"timeLimit\": \"55 minutes\"}, \"node\""),
                        422,
                        invalid,
                        "slurm.timeLimit"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("\"node\"", "\"slurm\": {\"nodes\": 0}, \"node\""),
                        422,
                        invalid,
                        "slurm.nodes"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("\"node\"", "\"env\": {\"1A\": \"x\"}, \"node\""),
                        422,
                        invalid,
                        "env.1A"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("\"node\"", "\"labels\": {\"k8s.io/x\": \"x\"}, \"node\""),
                        422,
                        invalid,
                        "labels.k8s.io/x"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("\"node\"", "\"preExec\": \"#SBATCH --uid=0\", \"node\""),
                        422,
                        invalid,
                        "preExec"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("\"node\"", "\"slurm\": {\"nodes\": 1.9}, \"node\""),
                        422,
                        invalid,
                        "slurm.nodes"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("\"node\"", "\"slurm\": {\"nodes\": \"2\"}, \"node\""),
                        422,
                        invalid,
                        "slurm.nodes"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("\"node\"", "\"slurm\": {\"nodes\": \"\"}, \"node\""),
                        422,
                        invalid,
                        "slurm.nodes"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("\"node\"", "\"slurm\": {\"nodes\": true}, \"node\""),
                        422,
                        invalid,
                        "slurm.nodes"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("\"node\"", "\"env\": {\"A\": 1}, \"node\""),
                        422,
                        invalid,
                        "env.A"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("\"node\"", "\"env\": {\"A\": true}, \"node\""),
                        422,
                        invalid,
                        "env.A"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("\"node\"", "\"name\": 1.5, \"node\""),
                        422,
                        invalid,
                        "name"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("[\"echo hello\"]", "[\"echo\", 7]"),
                        422,
                        invalid,
                        "args[1]"),
                row(
                        "POST",
                        "/jobs",
                        JSON,
                        JOB.replace("[\"echo hello\"]", "\"echo\""),
                        422,
                        invalid,
                        "args"),
                row("POST", "/jobs", YAML, POD.formatted("123"), 422, invalid, "metadata.name"),
                row(
                        "POST",
                        "/jobs",
                        YAML,
                        POD.formatted("nul")
                                .replace("annotations:", "annotations:\n    x/nul: \"a\\0b\""),
                        422,
                        invalid,
                        "metadata.annotations[x/nul]"),
                row(
                        "POST",
                        "/jobs",
                        YAML,
                        POD.formatted("list")
                                .replace("annotations:", "annotations:\n    x/list: [a, b]"),
                        422,
                        invalid,
                        "metadata.annotations[x/list]"),
                row("POST", "/jobs", YAML, "kind: Service", 422, invalid, "kind"),
                row("POST", "/jobs", YAML, "a: [", 422, invalid, ""),
                row("POST", "/jobs", YAML, "a: 1\na: 2", 422, invalid, ""),
                row("POST", "/jobs", YAML, "a: &x [1]\nb: *x", 422, invalid, ""),
                row(
                        "POST",
                        "/jobs",
                        YAML,
                        POD.formatted("p")
                                .replace("  automount", "  hostNetwork: true\n  automount"),
                        422,
                        invalid,
                        "spec.hostNetwork"),
                row(
                        "POST",
                        "/jobs",
                        YAML,
                        POD.formatted("q").replace("{cpu: \"1\", memory: 1Gi}", "{cpu: lots}"),
                        422,
                        invalid,
                        "spec.containers[0].resources.limits.cpu"),
                row("GET", "/jobs?cursor=%ff", JSON, "", 400, unreadable, ""),
                row("POST", "/jobs", "text/plain", "x", 415, "unsupported-media-type", ""),
                row("POST", "/jobs?workspace=Not%20One", JSON, JOB, 422, invalid, "workspace"),
                row(
                        "PUT",
                        "/jobs/other",
                        JSON,
                        JOB.replace("\"node\"", "\"name\": \"mine\", \"node\""),
                        422,
                        invalid,
                        "name"),
                row("PATCH", "/jobs", JSON, JOB, 405, "method-not-allowed", ""),
                row("GET", "/jobs?limit=0", JSON, "", 400, unreadable, ""),
                row("GET", "/jobs?limit=x", JSON, "", 400, unreadable, "limit"),
                row("GET", "/jobs?state=DREAMING", JSON, "", 400, unreadable, "state"),
                row("GET", "/jobs/not-there", JSON, "", 404, "not-found", ""),
                row("GET", "/jobs/not-there/logs", JSON, "", 404, "not-found", ""),
                row("GET", "/jobs/not-there/manifest", JSON, "", 404, "not-found", ""),
                row("GET", "/nodes/not-there", JSON, "", 404, "not-found", ""),
                row("GET", "/no-such-thing", JSON, "", 404, "not-found", ""),
                row(
                        "PUT",
                        "/mlflow-credentials/x",
                        JSON,
                        "{\"username\": \"a:b\", \"password\": \"\"}",
                        422,
                        "invalid-request",
                        "username"),
                row(
                        "PUT",
                        "/mlflow-credentials/x",
                        JSON,
                        "{\"username\": \"a:b\", \"password\": \"\"}",
                        422,
                        "invalid-request",
                        "password"),
                row(
                        "POST",
                        "/mlflow-credentials/not-there/verify",
                        JSON,
                        "{}",
                        404,
                        "not-found",
                        ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"image\": null}|422|invalid-job",
                "{\"env\": {\"A\": 1, \"B\": [1]}}|422|invalid-job",
                "{\"bogus\": 1}|400|malformed-request",
                "{\"resources\": {\"limits\": {\"cpu\": {\"a\": 1}}}}|422|invalid-job",
                "[]|400|malformed-request",
                "{\"node\": 7}|422|invalid-job"
            })
    void changesThatMakeNoJobAreRefused(String changes, int status, String slug) {
        post("/jobs", named("changeable"));

        Answer problem = post("/jobs/changeable/resubmit", changes);

        assertThat(problem.status()).as(problem.response.body()).isEqualTo(status);
        assertThat(problem.text("/type")).isEqualTo("/problems/" + slug);
        assertThat(problem.body.at("/findings")).isNotEmpty();
    }

    private static Arguments row(
            String method,
            String path,
            String type,
            String body,
            int status,
            String slug,
            String field) {
        return Arguments.of(method, path, type, body, status, slug, field);
    }

    @Test
    void aLongJobIsTaken() {
        String arguments = "echo " + "x".repeat(100_000) + " | wc -c";

        Answer submitted = post("/jobs", named("long").replace("echo hello", arguments));

        assertThat(submitted.status()).as(submitted.response.body()).isEqualTo(201);
        await().untilAsserted(() ->
                assertThat(get("/jobs/long/logs").response.body()).contains("100001"));
    }

    @Test
    void aBodyThatIsTooLargeIsRefused() {
        String large = JOB.replace("echo hello", "x".repeat(2_000_000));

        Answer problem = post("/jobs", large);

        assertThat(problem.status()).isEqualTo(413);
        assertThat(problem.text("/type")).isEqualTo("/problems/body-too-large");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "\"text\"", "1", "true", " "})
    void aBodyThatIsNoObjectIsTheCallersFault(String body) throws Exception {
        for (String path : List.of("/jobs", "/jobs/preflight")) {
            Answer problem = post(path, body);

            assertThat(problem.status()).isEqualTo(400);
            assertThat(problem.text("/type")).isEqualTo("/problems/malformed-request");
        }
    }

    @Test
    void aBodyThatIsCutOffLeavesNoJob() throws IOException {
        String body = named("cut-off");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String head =
                    "POST /api/v1/jobs HTTP/1.1\r\n"
                            + "Host: localhost\r\n"
                            + "Content-Type: application/json\r\n"
                            + "Content-Length: "
                            + (body.length() + 10)
                            + "\r\n\r\n";
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).contains(" 400 ").contains("/problems/malformed-request");
        }
        assertThat(get("/jobs/cut-off").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({"https://portal.example.org, 200", "https://elsewhere.example.org, 403"})
    void onlyConfiguredOriginsMayCall(String origin, int status) throws Exception {
        HttpRequest preflight =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/jobs"))
                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                        .header("Origin", origin)
                        .header("Access-Control-Request-Method", "POST")
                        .build();

        assertThat(http.send(preflight, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(status);
    }

    @Test
    void everyProblemHasAPage() {
        Answer index = at("/problems");

        List<String> pages =
                Pattern.compile("href=\"([^\"]+)\"")
                        .matcher(index.response.body())
                        .results()
                        .map(match -> match.group(1))
                        .toList();
        assertThat(pages).hasSizeGreaterThan(10);
        assertThat(pages)
                .allSatisfy(page -> {
                    assertThat(at(page).status()).isEqualTo(200);
                    assertThat(at(page).response.body()).contains("<b>Hint:</b>");
                });
    }

    @Test
    void healthAndMetricsAreThere() {
        assertThat(at("/actuator/health/liveness").text("/status")).isEqualTo("UP");
        assertThat(at("/actuator/health/readiness").text("/status")).isEqualTo("UP");
        assertThat(at("/actuator/health").text("/components/nodes/status")).isEqualTo("UP");
        get("/jobs");
        assertThat(at("/actuator/prometheus").response.body())
                .contains("http_server_requests_seconds_bucket")
                .doesNotContain("spring_security");
    }

    private static String named(String name) {
        return JOB.replaceFirst("\\{", "{\"name\": \"" + name + "\", ");
    }

    private static List<String> rules(Answer verdict) {
        List<String> rules = new ArrayList<>();
        verdict.body.at("/findings").forEach(finding -> rules.add(finding.at("/rule").asString()));
        return rules;
    }

    private Answer get(String path) {
        return at("/api/v1" + path);
    }

    private Answer post(String path, String body) {
        return send("POST", path, JSON, body);
    }

    private Answer put(String path, String body) {
        return send("PUT", path, JSON, body);
    }

    private Answer send(String method, String path, String type, String body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1" + path))
                        .header("Content-Type", type)
                        .method(method, HttpRequest.BodyPublishers.ofString(body));
        return sent((headers.length == 0 ? request : request.headers(headers)).build());
    }

    private Answer at(String path) {
        return sent(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build());
    }

    private Answer sent(HttpRequest request) {
        try {
            HttpResponse<String> response =
                    http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response, bodyOf(response));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    private JsonNode bodyOf(HttpResponse<String> response) {
        String type = response.headers().firstValue("Content-Type").orElse("");
        return type.contains("json") ? json.readTree(response.body()) : json.valueToTree(Map.of());
    }
}
