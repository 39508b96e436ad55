package io.interlinkgateway.cluster;

import static io.interlinkgateway.cluster.WorkspaceClient.JSON;
import static io.interlinkgateway.cluster.WorkspaceClient.YAML;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.MlflowServer;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.bench.TestCertificate;
import io.interlinkgateway.bench.VirtualNode;
import io.interlinkgateway.telemetry.MonitoringFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The project's example job on the complete stack: the packaged gateway with the permissions of its manifests, the API
/// server, the scheduler, a virtual node that behaves like interLink's, a real SLURM, and Apptainer. Each result is
/// compared with that of kubectl or SLURM.
@Requires({
    Component.OWN_CONTROL_PLANE,
    Component.SLURM,
    Component.VIRTUAL_NODE,
    Component.APPTAINER
})
class JobsOnSlurmIT {

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String NODE = "hpc-recipe";

    private static @Nullable EndToEndStack stack;

    @BeforeAll
    static void open(@TempDir Path folder) throws IOException {
        stack =
                EndToEndStack.open(
                        folder,
                        NODE,
                        VirtualNode.Pace.FIVEFOLD,
                        "--gateway.history.directory=" + folder.resolve("history"));
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

    /// The example pod with another image and another command, because the HPC of the tests does not have the original
    /// ones.
    private static String seedPod(String command) {
        return """
        apiVersion: v1
        kind: Pod
        metadata:
          name: 3dgan-train
          annotations:
            slurm-job.vk.io/flags: "-p gpu --gres=gpu:1 --ntasks-per-node=1 --nodes=1"
        spec:
          automountServiceAccountToken: false
          containers:
          - name: 3dgan-container
            image: %s
            command: ["/bin/sh", "-c"]
            args: ["%s"]
            env:
            - name: MLFLOW_TRACKING_USERNAME
              valueFrom: {secretKeyRef: {name: mlflow-server, key: username}}
            resources:
              limits: {cpu: "48", memory: 150Gi}
              requests: {cpu: "4", memory: 20Gi}
          nodeSelector:
            kubernetes.io/hostname: %s
          tolerations:
          - {key: virtual-node.interlink/no-schedule, operator: Exists}
        """
                .formatted(VirtualNode.image(), command, NODE);
    }

    @Test
    void theExamplePodBecomesTheRequestedSlurmJob() throws Exception {
        WorkspaceClient user = stack().freshClient();
        user.kubectl()
                .run(
                        "create",
                        "secret",
                        "generic",
                        "mlflow-server",
                        "--from-literal=username=XYZ",
                        "--from-literal=password=ABC");

        user.ask("POST", "/jobs", YAML, seedPod("echo trained by $MLFLOW_TRACKING_USERNAME"), 201);

        user.awaitState("3dgan-train", "SUCCEEDED");
        assertThat(user.log("3dgan-train")).contains("trained by XYZ\n");
        String id = user.slurmId("3dgan-train");
        awaitSlurmState(id, "COMPLETED");
        assertThat(stack().slurm().job(id))
                .containsEntry("Partition", "gpu")
                .containsEntry("TresPerNode", "gres:gpu:1")
                .containsEntry("NumNodes", "1")
                .containsEntry("NtasksPerN:B:S:C", "1:0:*:*")
                .containsEntry("CPUs/Task", "48")
                .containsEntry("MinMemoryNode", "150G");
        assertThat(user.kubectl().run("get", "pods", "--no-headers")).startsWith("3dgan-train");
        assertThat(user.kubectl().run("logs", "--insecure-skip-tls-verify-backend", "3dgan-train"))
                .contains("trained by XYZ\n");
    }

    @Test
    void aPodThatKubectlAppliedIsAJobAndAJobIsAPodForKubectl() throws Exception {
        WorkspaceClient user = stack().freshClient();
        user.ask(
                "PUT",
                "/mlflow-credentials/mlflow-server",
                JSON,
                "{\"username\": \"ada\", \"password\": \"s3cret\"}",
                201);

        user.kubectl()
                .apply(seedPod("echo applied for $MLFLOW_TRACKING_USERNAME"), "apply", "-f", "-");

        JsonNode job = user.awaitState("3dgan-train", "SUCCEEDED");
        assertThat(job.path("managedBy").asString()).isEqualTo("kubectl");
        assertThat(user.log("3dgan-train")).contains("applied for ada\n");
        assertThat(user.ask("GET", "/jobs", JSON, "", 200).at("/items/0/name").asString())
                .isEqualTo("3dgan-train");
        assertThat(user.ask("GET", "/mlflow-credentials", JSON, "", 200).toString())
                .contains("mlflow-server")
                .doesNotContain("s3cret");

        user.kubectl().run("delete", "pod", "3dgan-train");

        user.awaitGone("3dgan-train");
    }

    @Test
    void theNodeMatchesKubectlAndSlurm() throws Exception {
        WorkspaceClient user = stack().freshClient();

        JsonNode node = user.ask("GET", "/nodes/" + NODE, JSON, "", 200);

        assertThat(node.path("ready").asBoolean()).isTrue();
        assertThat(node.at("/capacity/cpu").asString())
                .isEqualTo(
                        user.kubectl()
                                .run("get", "node", NODE, "-o", "jsonpath={.status.capacity.cpu}"));
        assertThat(node.at("/taints/0/key").asString())
                .isEqualTo("virtual-node.interlink/no-schedule");
    }

    @Test
    void aReplacementStartsAfterTheOldSlurmJobHasEnded() throws Exception {
        WorkspaceClient user = stack().freshClient();
        user.ask("PUT", "/jobs/train", JSON, spec("echo first; sleep 600"), 201);
        user.awaitState("train", "RUNNING");
        String first = user.slurmId("train");

        user.ask("PUT", "/jobs/train", JSON, spec("echo second"), 409);
        user.ask("PUT", "/jobs/train?replace=true", JSON, spec("echo second"), 201);

        // slurmctld cancels, and waits for the node to report that the processes ended.
        assertThat(stack().slurm().job(first).get("JobState"))
                .as("when the replacement was answered")
                .isIn("CANCELLED", "COMPLETING");
        user.awaitState("train", "SUCCEEDED");
        awaitSlurmState(first, "CANCELLED");
        assertThat(user.log("train")).contains("second\n").doesNotContain("first\n");
        assertThat(stack().slurm().job(user.slurmId("train")).get("StartTime"))
                .isGreaterThanOrEqualTo(stack().slurm().job(first).get("EndTime"));
    }

    @Test
    void aJobThatIsDeletedInTheQueueDoesNotRun() throws Exception {
        WorkspaceClient user = stack().freshClient();
        user.ask(
                "PUT",
                "/jobs/train",
                JSON,
                WorkspaceClient.spec(NODE, "echo ran", "\"flags\": \"--hold\""),
                201);
        String id = user.slurmId("train");
        assertThat(user.job("train").path("reason").asString()).isEqualTo("IN_HPC_QUEUE");

        assertThat(user.send("DELETE", "/jobs/train", JSON, "").statusCode()).isIn(200, 202);

        user.awaitGone("train");
        awaitSlurmState(id, "CANCELLED");
        assertThat(stack().slurm().job(id)).containsEntry("RunTime", "00:00:00");
    }

    @Test
    void aJobThatIsDeletedWhileItRunsIsEndedOnTheHpc() throws Exception {
        WorkspaceClient user = stack().freshClient();
        user.ask("PUT", "/jobs/train", JSON, spec("sleep 600"), 201);
        user.awaitState("train", "RUNNING");
        String id = user.slurmId("train");

        assertThat(user.send("DELETE", "/jobs/train", JSON, "").statusCode()).isIn(200, 202);

        user.awaitGone("train");
        awaitSlurmState(id, "CANCELLED");
    }

    /// The gateway and the pod can be ahead of what slurmctld has.
    private static void awaitSlurmState(String id, String state) {
        await().untilAsserted(
                        () -> assertThat(stack().slurm().job(id)).containsEntry("JobState", state));
    }

    @Test
    void eachMetricOfTheDocumentIsExposed() throws Exception {
        WorkspaceClient client = stack().freshClient();
        client.ask("PUT", "/jobs/train", JSON, spec("echo trained"), 201);
        client.awaitState("train", "SUCCEEDED");
        assertThat(client.send("POST", "/jobs", JSON, "x".repeat(2_000_000)).statusCode())
                .isEqualTo(413);

        String exposed = stack().gateway().send("GET", "/actuator/prometheus", JSON, "").body();

        assertThat(
                        Pattern.compile("\\bgateway_[a-z_]+")
                                .matcher(Files.readString(Path.of("docs/operations/metrics.md")))
                                .results()
                                .map(MatchResult::group)
                                .distinct())
                .hasSizeGreaterThan(5)
                .allSatisfy(metric ->
                        assertThat(exposed).containsPattern("(?m)^# TYPE " + metric + " "));
        Map<String, Set<String>> used = MonitoringFiles.used();
        assertThat(used).hasSizeGreaterThan(20);
        // See OrphanEndpointTests.
        used.keySet().removeIf(metric -> metric.startsWith("gateway_slurmrestd_"));
        MonitoringFiles.requireExposed(used, exposed);
    }

    @Test
    void aFollowedLogStartsBeforeTheJobAndEndsWithIt() throws Exception {
        WorkspaceClient user = stack().freshClient();
        user.ask(
                "PUT",
                "/jobs/train",
                JSON,
                spec("for i in 1 2 3 4 5 6 7 8; do echo epoch $i; sleep 1; done; printf over"),
                201);

        HttpResponse<String> followed = user.send("GET", "/jobs/train/logs?follow=true", JSON, "");

        assertThat(followed.statusCode()).isEqualTo(200);
        assertThat(followed.body().lines().filter(line -> line.startsWith("epoch")))
                .containsExactly(
                        "epoch 1", "epoch 2", "epoch 3", "epoch 4", "epoch 5", "epoch 6", "epoch 7",
                        "epoch 8");
        assertThat(followed.body()).contains("over");
        awaitSlurmState(user.slurmId("train"), "COMPLETED");
    }

    @Test
    @Requires(Component.MLFLOW)
    void anMlflowCredentialLogsARunToARealServer() throws Exception {
        WorkspaceClient user = stack().freshClient();
        try (MlflowServer mlflow = MlflowServer.start()) {
            user.ask(
                    "PUT",
                    "/mlflow-credentials/mlflow-server",
                    JSON,
                    MAPPER.writeValueAsString(
                            Map.of("username", mlflow.username(), "password", mlflow.password())),
                    201);
            String program =
                    "import mlflow; mlflow.set_experiment('3dgan'); mlflow.start_run();"
                            + " mlflow.log_metric('loss', 0.25); mlflow.end_run()";
            List<String> mounts =
                    mlflow.clientFolders().stream().map(folder -> folder + ":" + folder).toList();
            user.ask(
                    "PUT",
                    "/jobs/train",
                    JSON,
                    MAPPER.writeValueAsString(
                            Map.of(
                                    "node", NODE,
                                    "image", VirtualNode.image(),
                                    "command", List.of(mlflow.clientPython().toString(), "-c"),
                                    "args", List.of(program),
                                    "mlflow",
                                            Map.of(
                                                    "credential",
                                                    "mlflow-server",
                                                    "trackingUri",
                                                    mlflow.url().toString()),
                                    "resources",
                                            Map.of("limits", Map.of("cpu", "1", "memory", "1Gi")),
                                    "singularity", Map.of("mounts", mounts))),
                    201);

            JsonNode job = user.awaitState("train", "SUCCEEDED");

            assertThat(mlflow.metric("3dgan", "loss")).as(user.log("train")).isEqualTo(0.25);
            assertThat(job.toString()).doesNotContain(mlflow.password());
            assertThat(user.kubectl().run("get", "pod", "train", "-o", "yaml"))
                    .doesNotContain(mlflow.password());
        }
    }

    @Test
    void tenJobsAtOncePullTheirImageOnce() throws Exception {
        WorkspaceClient user = stack().freshClient();
        Path image = stack().folder().resolve("pulled.sif");
        try (ImageServer server = ImageServer.start(stack().folder())) {
            String job =
                    """
                    {"node": "%s", "image": {"path": "%s", "pullFrom": "%s"},
                     "command": ["/bin/sh", "-c"], "args": ["echo ran"],
                     "resources": {"limits": {"cpu": "1", "memory": "256Mi"}},
                     "slurm": {"flags": "--export=ALL,SSL_CERT_FILE=%s"}}
                    """
                            .formatted(NODE, image, server.address(), server.certificate());
            List<Future<JsonNode>> submissions = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int count = 0; count < 10; count++) {
                    String name = "/jobs/train-" + count;
                    submissions.add(threads.submit(() -> user.ask("PUT", name, JSON, job, 201)));
                }
            }
            for (Future<JsonNode> submission : submissions) {
                String name = submission.get(1, SECONDS).path("name").asString();
                user.awaitState(name, "SUCCEEDED");
                assertThat(user.log(name)).contains("ran\n");
            }
            assertThat(server.downloads()).isEqualTo(1);
        }
    }

    /// Serves the image over HTTPS, as a registry would, and counts.
    private record ImageServer(HttpsServer server, Path certificate, AtomicInteger count)
            implements AutoCloseable {

        static ImageServer start(Path folder) throws Exception {
            TestCertificate certificate = TestCertificate.create(folder, "ip:127.0.0.1");
            HttpsServer server =
                    HttpsServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
            AtomicInteger count = new AtomicInteger();
            byte[] image = Files.readAllBytes(Path.of(VirtualNode.image()));
            server.createContext(
                    "/",
                    exchange -> {
                        boolean download = exchange.getRequestMethod().equals("GET");
                        if (download) {
                            count.incrementAndGet();
                        }
                        exchange.getResponseHeaders()
                                .set("Content-Length", Integer.toString(image.length));
                        exchange.sendResponseHeaders(200, download ? image.length : -1);
                        if (download) {
                            exchange.getResponseBody().write(image);
                        }
                        exchange.close();
                    });
            server.start();
            return new ImageServer(server, certificate.pem(), count);
        }

        String address() {
            return "https://127.0.0.1:" + server.getAddress().getPort() + "/busybox.sif";
        }

        int downloads() {
            return count.get();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
