package io.interlinkgateway.cluster;

import static io.interlinkgateway.cluster.WorkspaceClient.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.RealSlurmrestd;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.bench.Slurm;
import io.interlinkgateway.bench.VirtualNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A slurmrestd that hangs, and one that is killed, under a running gateway: the other sources of a job's state go on.
@Requires({
    Component.OWN_CONTROL_PLANE,
    Component.SLURM,
    Component.SLURMRESTD,
    Component.VIRTUAL_NODE,
    Component.APPTAINER
})
class SlurmrestdFaultsIT {

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String NODE = "hpc-slurmrestd-faults";
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static EndToEndStack open(Path folder, Slurm slurm, RealSlurmrestd slurmrestd)
            throws IOException {
        Deployment deployment = new Deployment(TestCluster.shared());
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), deployment.kubeconfig());
        String settings = "--gateway.nodes." + NODE + ".slurmrestd.";
        return new EndToEndStack(
                folder,
                deployment,
                slurm,
                NODE,
                VirtualNode.start(Map.of(NODE, slurm), VirtualNode.Pace.FIVEFOLD),
                new GatewayProcess(
                        kubeconfig,
                        settings + "address=" + slurmrestd.address(),
                        settings + "period=1s",
                        settings + "timeout=3s",
                        "--management.endpoint.health.show-components=always"));
    }

    @Test
    void jobsStartAndEndWhileSlurmrestdHangsOrIsAwayAndItsReportsComeBack(@TempDir Path folder)
            throws Exception {
        Slurm slurm = Slurm.startWithRest();
        RealSlurmrestd first = RealSlurmrestd.atSocket(slurm);
        try (EndToEndStack stack = open(folder, slurm, first)) {
            WorkspaceClient client = stack.freshClient();
            await().atMost(PATIENCE)
                    .until(() ->
                            client.ask("GET", "/nodes/" + NODE, JSON, "", 200)
                                    .path("ready")
                                    .asBoolean());
            submit(client, "train", "echo first; sleep 600");
            client.awaitState("train", "RUNNING");
            awaitHpcState(client, "RUNNING");
            awaitHealth(stack, "UP");

            first.hang();
            awaitHealth(stack, "DEGRADED");
            assertThatAJobEnds(client, "during-the-hang");
            first.close();
            assertThatAJobEnds(client, "without-slurmrestd");
            assertThat(client.job("train").path("state").asString()).isEqualTo("RUNNING");
            awaitHealth(stack, "DEGRADED");

            try (RealSlurmrestd second = RealSlurmrestd.atSocket(slurm)) {
                assertThat(second.address()).isEqualTo(first.address());
                awaitHealth(stack, "UP");
                slurm.run("scancel", client.slurmId("train"));
                awaitHpcState(client, "CANCELLED");
            }
        } finally {
            first.close();
        }
    }

    private static void submit(WorkspaceClient client, String name, String command)
            throws Exception {
        client.ask(
                "PUT",
                "/jobs/" + name,
                JSON,
                WorkspaceClient.spec(NODE, command, "\"partition\": \"cpu\""),
                201);
    }

    private static void assertThatAJobEnds(WorkspaceClient client, String name) throws Exception {
        submit(client, name, "echo done");
        JsonNode job = client.awaitState(name, "SUCCEEDED");
        assertThat(job.at("/evidence/source").asString()).isEqualTo("JOB_RECORD");
        assertThat(client.log(name)).isEqualTo("done\n");
    }

    /// The gateway itself stays up, whatever a slurmrestd does.
    private static void awaitHealth(EndToEndStack stack, String status) {
        await().atMost(PATIENCE)
                .until(() -> {
                    JsonNode health =
                            MAPPER.readTree(
                                    stack.gateway()
                                            .send("GET", "/actuator/health", JSON, "")
                                            .body());
                    assertThat(health.path("status").asString()).isEqualTo("UP");
                    return health.at("/components/slurmrestd/status").asString("").equals(status);
                });
    }

    /// Only slurmrestd reports it.
    private static void awaitHpcState(WorkspaceClient client, String state) {
        await().atMost(PATIENCE)
                .until(() -> client.job("train").at("/hpc/state").asString("").equals(state));
    }
}
