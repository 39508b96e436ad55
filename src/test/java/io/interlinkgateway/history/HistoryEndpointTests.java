package io.interlinkgateway.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.SharedGateway;
import io.interlinkgateway.history.ArchivedLog.Completeness;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.PodYaml;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The endpoints of the history, in a workspace of its own for each test.
@SharedGateway
class HistoryEndpointTests {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String LOG = "epoch 1\nepoch 2\nepoch 3\n";

    private final HttpClient http = HttpClient.newHttpClient();
    private final String workspace = "past-" + UUID.randomUUID().toString().substring(0, 8);

    /// Ends with letters, so that no [#uid(int)] is the same.
    private final String uid = UUID.randomUUID().toString().substring(0, 34) + "ff";

    @LocalServerPort private int port;

    private final SamplePast past;

    HistoryEndpointTests(@Autowired JobHistory history, @Autowired LogArchive archive) {
        past = new SamplePast(history, archive, new Workspace(workspace));
    }

    @BeforeEach
    void aPastJob() {
        past.removed(uid, "train", 0, Map.of("experiment", "3dgan"));
    }

    @AfterEach
    void closeClient() {
        http.close();
    }

    @Test
    void aPastJobHasItsEndItsTimesAndItsChanges() throws Exception {
        past.log(uid, LOG, Completeness.COMPLETE);

        JsonNode job = json(get("/" + uid));

        assertThat(job.at("/job/state").asString()).isEqualTo("FAILED");
        assertThat(job.at("/job/exitCode").asInt()).isEqualTo(3);
        assertThat(job.at("/job/submittedBy").asString())
                .isEqualTo("https://issuer.example.org/#ada");
        assertThat(job.at("/job/definition/kind").asString()).isEqualTo("Pod");
        assertThat(job.path("live").asBoolean()).isFalse();
        assertThat(job.path("queueTime").asString()).isEqualTo("PT1M");
        assertThat(job.path("runTime").asString()).isEqualTo("PT2M");
        assertThat(job.at("/logs/0/completeness").asString()).isEqualTo("COMPLETE");
        assertThat(job.path("changes").valueStream().map(c -> c.at("/job/state").asString()))
                .containsExactly("RUNNING", "FAILED");
    }

    @Test
    void theListIsNewestFirstAndHasEveryJobOnce() throws Exception {
        for (int minute = 1; minute < 7; minute++) {
            past.removed(uid(minute), "job-" + minute, minute, Map.of());
        }
        List<String> names = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = json(get("?limit=3" + cursor));
            page.path("items").forEach(item -> names.add(item.at("/job/name").asString()));
            assertThat(page.path("items").valueStream())
                    .noneMatch(item -> item.at("/job").has("definition") || item.has("changes"));
            cursor =
                    page.has("nextCursor")
                            ? "&cursor=" + encoded(page.path("nextCursor").asString())
                            : "";
        } while (!cursor.isEmpty());

        assertThat(names)
                .containsExactly("job-6", "job-5", "job-4", "job-3", "job-2", "job-1", "train");
    }

    @ParameterizedTest
    @CsvSource({
        "state=FAILED, 1",
        "state=RUNNING, 0",
        "reason=EXIT_CODE, 1",
        "reason=TIME_LIMIT, 0",
        "node=sandbox, 1",
        "node=elsewhere, 0",
        "name=train, 1",
        "name=tra, 0",
        "label=experiment=3dgan, 1",
        "label=experiment=other, 0",
        "submitter=https://issuer.example.org/%23ada, 1",
        "submitter=ada, 0",
        "since=2026-11-24T09:00:00Z, 1",
        "since=2026-11-24T09:00:01Z, 0",
        "until=2026-11-24T09:00:00Z, 0",
        "until=2026-11-24T10:00:01%2B01:00, 1",
        "since=20000d, 1",
        "since=P20000D&until=pt438000h, 0",
        "q=RAI, 1",
        "q=3dga, 1",
        "q=experi, 1",
        "q=nothing, 0"
    })
    void eachFilterSelects(String filter, int found) throws Exception {
        assertThat(json(get("?" + filter)).path("items").size()).isEqualTo(found);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"%", "_", "'", "\"", "\\", "' OR 1=1 --", "x\u0000y", "é", "\ud83d\ude00"})
    void hostileTextFindsNothing(String text) throws Exception {
        HttpResponse<String> answer = get("?q=" + encoded(text));

        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 400);
        if (answer.statusCode() == 200) {
            assertThat(json(answer).path("items").isEmpty()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%ED%A0%80", "%C0%80", "%FF", "a%00", "%EF%BF%BE", "%E2%80%AE"})
    void bytesThatAreNoTextFindNothing(String bytes) throws Exception {
        for (String parameter : List.of("q", "name", "node", "submitter", "cursor", "label")) {
            HttpResponse<String> answer = get("?" + parameter + "=" + bytes);

            assertThat(answer.statusCode()).as(parameter + answer.body()).isIn(200, 400, 410, 422);
            assertThat(json(answer).path("items").isEmpty()).as(parameter).isTrue();
        }
    }

    @Test
    void aMegabyteOfTextIsRefused() throws Exception {
        HttpResponse<String> answer = get("?q=" + "x".repeat(1 << 20));

        assertThat(answer.statusCode()).isIn(400, 414, 431);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "since=2026-11-25T00:00:00Z&until=2026-11-24T00:00:00Z",
                "since=yesterday",
                "since=P1M",
                "since=-7d",
                "since=P999999999999999D",
                "since=PT-1S&since=P1D",
                "until=1969-12-31T23:59:59Z",
                "until=%2B999999999-12-31T23:59:59Z",
                "reason=NOTHING",
                "state=ENDED",
                "name=%25",
                "name=a'b",
                "label=a=%25",
                "submitter=",
                "submitter=a%00b",
                "limit=0",
                "limit=501",
                "offset=1"
            })
    void whatNoJobCanHaveIsRefused(String query) throws Exception {
        HttpResponse<String> answer = get("?" + query);

        assertThat(answer.statusCode()).as(answer.body()).isIn(400, 422);
        assertThat(json(answer).path("hint").asString()).isNotBlank();
    }

    @Test
    void tenKilobytesOfTextAreRefused() throws Exception {
        String long10k = "x".repeat(7_000);

        assertThat(get("?q=" + long10k).statusCode()).isEqualTo(400);
        assertThat(get("?submitter=" + long10k).statusCode()).isEqualTo(400);
        assertThat(get("?name=" + long10k).statusCode()).isEqualTo(400);
        assertThat(get("?since=" + long10k).statusCode()).isEqualTo(400);
        assertThat(get("/" + long10k).statusCode()).isEqualTo(404);
    }

    @Test
    void moreLabelsThanTheDatabaseIsToCompareAreRefused() throws Exception {
        String twenty =
                IntStream.range(0, 20)
                        .mapToObj(key -> "label=k" + key + "=v")
                        .collect(Collectors.joining("&"));

        assertThat(get("?" + twenty).statusCode()).isEqualTo(200);
        HttpResponse<String> answer = get("?" + twenty + "&label=k20=v");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("hint").asString()).isEqualTo("Use at most 20.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"!!", "a", "0", "' OR 1=1 --", "%00", "AAAAAAAAAAAA", "9999999999999999999"})
    void aCursorThatIsNotOneHasExpired(String cursor) throws Exception {
        HttpResponse<String> answer = get("?cursor=" + cursor.replace(" ", "%20"));

        assertThat(answer.statusCode()).as(answer.body()).isIn(400, 410);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unknown",
                "00000000-0000-0000-0000-000000000000",
                "%25",
                "a'b",
                "%C3%A9",
                "a%20b",
                "..."
            })
    void anUnknownUidIsNotFound(String unknown) throws Exception {
        for (String part : List.of("", "/manifest", "/logs", "/receipt")) {
            HttpResponse<String> answer = get("/" + unknown + part);

            assertThat(answer.statusCode()).as(part + answer.body()).isIn(400, 404);
        }
    }

    @Test
    void aJobOfAnotherWorkspaceIsLikeAnUnknownOne() throws Exception {
        String unknown = UUID.randomUUID().toString();
        for (String part : List.of("", "/manifest", "/logs", "/receipt")) {
            HttpResponse<String> others =
                    send("GET", "/" + uid + part, "elsewhere-" + workspace, "");
            HttpResponse<String> none =
                    send("GET", "/" + unknown + part, "elsewhere-" + workspace, "");

            assertThat(others.statusCode()).isEqualTo(404);
            assertThat(others.body().replace(uid, "UID"))
                    .isEqualTo(none.body().replace(unknown, "UID"));
        }
        assertThat(send("DELETE", "/" + uid, "elsewhere-" + workspace, "").statusCode())
                .isEqualTo(404);
        assertThat(
                        send("POST", "/" + uid + "/resubmit", "elsewhere-" + workspace, "{}")
                                .statusCode())
                .isEqualTo(404);
        assertThat(get("/" + uid).statusCode()).isEqualTo(200);
    }

    @Test
    void theManifestIsYamlOrJson() throws Exception {
        assertThat(get("/" + uid + "/manifest").body()).isEqualTo(PodYaml.of(SamplePast.POD));
        assertThat(
                        json(get("/" + uid + "/manifest", "Accept", "application/json"))
                                .path("kind")
                                .asString())
                .isEqualTo("Pod");
    }

    @Test
    void anArchivedLogIsGivenWholeAndByItsLastLines() throws Exception {
        past.log(uid, LOG, Completeness.COMPLETE);

        HttpResponse<String> whole = get("/" + uid + "/logs");
        assertThat(whole.statusCode()).as(whole.body()).isEqualTo(200);
        assertThat(whole.body()).isEqualTo(LOG);
        assertThat(whole.headers().firstValue("Log-Completeness")).hasValue("COMPLETE");
        assertThat(whole.headers().firstValue("Content-Length")).hasValue("24");
        assertThat(whole.headers().firstValue("ETag"))
                .hasValue("\"" + SamplePast.sha256(LOG.getBytes(StandardCharsets.UTF_8)) + "\"");
        assertThat(get("/" + uid + "/logs?tailLines=2").body()).isEqualTo("epoch 2\nepoch 3\n");
        assertThat(get("/" + uid + "/logs?tailLines=0").body()).isEmpty();
        assertThat(get("/" + uid + "/logs?tailLines=100000").body()).isEqualTo(LOG);
        assertThat(get("/" + uid + "/logs?container=main").body()).isEqualTo(LOG);
        assertThat(get("/" + uid + "/logs?container=other").statusCode()).isEqualTo(404);
        for (String refused :
                List.of("tailLines=-1", "tailLines=100001", "tailLines=x", "container=UPPER")) {
            assertThat(get("/" + uid + "/logs?" + refused).statusCode()).as(refused).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-4, 206, epoch",
        "bytes=16-, 206, epoch 3",
        "bytes=16-22, 206, epoch 3",
        "bytes=-8, 206, epoch 3",
        "bytes=-1000, 206, epoch 1",
        "bytes=0-999999999999, 206, epoch 1",
        "bytes=23-23, 206, ''",
        "bytes=5-2, 200, epoch 1",
        "'bytes=0-1,4-5', 200, epoch 1",
        "lines=0-1, 200, epoch 1",
        "bytes=a-b, 200, epoch 1",
        "bytes=--1, 200, epoch 1",
        "bytes=99999999999999999999-, 200, epoch 1",
        "bytes=24-, 416, ''",
        "bytes=-0, 416, ''"
    })
    void aRangeIsAnsweredOrIgnored(String range, int status, String begins) throws Exception {
        past.log(uid, LOG, Completeness.COMPLETE);

        HttpResponse<String> answer = get("/" + uid + "/logs", "Range", range);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        if (status == 416) {
            assertThat(answer.headers().firstValue("Content-Range")).hasValue("bytes */24");
            assertThat(json(answer).path("type").asString())
                    .isEqualTo("/problems/range-not-satisfiable");
        } else {
            assertThat(answer.body()).startsWith(begins);
            assertThat(answer.headers().firstValue("Content-Range").isPresent())
                    .isEqualTo(status == 206);
            assertThat(answer.headers().firstValueAsLong("Content-Length").orElseThrow())
                    .isEqualTo(answer.body().length());
        }
    }

    @Test
    void aRangeOfAnotherTextIsTheWholeText() throws Exception {
        past.log(uid, LOG, Completeness.COMPLETE);
        String tag = get("/" + uid + "/logs").headers().firstValue("ETag").orElseThrow();

        assertThat(get("/" + uid + "/logs", "Range", "bytes=0-4", "If-Range", tag).body())
                .isEqualTo("epoch");
        assertThat(get("/" + uid + "/logs", "Range", "bytes=0-4", "If-Range", "\"x\"").body())
                .isEqualTo(LOG);
    }

    @Test
    void anArchivedLogIsGivenAsEventsAndResumed() throws Exception {
        past.log(uid, LOG, Completeness.SHORTENED);

        HttpResponse<String> events = events("");
        assertThat(events.headers().firstValue("Log-Completeness")).hasValue("SHORTENED");
        assertThat(events.body())
                .containsSubsequence(
                        "event: log\nid: " + uid + "/main/a8\ndata: {\"text\":\"epoch 1\"}",
                        "event: log\nid: " + uid + "/main/a24\ndata: {\"text\":\"epoch 3\"}",
                        "event: end\nid: " + uid + "/main/end\n",
                        "\"state\":\"FAILED\"",
                        "\"completeness\":\"SHORTENED\"");
        assertThat(events(uid + "/main/a8").body())
                .doesNotContain("epoch 1")
                .contains("epoch 2", "epoch 3", "event: end");
        assertThat(get("/" + uid + "/logs", "Last-Event-ID", uid + "/main/a16").body())
                .isEqualTo("epoch 3\n");
        assertThat(events(uid + "/main/end").statusCode()).isEqualTo(204);
        for (String foreign :
                List.of(
                        "other/main/a8",
                        uid + "/main/a25",
                        uid + "/main/o8",
                        uid + "/x/end",
                        "x")) {
            assertThat(events(foreign).statusCode()).as(foreign).isEqualTo(410);
        }
    }

    @Test
    void theEndOfAShortenedLogIsGiven() throws Exception {
        String text = past.shortened(uid, "epoch 1\n".repeat(200), 400);

        assertThat(get("/" + uid + "/logs").body()).isEqualTo(text);
        assertThat(get("/" + uid + "/logs?tailLines=1").body()).isEqualTo("epoch 1\n");
        assertThat(get("/" + uid + "/logs", "Range", "bytes=-20").body())
                .isEqualTo(text.substring(text.length() - 20));
        assertThat(events(uid + "/main/a" + (text.length() - 8)).body())
                .contains("event: log\nid: " + uid + "/main/a" + text.length(), "event: end");
    }

    @Test
    void aLogWhoseStartCanNotBeReadIsAProblemAndNotAResponseOfItsLength() throws Exception {
        past.damagedLog(uid, LOG);

        HttpResponse<String> answer = get("/" + uid + "/logs");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(json(answer).path("type").asString()).isEqualTo("/problems/history-unreadable");
        assertThat(answer.headers().firstValue("ETag")).isEmpty();
        assertThat(events("").body()).contains("event: problem", "is damaged");
        assertThat(get("/" + uid + "/logs?tailLines=1").body()).isEqualTo("epoch 3\n");
    }

    @Test
    void theLogOfAJobWhosePodWasRemovedNowIsMissingAndNotTheJob() throws Exception {
        past.live(uid(9), "removed-now");

        assertThat(get("/" + uid(9) + "/logs").statusCode()).isEqualTo(410);
        assertThat(get("/" + uid(9) + "/logs?container=" + SamplePast.CONTAINER).statusCode())
                .isEqualTo(410);
        HttpResponse<String> other = get("/" + uid(9) + "/logs?container=other");
        assertThat(other.statusCode()).isEqualTo(404);
        assertThat(json(other).path("detail").asString()).contains("container named");
    }

    @Test
    void aLogThatIsNotThereIsAProblem() throws Exception {
        HttpResponse<String> never = get("/" + uid + "/logs");
        assertThat(never.statusCode()).isEqualTo(410);
        assertThat(json(never).path("type").asString()).isEqualTo("/problems/log-gone");
        for (Completeness completeness : List.of(Completeness.LOST, Completeness.EXPIRED)) {
            String other = UUID.randomUUID().toString();
            past.removed(other, "other", 1, Map.of());
            past.log(other, "", completeness);

            HttpResponse<String> answer = get("/" + other + "/logs");

            assertThat(answer.statusCode()).isEqualTo(410);
            assertThat(json(answer).path("detail").asString()).contains("10 s");
        }
    }

    @Test
    void aReceiptCanBeChecked() throws Exception {
        past.log(uid, LOG, Completeness.COMPLETE);

        ObjectNode receipt = (ObjectNode) json(get("/" + uid + "/receipt"));

        assertThat(receipt.path("directives").valueStream().map(JsonNode::asString))
                .contains(
                        "#SBATCH --partition=gpu", "#SBATCH --time=00:55:00", "#SBATCH --mem=1024");
        assertThat(receipt.at("/images/0/digest").asString()).startsWith("sha256:9f86d081");
        assertThat(receipt.at("/job/remoteJobId").asString()).isEqualTo("4711");
        assertThat(receipt.at("/job/startedAtPrecision").asString()).isEqualTo("SECOND");
        assertThat(receipt.at("/logs/0/sha256").asString())
                .isEqualTo(SamplePast.sha256(LOG.getBytes(StandardCharsets.UTF_8)));
        String digest = receipt.remove("sha256").asString();
        assertThat(CanonicalJson.digest(receipt)).isEqualTo(digest);
        assertThat(get("/" + uid + "/receipt").body()).contains(digest);
    }

    @Test
    void aPastJobIsSubmittedAgainWithChanges() throws Exception {
        HttpResponse<String> answer =
                send(
                        "POST",
                        "/" + uid + "/resubmit",
                        workspace,
                        "{\"metadata\": {\"name\": \"again\", \"labels\": {\"try\": \"2\"}}}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(answer.headers().firstValue("Location"))
                .hasValue("/api/v1/jobs/again?workspace=" + workspace);
        assertThat(json(answer).at("/labels/try").asString()).isEqualTo("2");
        assertThat(send("POST", "/" + uid + "/resubmit", workspace, "{\"spec\": 1}").statusCode())
                .isEqualTo(422);
    }

    @Test
    void passwordsOfCredentialsAreMasked() throws Exception {
        HttpResponse<String> made =
                exchange(
                        "PUT",
                        "/api/v1/mlflow-credentials/mine?workspace=" + workspace,
                        "{\"username\": \"ada\", \"password\": \"intertwin-eu\"}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);

        for (String part : List.of("", "/manifest", "/receipt")) {
            assertThat(get("/" + uid + part).body())
                    .as(part)
                    .contains("ghcr.io/************/train")
                    .doesNotContain("intertwin-eu/train");
        }
        HttpResponse<String> again = send("POST", "/" + uid + "/resubmit", workspace, "{}");
        assertThat(again.statusCode()).as(again.body()).isEqualTo(201);
        assertThat(again.body()).contains("ghcr.io/intertwin-eu/train");
    }

    @Test
    void aJobSpecThatLostAPasswordIsSubmittedAgainWithItsCredential() throws Exception {
        putCredential("pl4in-Written");
        String spec =
                submitted(
                        "application/json",
                        """
                        {"name": "plain", "node": "sandbox", "image": "/images/a.sif",
                         "command": ["true"], "env": {"PASSWORD": "pl4in-Written", "OTHER": "x"},
                         "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}
                        """);

        for (String changes : List.of("{}", "{\"env\": {\"PASSWORD\": \"*************\"}}")) {
            HttpResponse<String> refused =
                    send("POST", "/" + spec + "/resubmit", workspace, changes);
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
            JsonNode finding = json(refused).at("/findings/0");
            assertThat(finding.path("rule").asString()).isEqualTo("masked-secret");
            assertThat(finding.path("field").asString()).isEqualTo("env.PASSWORD");
            assertThat(finding.path("hint").asString())
                    .contains("{\"env\": {\"NAME\": null}}", "mlflow.credential");
        }
        HttpResponse<String> again =
                send(
                        "POST",
                        "/" + spec + "/resubmit",
                        workspace,
                        """
                        {"env": {"PASSWORD": null},
                         "mlflow": {"credential": "mine", "trackingUri": "https://mlflow.example.org/"}}
                        """);
        assertThat(again.statusCode()).as(again.body()).isEqualTo(201);
        assertThat(json(again).at("/definition/env").toString()).isEqualTo("{\"OTHER\":\"x\"}");
    }

    @Test
    void aPodThatLostAPasswordIsSubmittedAgainWithAReference() throws Exception {
        putCredential("pl4in-Written");
        String pod =
                submitted(
                        "application/yaml",
                        """
                        apiVersion: v1
                        kind: Pod
                        metadata: {name: plain-pod}
                        spec:
                          nodeSelector: {kubernetes.io/hostname: sandbox}
                          containers:
                          - name: main
                            image: /images/a.sif
                            command: ["true"]
                            env: [{name: OTHER, value: x}, {name: PASSWORD, value: pl4in-Written}]
                            resources: {limits: {cpu: "1", memory: 64Mi}}
                        """);

        HttpResponse<String> refused = send("POST", "/" + pod + "/resubmit", workspace, "{}");
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
        assertThat(json(refused).at("/findings/0/field").asString())
                .isEqualTo("spec.containers[0].env[1].value");
        assertThat(json(refused).at("/findings/0/hint").asString())
                .contains("spec.containers", "secretKeyRef");

        HttpResponse<String> again =
                send(
                        "POST",
                        "/" + pod + "/resubmit",
                        workspace,
                        """
                        {"spec": {"containers": [{"name": "main", "image": "/images/a.sif",
                          "command": ["true"], "resources": {"limits": {"cpu": "1", "memory": "64Mi"}},
                          "env": [{"name": "PASSWORD", "valueFrom":
                            {"secretKeyRef": {"name": "mine", "key": "password"}}}]}]}}
                        """);
        assertThat(again.statusCode()).as(again.body()).isEqualTo(201);
    }

    @Test
    void aDefinitionThatCantHaveAMaskIsNotSubmittedAgain() throws Exception {
        putCredential("pl4in-Written");
        String spec =
                submitted(
                        "application/json",
                        """
                        {"name": "plain-image", "node": "sandbox", "image": "/images/pl4in-Written.sif",
                         "command": ["true"], "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}
                        """);

        assertThat(get("/" + spec).body()).doesNotContain("pl4in-Written");
        HttpResponse<String> refused =
                send("POST", "/" + spec + "/resubmit", workspace, "{\"image\": \"/images/b.sif\"}");
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
        assertThat(json(refused).at("/findings/0/field").asString()).isEqualTo("image");
        assertThat(json(refused).at("/findings/0/hint").asString()).contains("POST /api/v1/jobs");
    }

    private void putCredential(String password) throws Exception {
        HttpResponse<String> made =
                exchange(
                        "PUT",
                        "/api/v1/mlflow-credentials/mine?workspace=" + workspace,
                        "{\"username\": \"ada\", \"password\": \"" + password + "\"}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    }

    /// @return the UID of a job that the history has
    private String submitted(String type, String body) throws Exception {
        HttpResponse<String> made =
                exchange("POST", "/api/v1/jobs?workspace=" + workspace, body, "Content-Type", type);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        String job = json(made).path("uid").asString();
        await().until(() -> get("/" + job).statusCode() == 200);
        return job;
    }

    @Test
    void aPastJobWithoutItsDefinitionIsNotSubmittedAgain() throws Exception {
        past.withoutDefinition(uid(8), "undefined");

        HttpResponse<String> answer = send("POST", "/" + uid(8) + "/resubmit", workspace, "{}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
        assertThat(json(answer).at("/findings/0/message").asString())
                .isEqualTo("The job can't be submitted again: its whole definition is not known.");
        HttpResponse<String> manifest = get("/" + uid(8) + "/manifest");
        assertThat(manifest.statusCode()).isEqualTo(404);
        assertThat(manifest.body()).contains("does not have the pod of this job");
    }

    @Test
    void aDeletedPastJobIsGoneWithItsLog() throws Exception {
        past.log(uid, LOG, Completeness.COMPLETE);

        assertThat(send("DELETE", "/" + uid, workspace, "").statusCode()).isEqualTo(204);

        assertThat(get("/" + uid).statusCode()).isEqualTo(404);
        assertThat(get("/" + uid + "/logs").statusCode()).isEqualTo(404);
        assertThat(send("DELETE", "/" + uid, workspace, "").statusCode()).isEqualTo(404);
    }

    @Test
    void theHistoryOfALiveJobIsNotDeleted() throws Exception {
        past.live(uid(7), "living");

        HttpResponse<String> answer = send("DELETE", "/" + uid(7), workspace, "");

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(json(answer).path("type").asString()).isEqualTo("/problems/job-exists");
        assertThat(get("/" + uid(7)).statusCode()).isEqualTo(200);
    }

    @Test
    void aJobThatIsGoneIsNamedByItsUid() throws Exception {
        for (String part : List.of("", "/manifest", "/logs", "/events", "/resubmit")) {
            HttpResponse<String> answer =
                    exchange(
                            part.equals("/resubmit") ? "POST" : "GET",
                            "/api/v1/jobs/train" + part + "?workspace=" + workspace,
                            part.equals("/resubmit") ? "{}" : "");

            assertThat(answer.statusCode()).as(part).isEqualTo(404);
            assertThat(json(answer).path("type").asString()).isEqualTo("/problems/job-gone");
            assertThat(json(answer).path("uid").asString()).isEqualTo(uid);
        }
        assertThat(
                        json(exchange("GET", "/api/v1/jobs/never?workspace=" + workspace, ""))
                                .path("type")
                                .asString())
                .isEqualTo("/problems/not-found");
    }

    @Test
    void aNodesStatisticsCoverADayAndAWeek() throws Exception {
        JsonNode statistics = json(exchange("GET", "/api/v1/nodes/sandbox/statistics", ""));

        assertThat(statistics.path("periods").valueStream().map(p -> p.path("period").asString()))
                .containsExactly("PT24H", "PT168H");
        assertThat(exchange("GET", "/api/v1/nodes/nowhere/statistics", "").statusCode())
                .isEqualTo(404);
    }

    private String uid(int number) {
        return uid.substring(0, uid.length() - 2) + "%02d".formatted(number);
    }

    private HttpResponse<String> events(String after) throws Exception {
        return after.isEmpty()
                ? get("/" + uid + "/logs", "Accept", "text/event-stream")
                : get("/" + uid + "/logs", "Accept", "text/event-stream", "Last-Event-ID", after);
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        return send("GET", path, workspace, "", headers);
    }

    private HttpResponse<String> send(
            String method, String path, String workspace, String body, String... headers)
            throws Exception {
        return exchange(
                method,
                "/api/v1/history/jobs"
                        + path
                        + (path.contains("?") ? "&" : "?")
                        + "workspace="
                        + workspace,
                body,
                headers);
    }

    private HttpResponse<String> exchange(
            String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .method(
                                method,
                                body.isEmpty()
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty() && !List.of(headers).contains("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JSON.readTree(answer.body());
    }
}
