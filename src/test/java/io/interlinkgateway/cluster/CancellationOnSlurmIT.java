package io.interlinkgateway.cluster;

import static io.interlinkgateway.cluster.WorkspaceClient.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.bench.VirtualNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Cancellations on the packaged gateway, the API server, a virtual node that behaves like interLink's, and a real
/// SLURM: compares the gateway's reports with SLURM's.
@Requires({
    Component.OWN_CONTROL_PLANE,
    Component.SLURM,
    Component.VIRTUAL_NODE,
    Component.APPTAINER
})
class CancellationOnSlurmIT {

    private static final Logger LOG = LoggerFactory.getLogger(CancellationOnSlurmIT.class);
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String NODE = "hpc-cancel";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static @Nullable EndToEndStack stack;

    @BeforeAll
    static void open(@TempDir Path folder) throws IOException {
        stack = EndToEndStack.open(folder, NODE, VirtualNode.Pace.FIVEFOLD);
    }

    @AfterAll
    static void close() {
        if (stack != null) {
            stack.close();
        }
    }

    private static EndToEndStack stack() {
        return Objects.requireNonNull(stack);
    }

    private static String spec(String command) {
        return WorkspaceClient.spec(NODE, command, "\"partition\": \"cpu\"");
    }

    /// A job that interLink itself has seen running.
    private static String running(WorkspaceClient client) throws Exception {
        await().atMost(PATIENCE)
                .until(() ->
                        client.ask("GET", "/nodes/" + NODE, JSON, "", 200)
                                .path("ready")
                                .asBoolean());
        client.ask("PUT", "/jobs/train", JSON, spec("echo first; sleep 600"), 201);
        await().atMost(PATIENCE)
                .until(() ->
                        client.kubectl()
                                .run("get", "pod", "train", "-o", "jsonpath={.status.phase}")
                                .equals("Running"));
        return client.slurmId("train");
    }

    private static JsonNode delete(WorkspaceClient client, String parameters, int status)
            throws Exception {
        return client.ask("DELETE", "/jobs/train" + parameters, JSON, "", status);
    }

    /// Repeats the deletion while the job goes away.
    private static HttpResponse<String> awaitRemoval(WorkspaceClient client) {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(
                        () -> client.send("DELETE", "/jobs/train", JSON, ""),
                        answer -> answer.statusCode() != 202);
    }

    private static void assertUnconfirmed(HttpResponse<String> answer, String slurmId) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode job = MAPPER.readTree(answer.body());
        assertThat(job.at("/cancellation/stage").asString()).isEqualTo("UNCONFIRMED");
        assertThat(job.at("/cancellation/message").asString()).contains("job " + slurmId);
    }

    private static void awaitCancelled(String slurmId) {
        await().atMost(PATIENCE)
                .until(() -> "CANCELLED".equals(stack().slurm().job(slurmId).get("JobState")));
    }

    @Test
    void aRunningJobIsCancelledWithinItsGracePeriodAndItsEndIsNotClaimed() throws Exception {
        WorkspaceClient client = stack().freshClient();
        String id = running(client);
        Queue<JsonNode> deletions = new ConcurrentLinkedQueue<>();
        Queue<String> stages = new ConcurrentLinkedQueue<>();
        String events =
                "/api/v1/events?workspace=" + client.job("train").path("workspace").asString();
        try (ResumingStream stream =
                new ResumingStream(
                        stack().gateway(),
                        events,
                        (event, data) -> {
                            JsonNode body = MAPPER.readTree(data);
                            if (event.equals("deleted")) {
                                deletions.add(body);
                            } else if (body.has("cancellation")) {
                                stages.add(body.at("/cancellation/stage").asString());
                            }
                        })) {
            stream.awaitBegin();
            long begin = System.nanoTime();

            JsonNode answer = delete(client, "", 202);

            assertThat(answer.path("state").asString()).isEqualTo("CANCELLING");
            assertThat(answer.at("/cancellation/stage").asString()).isIn("REQUESTED", "SENT");
            awaitCancelled(id);
            Duration cancelled = Duration.ofNanos(System.nanoTime() - begin);
            HttpResponse<String> removed = awaitRemoval(client);
            LOG.info(
                    "delete: cancelled after {}, pod removed after {}",
                    cancelled,
                    Duration.ofNanos(System.nanoTime() - begin));
            assertUnconfirmed(removed, id);
            assertThat(client.send("GET", "/jobs/train", JSON, "").statusCode()).isEqualTo(404);
            await().atMost(PATIENCE).until(() -> !deletions.isEmpty());
            assertThat(deletions.element().at("/cancellation/stage").asString())
                    .isEqualTo("UNCONFIRMED");
            assertThat(stages).contains("SENT").doesNotContain("CONFIRMED");
        }
    }

    @Test
    void aJobThatHasEndedIsDeletedAtOnceAndItsEndIsConfirmed() throws Exception {
        WorkspaceClient client = stack().freshClient();
        client.ask("PUT", "/jobs/train", JSON, spec("echo done"), 201);
        client.awaitState("train", "SUCCEEDED");

        assertThat(awaitRemoval(client).statusCode()).isEqualTo(204);
    }

    @Test
    void aJobThatKubernetesDidNotScheduleIsDeletedAtOnceAndItsEndIsConfirmed() throws Exception {
        WorkspaceClient client = stack().freshClient();
        String most =
                client.ask("GET", "/nodes/" + NODE, JSON, "", 200).at("/capacity/cpu").asString();
        String held =
                WorkspaceClient.spec(NODE, "echo held", "\"flags\": \"--hold\"")
                        .replace("\"cpu\":\"1\"", "\"cpu\":\"" + most + "\"");
        client.ask("PUT", "/jobs/holds-the-node", JSON, held, 201);
        client.ask("PUT", "/jobs/train", JSON, held, 201);
        client.awaitState("train", "QUEUED");
        assertThat(client.job("train").path("reason").asString()).isEqualTo("NODE_FULL");

        assertThat(client.send("DELETE", "/jobs/train", JSON, "").statusCode()).isEqualTo(204);
        client.send("DELETE", "/jobs/holds-the-node", JSON, "");
        client.awaitGone("holds-the-node");
    }

    @Test
    void aJobInTheQueueIsCancelledAndItsEndIsNotClaimed() throws Exception {
        WorkspaceClient client = stack().freshClient();
        client.ask(
                "PUT",
                "/jobs/train",
                JSON,
                WorkspaceClient.spec(NODE, "echo ran", "\"flags\": \"--hold\""),
                201);
        String id = client.slurmId("train");

        assertUnconfirmed(awaitRemoval(client), id);

        awaitCancelled(id);
        assertThat(stack().slurm().job(id)).containsEntry("RunTime", "00:00:00");
    }

    /// Its record shows that it runs before interLink has noticed; until then interLink removes its pod at once.
    @Test
    void aJobThatInterlinkHasNotSeenRunningIsCancelledAndItsEndIsNotClaimed() throws Exception {
        WorkspaceClient client = stack().freshClient();
        stack().node().hold(NODE);
        try {
            client.ask("PUT", "/jobs/train", JSON, spec("echo first; sleep 600"), 201);
            client.awaitState("train", "RUNNING");
            String id = client.slurmId("train");

            assertUnconfirmed(awaitRemoval(client), id);

            awaitCancelled(id);
        } finally {
            stack().node().release(NODE);
        }
    }

    @Test
    void aReplacementWaitsForTheGracePeriodOfTheRequest() throws Exception {
        WorkspaceClient client = stack().freshClient();
        String id = running(client);
        long begin = System.nanoTime();

        client.ask(
                "PUT",
                "/jobs/train?replace=true&gracePeriodSeconds=1",
                JSON,
                spec("echo second"),
                201);

        LOG.info("replace: {}", Duration.ofNanos(System.nanoTime() - begin));
        awaitCancelled(id);
        client.awaitState("train", "SUCCEEDED");
        assertThat(client.log("train")).contains("second\n").doesNotContain("first\n");
    }

    @Test
    void aDeletionWhileThePluginIsDownIsKeptAndShowsTheLostContact() throws Exception {
        WorkspaceClient client = stack().freshClient();
        String id = running(client);
        stack().node().pluginDown(NODE);
        try {
            delete(client, "?gracePeriodSeconds=1", 202);

            await().atMost(PATIENCE)
                    .until(() ->
                            client.job("train")
                                    .at("/cancellation/message")
                                    .asString()
                                    .contains("out of contact since"));
            assertThat(client.job("train").at("/cancellation/stage").asString())
                    .isEqualTo("REQUESTED");
            assertThat(stack().slurm().job(id)).containsEntry("JobState", "RUNNING");
        } finally {
            stack().node().pluginUp(NODE);
        }
        awaitCancelled(id);
        assertUnconfirmed(awaitRemoval(client), id);
    }

    @Test
    void aDeletionWhileTheVirtualKubeletIsDownIsKept() throws Exception {
        WorkspaceClient client = stack().freshClient();
        String id = running(client);
        stack().node().kill();
        try {
            JsonNode answer = delete(client, "?gracePeriodSeconds=1", 202);

            assertThat(answer.at("/cancellation/stage").asString()).isEqualTo("REQUESTED");
            assertThat(stack().slurm().job(id)).containsEntry("JobState", "RUNNING");
        } finally {
            stack().node().startAgain();
        }
        awaitCancelled(id);
        assertUnconfirmed(awaitRemoval(client), id);
    }
}
