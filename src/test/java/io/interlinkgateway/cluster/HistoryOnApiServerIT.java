package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.node.VirtualNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the packaged gateway keeps of many jobs whose pods another client deletes at once, on the real API server and with
/// an H2 database in a directory.
@Requires(Component.OWN_CONTROL_PLANE)
class HistoryOnApiServerIT {

    private static final JsonMapper JSON_MAPPER = new JsonMapper();
    private static final String JSON = "application/json";

    /// Its kubelet does not respond.
    private static final String NODE = "history-vk";

    /// An observation more and the backlog is shortened.
    private static final double LARGEST_BACKLOG = 20_000;

    private static final TestCluster CLUSTER = TestCluster.shared();
    private static @Nullable Deployment deployment;
    private static @Nullable GatewayProcess gateway;

    private final Workspace workspace = Objects.requireNonNull(deployment).freshWorkspace();

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        deployment = new Deployment(CLUSTER);
        CLUSTER.client().resource(TestCluster.node(NODE, 0)).serverSideApply();
        CLUSTER.heartbeat(NODE, 0);
        gateway =
                new GatewayProcess(
                        Files.writeString(folder.resolve("kubeconfig"), deployment.kubeconfig()),
                        "--gateway.history.directory=" + folder.resolve("history"));
    }

    @AfterAll
    static void stop() {
        gateway().close();
    }

    private static GatewayProcess gateway() {
        return Objects.requireNonNull(gateway);
    }

    /// As many as `-Dhistory.pods` gives. 10,000 take an API server on two cores several minutes.
    @Test
    void allRemovalsOfManyPodsThatAreDeletedAtOnceAreRecorded() throws Exception {
        int pods = Integer.getInteger("history.pods", 500);
        assertThat(get("/jobs").statusCode()).isEqualTo(200);
        create(pods);
        await().atMost(Duration.ofMinutes(10))
                .pollInterval(Duration.ofSeconds(2))
                .untilAsserted(() -> assertThat(count(true)).isEqualTo(pods));

        double requests = sum("gateway_api_server_requests_seconds_count");
        long begin = System.nanoTime();
        double largest = 0;
        double heap = 0;
        DeleteOptions now = new DeleteOptionsBuilder().withGracePeriodSeconds(0L).build();
        try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> deletion = thread.submit(() -> deleteAll(now));
            while (!deletion.isDone()) {
                largest = Math.max(largest, backlog());
                heap = Math.max(heap, sum("jvm_memory_used_bytes\\{area=\"heap\""));
            }
            deletion.get();
        }
        Duration deleted = Duration.ofNanos(System.nanoTime() - begin);
        while (backlog() > 0) {
            largest = Math.max(largest, backlog());
        }
        System.out.printf(
                "%d pods deleted in %d s, recorded after %d s, backlog at most %.0f, heap at most"
                        + " %.0f MB with garbage, %.0f requests to the API server, dropped %.0f%n",
                pods,
                deleted.toSeconds(),
                Duration.ofNanos(System.nanoTime() - begin).toSeconds(),
                largest,
                heap / 1e6,
                sum("gateway_api_server_requests_seconds_count") - requests,
                sum("gateway_history_dropped_total"));
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
                    .withNodeName(NODE)
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
        return sum("gateway_history_backlog");
    }

    /// @param name the beginning of lines of metrics, a regular expression: up to the end of the metric's name, or further
    private static double sum(String name) throws IOException, InterruptedException {
        List<MatchResult> lines =
                Pattern.compile("^" + name + "(?!\\w).* (\\S+)$", Pattern.MULTILINE)
                        .matcher(gateway().send("GET", "/actuator/prometheus", JSON, "").body())
                        .results()
                        .toList();
        assertThat(lines).isNotEmpty();
        return lines.stream().mapToDouble(line -> Double.parseDouble(line.group(1))).sum();
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

    private JsonNode json(String path) throws IOException, InterruptedException {
        return JSON_MAPPER.readTree(get(path).body());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        String separator = path.contains("?") ? "&" : "?";
        return gateway()
                .send("GET", "/api/v1" + path + separator + "workspace=" + workspace, JSON, "");
    }
}
