package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.job.Workspace;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The packaged gateway on the real API server, with the rights that its manifests give: what no crash, race or
/// repeat may break.
@Requires(Component.CONTROL_PLANE)
class GatewayOnKubernetesIT {

    private static final String JSON = "application/json";
    private static final String JOB =
            """
            {"node": "vega-new-vk", "image": "/images/busybox.sif", "command": ["sleep", "600"],
             "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}
            """;
    private static final String SEED =
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: 3dgan-train
              annotations:
                slurm-job.vk.io/flags: "-p gpu --gres=gpu:1 --ntasks-per-node=1 --nodes=1"
                slurm-job.vk.io/pre-exec: "singularity pull /ceph/hpc/data/st2301-itwin-users/itwinaiv6_1.sif docker://ghcr.io/intertwin-eu/itwinai:0.0.1-3dgan-0.2"
            spec:
              automountServiceAccountToken: false
              containers:
              - name: 3dgan-container
                image: /ceph/hpc/data/st2301-itwin-users/itwinaiv6_1.sif
                command: ["/bin/sh", "-c"]
                args: [" cd /tmp && itwinai exec-pipeline --print-config \\\\ -o mlflow_tracking_uri=$MLFLOW_TRACKING_URI"]
                env:
                - name: MLFLOW_TRACKING_USERNAME
                  valueFrom: {secretKeyRef: {name: mlflow-server, key: username}}
                resources:
                  limits: {cpu: "48", memory: 150Gi}
                  requests: {cpu: "4", memory: 20Gi}
              nodeSelector:
                kubernetes.io/hostname: vega-new-vk
              tolerations:
              - {key: virtual-node.interlink/no-schedule, operator: Exists}
            """;

    private static final TestCluster CLUSTER = TestCluster.shared();
    private static @Nullable Deployment deployment;
    private static @Nullable GatewayProcess gateway;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        deployment = new Deployment(CLUSTER);
        gateway =
                new GatewayProcess(
                        Files.writeString(folder.resolve("kubeconfig"), deployment.kubeconfig()));
    }

    @AfterAll
    static void stop() {
        gateway().close();
    }

    private static GatewayProcess gateway() {
        return Objects.requireNonNull(gateway);
    }

    private static Deployment deployment() {
        return Objects.requireNonNull(deployment);
    }

    @Test
    void theManifestsCreateTwoPodsUnderRestrictedPodSecurity() {
        await().until(() -> {
            Integer pods =
                    CLUSTER.client()
                            .apps()
                            .deployments()
                            .inNamespace(Deployment.NAME)
                            .withName(Deployment.NAME)
                            .get()
                            .getStatus()
                            .getReplicas();
            return pods != null && pods == 2;
        });
        assertThat(
                        CLUSTER.client()
                                .namespaces()
                                .withName(Deployment.NAME)
                                .get()
                                .getMetadata()
                                .getLabels())
                .containsEntry("pod-security.kubernetes.io/enforce", "restricted");
    }

    @Test
    void everyOperationWorksWithThePermissionsOfTheManifests() throws Exception {
        Workspace workspace = deployment().freshWorkspace();
        String in = "?workspace=" + workspace;
        String credential = "/api/v1/mlflow-credentials/mlflow-server" + in;
        String job = "/api/v1/jobs/train" + in;
        String first = "{\"username\": \"ada\", \"password\": \"first\"}";

        assertThat(code("PUT", credential, first)).isEqualTo(201);
        assertThat(code("PUT", credential, first.replace("first", "second"))).isEqualTo(200);
        assertThat(code("GET", "/api/v1/mlflow-credentials" + in, "")).isEqualTo(200);
        assertThat(code("PUT", job, JOB)).isEqualTo(201);
        assertThat(code("GET", job, "")).isEqualTo(200);
        assertThat(code("GET", jobs(workspace), "")).isEqualTo(200);
        assertThat(code("POST", "/api/v1/jobs/train/resubmit" + in, "{}")).isEqualTo(201);
        assertThat(code("POST", "/api/v1/jobs/preflight" + in, JOB)).isEqualTo(200);
        assertThat(code("GET", "/api/v1/nodes/vega-new-vk", "")).isEqualTo(200);
        assertThat(code("GET", "/api/v1/nodes", "")).isEqualTo(200);
        assertThat(code("DELETE", job, "")).isIn(200, 202, 204);
        assertThat(code("DELETE", credential, "")).isEqualTo(204);
    }

    /// Whether the service account may write the record and watch is seen by what the API server says of it.
    @Test
    void thePermissionsAreSufficientForWatchesAndForWritingTheRecord() throws Exception {
        Workspace workspace = deployment().freshWorkspace();

        for (String right : List.of("watch pods", "patch pods", "get secrets", "get configmaps")) {
            assertThat(deployment().may(right, workspace)).as(right).isTrue();
        }
        assertThat(deployment().may("watch nodes", workspace)).isTrue();
        assertThat(deployment().may("patch nodes", workspace)).isFalse();
        assertThat(deployment().may("patch pods/status", workspace)).isFalse();
    }

    @Test
    void aNamespaceThatIsNotOpenToTheGatewayIsRefusedWithTheReason() throws Exception {
        HttpResponse<String> answer =
                gateway().send("POST", jobs(CLUSTER.freshWorkspace()), JSON, JOB);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(502);
        assertThat(answer.body()).contains("/problems/cluster-refused", "cannot create resource");
    }

    @Test
    void theExamplePodIsAcceptedUnchanged() throws Exception {
        Workspace workspace = deployment().freshWorkspace();

        HttpResponse<String> answer =
                gateway().send("POST", jobs(workspace), "application/yaml", SEED);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        Pod pod = pods(workspace).getFirst();
        assertThat(pod.getMetadata().getAnnotations())
                .containsEntry(
                        "slurm-job.vk.io/flags",
                        "--partition=gpu --gres=gpu:1 --ntasks-per-node=1 --nodes=1");
        assertThat(pod.getSpec().getContainers().getFirst().getArgs())
                .containsExactly(
                        " cd /tmp && itwinai exec-pipeline --print-config \\ -o"
                                + " mlflow_tracking_uri=$MLFLOW_TRACKING_URI");
        assertThat(pod.getSpec().getRestartPolicy()).isEqualTo("Never");
        await().until(() -> pods(workspace).getFirst().getSpec().getNodeName() != null);
    }

    @Test
    void aLivePodIsReplaced() throws Exception {
        Workspace workspace = deployment().freshWorkspace();
        String address = "/api/v1/jobs/train?replace=true&workspace=" + workspace;
        gateway().send("PUT", address, JSON, JOB);
        String old = pods(workspace).getFirst().getMetadata().getUid();

        HttpResponse<String> answer =
                gateway().send("PUT", address, JSON, JOB.replace("600", "601"));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(pods(workspace))
                .hasSize(1)
                .noneMatch(pod -> pod.getMetadata().getUid().equals(old));
    }

    @Test
    void fiftyParallelSubmitsWithOneKeyCreateOnePod() throws Exception {
        Workspace workspace = deployment().freshWorkspace();
        List<Callable<Integer>> submits =
                Collections.nCopies(50, () -> submit(workspace, "the-key"));
        Map<Integer, Long> codes;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            codes =
                    threads.invokeAll(submits).stream()
                            .map(Future::resultNow)
                            .collect(Collectors.groupingBy(code -> code, Collectors.counting()));
        }

        assertThat(codes).isEqualTo(Map.of(201, 1L, 200, 49L));
        assertThat(pods(workspace)).hasSize(1);
    }

    /// As often as `-Dkill.rounds` says.
    @Test
    void killingTheGatewayLosesAndDuplicatesNoJob() throws Exception {
        int rounds = Integer.getInteger("kill.rounds", 3);
        Workspace workspace = deployment().freshWorkspace();
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        AtomicBoolean last = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int client = 0; client < 8; client++) {
                threads.execute(() -> {
                    while (!last.get()) {
                        String key = "key-" + begun.getAndIncrement();
                        await().pollInterval(Duration.ofMillis(100))
                                .atMost(Duration.ofMinutes(6))
                                .ignoreExceptions()
                                .until(() -> submit(workspace, key) / 100 == 2);
                        done.incrementAndGet();
                    }
                });
            }
            try {
                for (int kill = 0; kill < rounds; kill++) {
                    int enough = done.get() + 20;
                    await().atMost(Duration.ofMinutes(6)).until(() -> done.get() >= enough);
                    gateway().killAndStartAgain();
                }
            } finally {
                last.set(true);
            }
        }

        System.out.printf("%d kills, %d keyed submits%n", rounds, begun.get());
        assertThat(done).hasValue(begun.get());
        assertThat(pods(workspace)).hasSize(begun.get());
    }

    private static int code(String method, String path, String body) throws Exception {
        HttpResponse<String> answer = gateway().send(method, path, JSON, body);
        assertThat(answer.body()).doesNotContain("forbidden");
        return answer.statusCode();
    }

    private static int submit(Workspace workspace, String key)
            throws IOException, InterruptedException {
        return gateway()
                .send("POST", jobs(workspace), JSON, JOB, "Idempotency-Key", key)
                .statusCode();
    }

    private static String jobs(Workspace workspace) {
        return "/api/v1/jobs?workspace=" + workspace;
    }

    private static List<Pod> pods(Workspace workspace) {
        return CLUSTER.client().pods().inNamespace(workspace.value()).list().getItems();
    }
}
