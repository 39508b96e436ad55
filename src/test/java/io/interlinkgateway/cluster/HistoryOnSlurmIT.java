package io.interlinkgateway.cluster;

import static io.interlinkgateway.cluster.WorkspaceClient.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.bench.VirtualNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What the packaged gateway keeps of jobs of a real SLURM whose pods are deleted by kubectl.
@Requires({
    Component.OWN_CONTROL_PLANE,
    Component.SLURM,
    Component.VIRTUAL_NODE,
    Component.APPTAINER
})
class HistoryOnSlurmIT {

    private static final String NODE = "hpc-history";
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @Test
    void ofDeletedPodsTheStateIsKeptAndTheLogIfItWasArchivedBefore(@TempDir Path folder)
            throws Exception {
        try (EndToEndStack stack =
                EndToEndStack.open(
                        folder,
                        NODE,
                        VirtualNode.Pace.FIVEFOLD,
                        "--gateway.history.directory=" + folder.resolve("history"))) {
            WorkspaceClient client = stack.freshClient();
            await().atMost(PATIENCE)
                    .until(() ->
                            client.ask("GET", "/nodes/" + NODE, JSON, "", 200)
                                    .path("ready")
                                    .asBoolean());
            String ended = submitted(client, "ended", "echo epoch 1; echo epoch 2");
            String running = submitted(client, "running", "echo epoch 1; sleep 600");
            client.awaitState("ended", "SUCCEEDED");
            client.awaitState("running", "RUNNING");
            await().atMost(PATIENCE).until(() -> completeness(client, ended).equals("COMPLETE"));

            client.kubectl()
                    .run("delete", "pod", "ended", "running", "--force", "--grace-period=0");

            await().atMost(PATIENCE).until(() -> completeness(client, running).equals("LOST"));
            JsonNode lost = past(client, running);
            assertThat(lost.path("live").asBoolean()).isFalse();
            assertThat(lost.at("/job/state").asString())
                    .as("never said to be cancelled")
                    .isIn("RUNNING", "CANCELLING");
            assertThat(lost.at("/job/cancellation/stage").asString()).isEqualTo("UNCONFIRMED");
            await().atMost(PATIENCE).until(() -> !past(client, ended).path("live").asBoolean());
            assertThat(past(client, ended).at("/job/state").asString()).isEqualTo("SUCCEEDED");
            assertThat(client.send("GET", "/history/jobs/" + ended + "/logs", JSON, "").body())
                    .isEqualTo("epoch 1\nepoch 2\n");
            assertThat(client.ask("GET", "/jobs/ended", JSON, "", 404).path("uid").asString())
                    .isEqualTo(ended);
        }
    }

    private static String submitted(WorkspaceClient client, String name, String command)
            throws Exception {
        return client.ask(
                        "PUT",
                        "/jobs/" + name,
                        JSON,
                        WorkspaceClient.spec(NODE, command, "\"partition\": \"cpu\""),
                        201)
                .path("uid")
                .asString();
    }

    private static String completeness(WorkspaceClient client, String uid) throws Exception {
        return past(client, uid).at("/logs/0/completeness").asString("");
    }

    private static JsonNode past(WorkspaceClient client, String uid) throws Exception {
        return client.ask("GET", "/history/jobs/" + uid, JSON, "", 200);
    }
}
