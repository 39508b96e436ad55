package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.bench.LoopbackServer;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.cluster.api.PodLog;
import io.interlinkgateway.cluster.watch.LogBudgets;
import io.interlinkgateway.cluster.watch.LogRequestLimits;
import io.interlinkgateway.cluster.watch.OpenFollows;
import io.interlinkgateway.cluster.watch.TestJobSources;
import io.interlinkgateway.cluster.watch.WatchedNodes;
import io.interlinkgateway.cluster.watch.WatchedWorkspaces;
import io.interlinkgateway.compute.ComputeThreads;
import io.interlinkgateway.contract.SampleJobs;
import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.event.WalltimeTimers;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.ComputeResources;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.DeletionListener;
import io.interlinkgateway.job.ImageReference;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobQuery;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.NamedJob;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Replacement;
import io.interlinkgateway.job.SingularityOptions;
import io.interlinkgateway.job.SlurmOptions;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.PlacedJob;
import io.interlinkgateway.pod.PodTranslation;
import io.interlinkgateway.slurm.TestHpcJobs;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Simulates an API server that is slow, down, refusing or interrupted with a plain HTTP server, because a real one
/// can't be made to behave like this on demand.
@Execution(ExecutionMode.CONCURRENT)
class ApiServerTests {

    private static final Workspace WORKSPACE = new Workspace("default");
    private static final NamedJob NAMED =
            new NamedJob(
                    new JobName("train"),
                    WORKSPACE,
                    new NodeName("vega-new-vk"),
                    new JobSpec(
                            ImageReference.of("/images/busybox.sif"),
                            List.of("true"),
                            List.of(),
                            Map.of(),
                            Optional.empty(),
                            new ComputeResources(Map.of(), Map.of()),
                            SlurmOptions.NONE,
                            Optional.empty(),
                            SingularityOptions.NONE,
                            Map.of(),
                            Optional.empty()),
                    Optional.empty(),
                    Optional.empty());

    private static final PlacedJob JOB = SampleJobs.placed(NAMED);

    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicInteger posts = new AtomicInteger();
    private final HttpServer server = LoopbackServer.create();
    private final ClusterProperties properties =
            new ClusterProperties(
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(3),
                    true,
                    new ClusterProperties.Watches(
                            Duration.ofSeconds(5), Duration.ofMinutes(1), 5, List.of()),
                    new LogRequestLimits(5, 10, 4, 1));
    private final LogBudgets budgets = new LogBudgets(properties.logRequests());
    private final OpenFollows follows = new OpenFollows();
    private final KubernetesClient client =
            ClusterConfiguration.clientFor(
                    new ConfigBuilder()
                            .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                            .build(),
                    properties);
    private final ApiServer apiServer =
            new ApiServer(client, properties.requestTimeout(), ObservationRegistry.NOOP);
    private final WatchedNodes watchedNodes =
            new WatchedNodes(apiServer, properties.watches().staleness(), Clock.systemUTC());
    private final WatchedWorkspaces workspaces = workspaces(properties.watches());
    private final KubernetesJobs jobs =
            new KubernetesJobs(
                    apiServer,
                    workspaces,
                    DeletionListener.NONE,
                    properties.replaceTimeout(),
                    new ComputeThreads(2),
                    Clock.systemUTC());

    private WatchedWorkspaces workspaces(ClusterProperties.Watches watches) {
        return new WatchedWorkspaces(
                apiServer,
                TestJobSources.of(
                        apiServer,
                        watchedNodes,
                        new KubernetesWorkspaceObjects(apiServer),
                        budgets,
                        follows,
                        new TestHpcJobs()),
                WalltimeTimers.withoutMarks(),
                JobObserver.NONE,
                watches,
                Clock.systemUTC());
    }

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        workspaces.close();
        watchedNodes.close();
        client.close();
        server.stop(0);
    }

    @Test
    void aWorkspaceThatIsAlwaysWatchedNeedsNoReader() {
        Queue<String> requests = new ConcurrentLinkedQueue<>();
        server.createContext(
                "/",
                exchange -> {
                    requests.add(exchange.getRequestURI().getPath());
                    answer(exchange, 503, status(503, "please wait"));
                });

        try (WatchedWorkspaces always =
                workspaces(
                        new ClusterProperties.Watches(
                                Duration.ofSeconds(5),
                                Duration.ofMinutes(1),
                                5,
                                List.of(new Workspace("experiments"))))) {
            always.start();

            await().until(() -> requests.contains("/api/v1/namespaces/experiments/pods"));
        }
    }

    @Test
    void silenceEndsAtTheDeadline() {
        server.createContext("/", _ -> awaitEnd());
        List<Future<Throwable>> failures;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            failures =
                    everything().stream()
                            .map(operation -> threads.submit(() -> catchThrowable(operation)))
                            .toList();
        }

        assertThat(failures)
                .map(Future::resultNow)
                .hasOnlyElementsOfType(GatewayException.ClusterUnavailable.class);
        assertThat(end.getCount()).as("the server answered nothing").isOne();
    }

    @Test
    void aClosedPortIsUnavailable() {
        server.stop(0);

        assertThat(everything())
                .allSatisfy(operation ->
                        assertThat(catchThrowable(operation))
                                .isInstanceOf(GatewayException.ClusterUnavailable.class));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503, 504})
    void anOverloadedServerIsUnavailableAndIsAskedOnce(int code) {
        server.createContext("/", exchange -> answer(exchange, code, status(code, "please wait")));

        assertThatExceptionOfType(GatewayException.ClusterUnavailable.class)
                .isThrownBy(() -> jobs.submit(JOB))
                .withMessageContaining("please wait");
        assertThat(posts).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource({"401", "403"})
    void aRefusalHasTheServersMessage(int code) {
        server.createContext(
                "/", exchange -> answer(exchange, code, status(code, "exceeded quota: pods=10")));

        assertThat(everything())
                .allSatisfy(operation ->
                        assertThat(catchThrowable(operation))
                                .isInstanceOf(GatewayException.ClusterRefused.class)
                                .hasMessageContaining("exceeded quota: pods=10"));
    }

    /// It does not know yet who may do what.
    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void aRefusalSoonAfterSilenceIsOfAServerThatStarts(int code) {
        AtomicInteger requests = new AtomicInteger();
        server.createContext(
                "/",
                exchange -> {
                    if (requests.getAndIncrement() == 0) {
                        exchange.close();
                    } else {
                        answer(exchange, code, status(code, "clusterrole not found"));
                    }
                });

        for (String words : List.of("no answer", "clusterrole not found")) {
            assertThatExceptionOfType(GatewayException.ClusterUnavailable.class)
                    .isThrownBy(() -> jobs.delete(WORKSPACE, NAMED.name()))
                    .withMessageContaining(words);
        }
    }

    @Test
    void anAnswerThatIsNoKubernetesIsNoSuccess() {
        server.createContext("/", exchange -> answer(exchange, 404, "<html>not here</html>"));

        assertThatExceptionOfType(GatewayException.NotFound.class)
                .isThrownBy(() -> jobs.submit(JOB));
    }

    /// The create is done, but its answer is lost: the pod is found, and not made again.
    @Test
    void aCreateWhoseAnswerIsLostIsReadBack() {
        Pod made = PodTranslation.translate(NAMED).orReject().pod();
        made.getMetadata().setUid("the-uid");
        server.createContext(
                "/",
                exchange -> {
                    if (exchange.getRequestMethod().equals("POST")) {
                        posts.incrementAndGet();
                        exchange.close();
                    } else {
                        answer(exchange, 200, Serialization.asJson(made));
                    }
                });

        assertThat(jobs.submit(JOB).job().uid()).isEqualTo("the-uid");
        assertThat(posts).hasValue(1);
    }

    @Test
    void aDeletedJobSpecKeepsItsNameForSeconds() {
        assertThat(deletionOf(PodTranslation.translate(NAMED).orReject().pod()))
                .contains("\"gracePeriodSeconds\":5");
    }

    @Test
    void aDeletedRawPodKeepsItsOwnGracePeriod() {
        NamedJob raw =
                new NamedJob(
                        NAMED.name(),
                        NAMED.workspace(),
                        NAMED.node(),
                        SampleJobs.pod(SampleJobs.container("c", "true")),
                        Optional.empty(),
                        Optional.empty());

        assertThat(deletionOf(PodTranslation.translate(raw).orReject().pod()))
                .contains("uid-of-it")
                .doesNotContain("gracePeriodSeconds");
    }

    @Test
    void aPodThatExpiresDoesNotCountAsReadingItsWorkspace() {
        Pod pod = PodTranslation.translate(NAMED).orReject().pod();
        pod.getMetadata().setUid("uid-of-it");
        Queue<String> requests = new ConcurrentLinkedQueue<>();
        server.createContext(
                "/",
                exchange -> {
                    requests.add(
                            exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
                    answer(exchange, 200, Serialization.asJson(pod));
                });

        jobs.expire(NAMED.workspace(), NAMED.name(), "uid-of-it");

        assertThat(requests)
                .anyMatch(request -> request.startsWith("DELETE "))
                .noneMatch(request -> request.endsWith("/pods"));
        assertThatExceptionOfType(GatewayException.OtherJob.class)
                .isThrownBy(() -> jobs.expire(NAMED.workspace(), NAMED.name(), "another-uid"));
    }

    /// @return the body of the request that deletes a pod
    private String deletionOf(Pod pod) {
        pod.getMetadata().setUid("uid-of-it");
        AtomicReference<String> deletion = new AtomicReference<>("");
        server.createContext(
                "/",
                exchange -> {
                    if (exchange.getRequestMethod().equals("DELETE")) {
                        deletion.set(
                                new String(
                                        exchange.getRequestBody().readAllBytes(),
                                        StandardCharsets.UTF_8));
                    }
                    answer(exchange, 200, Serialization.asJson(pod));
                });

        jobs.delete(NAMED.workspace(), NAMED.name());

        return deletion.get();
    }

    private List<ThrowingCallable> everything() {
        KubernetesVirtualNodes nodes = new KubernetesVirtualNodes(apiServer, watchedNodes);
        KubernetesCredentials credentials = new KubernetesCredentials(apiServer, Clock.systemUTC());
        KubernetesJobLogs logs =
                new KubernetesJobLogs(
                        apiServer,
                        watchedNodes,
                        new PodLog.Source(apiServer, true),
                        budgets,
                        follows,
                        credentials);
        JobQuery query =
                new JobQuery(
                        new JobFilter(
                                WORKSPACE, Optional.empty(), Set.of(), Optional.empty(), Map.of()),
                        10,
                        false,
                        Optional.empty());
        return Stream.<ThrowingCallable>of(
                        () -> jobs.submit(JOB),
                        () -> jobs.replace(JOB, new Replacement(false, Set.of())),
                        () -> jobs.preview(JOB.translated()),
                        () -> jobs.find(WORKSPACE, NAMED.name()),
                        () -> jobs.list(query),
                        () -> jobs.delete(WORKSPACE, NAMED.name()),
                        () -> logs.find(WORKSPACE, NAMED.name(), Optional.empty()),
                        nodes::list,
                        () -> nodes.find(NAMED.node()),
                        () -> credentials.list(WORKSPACE),
                        () -> credentials.find(WORKSPACE, new CredentialName("mlflow-server")))
                .toList();
    }

    private void answer(HttpExchange exchange, int code, String body) throws IOException {
        if (exchange.getRequestMethod().equals("POST")) {
            posts.incrementAndGet();
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String status(int code, String message) {
        return "{\"kind\": \"Status\", \"apiVersion\": \"v1\", \"status\": \"Failure\", \"code\": "
                + code
                + ", \"message\": \""
                + message
                + "\"}";
    }

    private void awaitEnd() throws IOException {
        try {
            end.await();
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
    }
}
