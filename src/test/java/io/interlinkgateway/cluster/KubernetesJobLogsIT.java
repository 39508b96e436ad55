package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.interlinkgateway.contract.JobLogsContract;
import io.interlinkgateway.definition.PodDocument;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PlacedJob;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.JobLogs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Logs by way of the real API server from a kubelet with a certificate that nobody can verify, like
/// interLink's.
class KubernetesJobLogsIT extends JobLogsContract {

    private static final String NODE = "log-vk";
    private static final BlockingQueue<String> LINES = new LinkedBlockingQueue<>();
    private static final AtomicBoolean GONE = new AtomicBoolean();
    private static final BlockingQueue<String> REQUESTS = new LinkedBlockingQueue<>();

    private static @Nullable HttpsServer kubelet;

    private final TestCluster cluster = TestCluster.shared();

    @BeforeAll
    static void startKubelet(@TempDir Path folder) throws Exception {
        HttpsServer server =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        kubelet = server;
        server.setHttpsConfigurator(new HttpsConfigurator(selfSigned(folder)));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/containerLogs", KubernetesJobLogsIT::answer);
        server.start();
        TestCluster.shared().client().resource(TestCluster.node(NODE, 0)).serverSideApply();
        TestCluster.shared().heartbeat(NODE, server.getAddress().getPort());
    }

    @AfterAll
    static void stopKubelet() {
        if (kubelet != null) {
            kubelet.stop(0);
        }
    }

    private static SSLContext selfSigned(Path folder) throws Exception {
        Path store = folder.resolve("kubelet.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=virtual-kubelet",
                                "-alias",
                                "kubelet",
                                "-keystore",
                                store.toString(),
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                "changeit")
                        .redirectErrorStream(true)
                        .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(store)) {
            keys.load(file, "changeit".toCharArray());
        }
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    /// Writes each line of the queue as it comes, until an empty one.
    private static void answer(HttpExchange exchange) throws IOException {
        REQUESTS.add(exchange.getRequestURI().toString());
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream body = exchange.getResponseBody()) {
            body.flush();
            for (String line = LINES.take(); !line.isEmpty(); line = LINES.take()) {
                body.write(line.getBytes(StandardCharsets.UTF_8));
                body.flush();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (IOException readerIsGone) {
            GONE.set(true);
        }
    }

    @Override
    protected JobLogs logs() {
        return cluster.logs();
    }

    @Override
    protected Jobs jobs() {
        return cluster.jobs();
    }

    @Override
    protected Workspace freshWorkspace() {
        return cluster.freshWorkspace();
    }

    @Override
    protected NodeName node() {
        return TestCluster.NODE;
    }

    @Test
    void aLogIsReadFromAKubeletThatCannotBeVerified() throws IOException {
        Workspace workspace = submitted();
        run(workspace);
        LINES.add("one\n");
        LINES.add("two\n");
        LINES.add("");

        try (InputStream log = logs().open(workspace, new JobName("logs"), tail(10))) {
            assertThat(new String(log.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("one\ntwo\n");
        }
        assertThat(REQUESTS.poll()).contains("tailLines=10");
    }

    @Test
    void withoutPermissionToSkipTheCheckTheClustersWordsAreGiven() {
        Workspace workspace = submitted();
        run(workspace);
        JobLogs strict = new KubernetesJobLogs(cluster.apiServer(), false);

        assertThatExceptionOfType(GatewayException.ClusterUnavailable.class)
                .isThrownBy(() -> strict.open(workspace, new JobName("logs"), tail(1)))
                .withMessageContaining("x509");
    }

    @Test
    void followWaitsForTheStartAndEndsWithTheJob() throws Exception {
        Workspace workspace = submitted();
        try (InputStream log = logs().open(workspace, new JobName("logs"), follow())) {
            CompletableFuture<Integer> first = CompletableFuture.supplyAsync(() -> read(log));
            run(workspace);
            LINES.add("a\n");

            assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo('a');
            LINES.add("b\n");
            LINES.add("");
            assertThat(new String(log.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("\nb\n");
        }
        REQUESTS.clear();
    }

    @Test
    void closingAFollowedLogEndsItUpstream() throws Exception {
        Workspace workspace = submitted();
        run(workspace);
        GONE.set(false);
        try (InputStream log = logs().open(workspace, new JobName("logs"), follow())) {
            LINES.add("a\n");
            assertThat(log.read()).isEqualTo('a');
        }

        await().until(() -> {
            LINES.add("more\n");
            return GONE.get();
        });
        LINES.clear();
        REQUESTS.clear();
    }

    @Test
    void aJobThatHasNotStartedHasAnEmptyLog() throws IOException {
        Workspace workspace = submitted();

        try (InputStream log = logs().open(workspace, new JobName("logs"), tail(1))) {
            assertThat(log.read()).isEqualTo(-1);
        }
    }

    private static int read(InputStream log) {
        try {
            return log.read();
        } catch (IOException failure) {
            return -2;
        }
    }

    private Workspace submitted() {
        Workspace workspace = freshWorkspace();
        jobs().submit(
                        new PlacedJob(
                                new JobName("logs"),
                                workspace,
                                new NodeName(NODE),
                                PodDocument.parse(
                                                """
                                                apiVersion: v1
                                                kind: Pod
                                                metadata: {name: logs}
                                                spec:
                                                  containers:
                                                  - name: main
                                                    image: /images/busybox.sif
                                                    command: ["true"]
                                                    resources: {limits: {cpu: "1", memory: 1Gi}}
                                                  nodeSelector: {kubernetes.io/hostname: log-vk}
                                                """)
                                        .definition(),
                                Optional.empty()));
        await().until(() -> pod(workspace).getSpec().getNodeName() != null);
        return workspace;
    }

    private Pod pod(Workspace workspace) {
        return cluster.client().pods().inNamespace(workspace.value()).withName("logs").require();
    }

    /// What interLink writes when a job runs.
    private void run(Workspace workspace) {
        // spotless:off
        cluster.client().pods().inNamespace(workspace.value()).withName("logs")
                .editStatus(pod -> new PodBuilder(pod)
                        .editStatus()
                            .withPhase("Running")
                            .withContainerStatuses()
                            .addNewContainerStatus()
                                .withName("main").withImage("busybox").withImageID("busybox")
                                .withReady(true).withRestartCount(0)
                                .withNewState().withNewRunning().endRunning().endState()
                            .endContainerStatus()
                        .endStatus()
                        .build());
        // spotless:on
    }

    private static JobLogs.Options tail(int lines) {
        return new JobLogs.Options(false, OptionalInt.of(lines), Optional.empty());
    }

    private static JobLogs.Options follow() {
        return new JobLogs.Options(true, OptionalInt.empty(), Optional.empty());
    }
}
