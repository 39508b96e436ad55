package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.bench.Kubectl;
import io.interlinkgateway.bench.VirtualNode;
import io.interlinkgateway.job.Workspace;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One workspace, seen through the gateway and through kubectl.
final class WorkspaceClient {

    static final String JSON = "application/json";
    static final String YAML = "application/yaml";

    /// A short job takes some 10 s until interLink says that it has ended.
    private static final Duration PATIENCE = Duration.ofMinutes(6);

    /// As the seed has it: the virtual kubelet's certificate is its own.
    static final String INSECURELY = "--insecure-skip-tls-verify-backend";

    private static final JsonMapper MAPPER = new JsonMapper();

    private final GatewayProcess gateway;
    private final Workspace workspace;
    private final Kubectl kubectl;

    WorkspaceClient(GatewayProcess gateway, Workspace workspace, Path folder) {
        this(gateway, workspace, new Kubectl(folder, workspace.value()));
    }

    private WorkspaceClient(GatewayProcess gateway, Workspace workspace, Kubectl kubectl) {
        this.gateway = gateway;
        this.workspace = workspace;
        this.kubectl = kubectl;
    }

    /// @param replica another replica
    /// @return a client of the same workspace there
    WorkspaceClient at(GatewayProcess replica) {
        return new WorkspaceClient(replica, workspace, kubectl);
    }

    /// @param node where to
    /// @param command for the shell of the tests' image
    /// @param slurm members of the spec's `slurm`, as JSON
    /// @return a job spec
    static String spec(String node, String command, String slurm) {
        return MAPPER.writeValueAsString(
                        Map.of(
                                "node", node,
                                "image", VirtualNode.image(),
                                "command", List.of("/bin/sh", "-c"),
                                "args", List.of(command),
                                "resources",
                                        Map.of("limits", Map.of("cpu", "1", "memory", "256Mi"))))
                .replaceFirst("}$", ", \"slurm\": {" + slurm + "}}");
    }

    Kubectl kubectl() {
        return kubectl;
    }

    HttpResponse<String> send(String method, String path, String type, String body)
            throws IOException, InterruptedException {
        String separator = path.contains("?") ? "&" : "?";
        return gateway.send(
                method, "/api/v1" + path + separator + "workspace=" + workspace, type, body);
    }

    JsonNode ask(String method, String path, String type, String body, int status)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = send(method, path, type, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return MAPPER.readTree(answer.body());
    }

    JsonNode job(String name) throws IOException, InterruptedException {
        return ask("GET", "/jobs/" + name, JSON, "", 200);
    }

    JsonNode awaitState(String name, String state) throws IOException, InterruptedException {
        JsonNode reached =
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(300))
                        .until(
                                () -> job(name),
                                job ->
                                        state.equals(job.path("state").asString())
                                                || job.hasNonNull("finishedAt"));
        assertThat(reached.path("state").asString())
                .as(() -> reached + "\n" + kubectl.run("logs", INSECURELY, name))
                .isEqualTo(state);
        return reached;
    }

    void awaitGone(String name) {
        await().atMost(PATIENCE)
                .until(
                        () -> send("GET", "/jobs/" + name, JSON, "").statusCode(),
                        code -> code == 404);
    }

    String log(String name) throws IOException, InterruptedException {
        HttpResponse<String> answer = send("GET", "/jobs/" + name + "/logs", JSON, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    /// @return the job's id on the HPC, once it has one
    String slurmId(String name) {
        return await().atMost(PATIENCE)
                .until(() -> job(name).path("remoteJobId").asString(), found -> !found.isEmpty());
    }
}
