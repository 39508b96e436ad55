package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.bench.TestCertificate;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.node.VirtualNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the packaged gateway keeps of jobs whose pods other clients delete, on the real API server and with an H2
/// database in a directory.
@Requires(Component.OWN_CONTROL_PLANE)
class HistoryOnApiServerIT {

    private static final JsonMapper JSON_MAPPER = new JsonMapper();
    private static final String JSON = "application/json";

    /// A node whose kubelet has a log, and one whose kubelet does not respond.
    private static final String NODE = "history-vk";

    private static final String SILENT_NODE = "history-silent-vk";

    /// An observation more and the backlog is shortened.
    private static final double LARGEST_BACKLOG = 20_000;

    private static final Pattern BACKLOG =
            Pattern.compile("^gateway_history_backlog\\S* (\\S+)$", Pattern.MULTILINE);

    private static final TestCluster CLUSTER = TestCluster.shared();
    private static @Nullable Deployment deployment;
    private static @Nullable FakeKubelet kubelet;
    private static @Nullable GatewayProcess gateway;

    private final Workspace workspace = Objects.requireNonNull(deployment).freshWorkspace();

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        deployment = new Deployment(CLUSTER);
        kubelet = new FakeKubelet(TestCertificate.create(folder, "dns:kubelet"));
        CLUSTER.client().resource(TestCluster.node(NODE, 0)).serverSideApply();
        CLUSTER.heartbeat(NODE, kubelet.port());
        CLUSTER.client().resource(TestCluster.node(SILENT_NODE, 0)).serverSideApply();
        CLUSTER.heartbeat(SILENT_NODE, 0);
        gateway =
                new GatewayProcess(
                        Files.writeString(folder.resolve("kubeconfig"), deployment.kubeconfig()),
                        "--gateway.history.directory=" + folder.resolve("history"));
    }

    @AfterAll
    static void stop() {
        gateway().close();
        kubelet().close();
    }

    private static GatewayProcess gateway() {
        return Objects.requireNonNull(gateway);
    }

    private static FakeKubelet kubelet() {
        return Objects.requireNonNull(kubelet);
    }

    @Test
    void theStateOfADeletedPodIsKeptAndItsLogIfItWasArchivedBefore() throws Exception {
        String archived = submitted("archived", NODE);
        kubelet().begin(archived);
        CLUSTER.runs(workspace, new JobName("archived"));
        kubelet().write("epoch 1\nepoch 2\n");
        kubelet().exit(archived);
        ends("archived");
        await().atMost(Duration.ofMinutes(8))
                .until(() -> completeness(archived).equals("COMPLETE"));
        String running = submitted("running", SILENT_NODE);
        CLUSTER.runs(workspace, new JobName("running"));
        awaitState(running, "RUNNING");
        String ended = submitted("ended", SILENT_NODE);
        CLUSTER.runs(workspace, new JobName("ended"));
        ends("ended");
        awaitState(ended, "SUCCEEDED");

        List.of("running", "archived", "ended")
                .forEach(name -> pod(name).withGracePeriod(0).delete());

        for (String uid : List.of(running, archived, ended)) {
            await().atMost(Duration.ofMinutes(1)).until(() -> past(uid).has("removedAt"));
        }
        await().atMost(Duration.ofMinutes(2)).until(() -> completeness(running).equals("LOST"));
        await().atMost(Duration.ofMinutes(2)).until(() -> completeness(ended).equals("LOST"));
        assertThat(completeness(archived)).isEqualTo("COMPLETE");
        assertThat(get("/history/jobs/" + archived + "/logs").body())
                .isEqualTo("epoch 1\nepoch 2\n");
        assertThat(state(running)).isEqualTo("RUNNING");
        assertThat(past(running).at("/job/cancellation/stage").asString()).isEqualTo("UNCONFIRMED");
        assertThat(state(archived)).isEqualTo("SUCCEEDED");
        assertThat(state(ended)).isEqualTo("SUCCEEDED");
    }

    /// As many as `-Dhistory.pods` gives. 10,000 take an API server on two cores several minutes.
    @Test
    void allRemovalsOfManyPodsThatAreDeletedAtOnceAreRecorded() throws Exception {
        int pods = Integer.getInteger("history.pods", 2000);
        assertThat(get("/jobs").statusCode()).isEqualTo(200);
        create(pods);
        await().atMost(Duration.ofMinutes(10))
                .pollInterval(Duration.ofSeconds(2))
                .untilAsserted(() -> assertThat(count(true)).isEqualTo(pods));

        double largest = 0;
        DeleteOptions now = new DeleteOptionsBuilder().withGracePeriodSeconds(0L).build();
        try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> deletion = thread.submit(() -> deleteAll(now));
            while (!deletion.isDone()) {
                largest = Math.max(largest, backlog());
            }
            deletion.get();
        }
        while (backlog() > 0) {
            largest = Math.max(largest, backlog());
        }

        System.out.printf("%d pods deleted, backlog at most %.0f%n", pods, largest);
        await().atMost(Duration.ofMinutes(10))
                .pollInterval(Duration.ofSeconds(2))
                .untilAsserted(() -> assertThat(count(false)).isEqualTo(pods));
        assertThat(count(true)).isZero();
        assertThat(largest).isLessThanOrEqualTo(LARGEST_BACKLOG);
    }

    private void create(int pods) throws Exception {
        List<Callable<Pod>> creations =
                IntStream.range(0, pods).<Callable<Pod>>mapToObj(this::creation).toList();
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            for (Future<Pod> created : threads.invokeAll(creations)) {
                created.get();
            }
        }
    }

    private Callable<Pod> creation(int number) {
        // spotless:off
        Pod pod = new PodBuilder()
                .withNewMetadata()
                    .withName("many-" + number)
                    .withNamespace(workspace.value())
                .endMetadata()
                .withNewSpec()
                    .withNodeName(SILENT_NODE)
                    .addNewToleration()
                        .withKey(VirtualNode.INTERLINK_TAINT).withOperator("Exists")
                    .endToleration()
                    .addNewContainer().withName("main").withImage("busybox").endContainer()
                .endSpec()
                .build();
        // spotless:on
        return () -> CLUSTER.client().resource(pod).create();
    }

    /// In one request, if the API server has the time for it.
    private void deleteAll(DeleteOptions options) {
        String path = "/api/v1/namespaces/" + workspace + "/pods";
        await().atMost(Duration.ofMinutes(10))
                .ignoreExceptions()
                .until(() -> {
                    CLUSTER.client().raw(path, "DELETE", options);
                    return CLUSTER.client()
                            .pods()
                            .inNamespace(workspace.value())
                            .list(new ListOptionsBuilder().withLimit(1L).build())
                            .getItems()
                            .isEmpty();
                });
    }

    private static double backlog() throws IOException, InterruptedException {
        Matcher found =
                BACKLOG.matcher(gateway().send("GET", "/actuator/prometheus", JSON, "").body());
        assertThat(found.find()).isTrue();
        return Double.parseDouble(found.group(1));
    }

    /// @return how many jobs the history has that exist, or that were removed
    private long count(boolean live) throws IOException, InterruptedException {
        long count = 0;
        String cursor = "";
        do {
            JsonNode page = json("/history/jobs?limit=500" + cursor);
            count +=
                    page.path("items")
                            .valueStream()
                            .filter(job -> job.path("live").asBoolean() == live)
                            .count();
            cursor = page.has("nextCursor") ? "&cursor=" + page.path("nextCursor").asString() : "";
        } while (!cursor.isEmpty());
        return count;
    }

    private String submitted(String name, String node) throws Exception {
        HttpResponse<String> answer =
                gateway()
                        .send(
                                "POST",
                                "/api/v1/jobs?workspace=" + workspace,
                                JSON,
                                """
                                {"name": "%s", "node": "%s", "image": "/images/busybox.sif",
                                 "command": ["sleep", "600"],
                                 "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}
                                """
                                        .formatted(name, node));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        await().atMost(Duration.ofMinutes(1))
                .until(() -> pod(name).require().getSpec().getNodeName() != null);
        return pod(name).require().getMetadata().getUid();
    }

    private PodResource pod(String name) {
        return CLUSTER.client().pods().inNamespace(workspace.value()).withName(name);
    }

    /// What interLink writes when a job has ended.
    private void ends(String name) {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        // spotless:off
        pod(name).editStatus(pod -> new PodBuilder(pod)
                .editStatus()
                    .withPhase("Succeeded")
                    .withContainerStatuses()
                    .addNewContainerStatus()
                        .withName("main").withImage("busybox").withImageID("busybox")
                        .withReady(false).withRestartCount(0)
                        .withNewState()
                            .withNewTerminated()
                                .withExitCode(0).withReason("Completed")
                                .withStartedAt(now).withFinishedAt(now)
                            .endTerminated()
                        .endState()
                    .endContainerStatus()
                .endStatus()
                .build());
        // spotless:on
    }

    private void awaitState(String uid, String state) {
        await().atMost(Duration.ofMinutes(1)).until(() -> state(uid).equals(state));
    }

    private String state(String uid) throws IOException, InterruptedException {
        return past(uid).at("/job/state").asString("");
    }

    private String completeness(String uid) throws IOException, InterruptedException {
        return past(uid).at("/logs/0/completeness").asString("");
    }

    private JsonNode past(String uid) throws IOException, InterruptedException {
        return json("/history/jobs/" + uid);
    }

    private JsonNode json(String path) throws IOException, InterruptedException {
        return JSON_MAPPER.readTree(get(path).body());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        String separator = path.contains("?") ? "&" : "?";
        return gateway()
                .send("GET", "/api/v1" + path + separator + "workspace=" + workspace, JSON, "");
    }
}
