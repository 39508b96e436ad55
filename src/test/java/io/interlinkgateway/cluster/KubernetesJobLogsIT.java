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
import io.interlinkgateway.log.ContainerLog;
import io.interlinkgateway.log.JobLogs;
import io.interlinkgateway.log.LogEvent;
import io.interlinkgateway.log.LogOptions;
import io.interlinkgateway.log.LogReader;
import io.interlinkgateway.log.LogReaders;
import io.interlinkgateway.log.LogText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
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
    private static final JobName NAME = new JobName("logs");
    private static final JobFiles LOG = new JobFiles();
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

    /// As the plugin does: `job.out` as it is now, the output, and for a follower the rest of the output as it
    /// comes, until the container has left its exit code.
    private static void answer(HttpExchange exchange) throws IOException {
        String request = exchange.getRequestURI().toString();
        REQUESTS.add(request);
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream body = exchange.getResponseBody()) {
            String before = LOG.jobOut;
            String text = before + LOG.output;
            int given = text.length() - before.length();
            body.write(text.getBytes(StandardCharsets.UTF_8));
            body.flush();
            while (request.contains("follow=true")) {
                boolean last = LOG.exited;
                String all = LOG.output;
                body.write(all.substring(given).getBytes(StandardCharsets.UTF_8));
                body.flush();
                given = all.length();
                if (last) {
                    return;
                }
                LOG.awaitChange(all);
            }
        } catch (IOException readerIsGone) {
            GONE.set(true);
        }
    }

    /// One job's files. For one writer.
    private static final class JobFiles {

        private volatile String jobOut = "";
        private volatile String output = "";
        private volatile boolean exited;

        synchronized void begin(String uid) {
            jobOut =
                    "This pod logs/%s has been submitted to SLURM node node1.\n".formatted(uid)
                            + "To get more info, please run: scontrol show job 4711.\n"
                            + "2026-11-23T23:56:53+00:00 Running in background main pid 30024...\n"
                            + "2026-11-23T23:56:53+00:00 Waiting for container main pid 30024...\n";
            output = "";
            exited = false;
        }

        synchronized void write(String text) {
            output += text;
            notifyAll();
        }

        synchronized void exit(String uid) {
            String file = "/ceph/interlink/default-" + uid + "/run-main.status";
            jobOut +=
                    """
                    2026-11-23T23:57:13+00:00 Container main pid 30024 ended with status 0.
                    2026-11-23T23:57:13+00:00 Checking if file exists: %s ...
                    2026-11-23T23:57:13+00:00 attempt 1/60 file found %s
                    2026-11-23T23:57:13+00:00 End of script, highest exit code 0...
                    """
                            .formatted(file, file);
            exited = true;
            write("\nreal\t0m20.151s\nuser\t0m0.062s\nsys\t0m0.067s\n");
        }

        synchronized void awaitChange(String known) throws IOException {
            try {
                while (output.equals(known)) {
                    wait(100);
                    if (output.equals(known)) {
                        return;
                    }
                }
            } catch (InterruptedException stopped) {
                throw new IOException(stopped);
            }
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
    void aLogIsReadFromAKubeletThatCannotBeVerified() {
        Workspace workspace = submitted();
        run(workspace);
        LOG.write("one\ntwo\n");
        LOG.exit(pod(workspace).getMetadata().getUid());

        assertThat(text(workspace).read(LogOptions.ALL)).isEqualTo("one\ntwo\n");
        assertThat(text(workspace).read(LogOptions.ALL.tail(1))).isEqualTo("two\n");
        assertThat(text(workspace).read(LogOptions.ALL.withPluginLines()))
                .startsWith("This pod logs/")
                .endsWith("one\ntwo\n\nreal\t0m20.151s\nuser\t0m0.062s\nsys\t0m0.067s\n");
    }

    @Test
    void withoutPermissionToSkipTheCheckTheClustersWordsAreGiven() {
        Workspace workspace = submitted();
        run(workspace);
        ContainerLog strict =
                new KubernetesJobLogs(
                                cluster.apiServer(),
                                new PodLog.Source(cluster.apiServer(), false),
                                cluster.credentials())
                        .find(workspace, NAME, Optional.empty());

        assertThatExceptionOfType(GatewayException.ClusterUnavailable.class)
                .isThrownBy(() -> strict.open(false))
                .withMessageContaining("x509");
    }

    @Test
    void followWaitsForTheStartAndEndsWithTheJob() throws Exception {
        Workspace workspace = submitted();
        try (LogReader log = follow(workspace)) {
            assertThat(log.next(Duration.ofMillis(1))).isInstanceOf(LogEvent.Quiet.class);
            run(workspace);
            LOG.write("a\n");

            assertThat(read(log, 2)).isEqualTo("a\n");
            LOG.write("b");
            assertThat(read(log, 1)).isEqualTo("b");
            LOG.exit(pod(workspace).getMetadata().getUid());
            assertThat(read(log, 1)).isEmpty();
        }
    }

    @Test
    void manyFollowersCostOneFollowAndItEndsWithTheLast() throws Exception {
        Workspace workspace = submitted();
        run(workspace);
        GONE.set(false);
        REQUESTS.clear();
        LogReaders readers = LogReaders.of(logs(), jobs()::find);
        List<LogReader> all = new ArrayList<>();
        for (int count = 0; count < 20; count++) {
            all.add(readers.open(workspace, NAME, LogOptions.ALL.following()));
        }
        LOG.write("a\n");
        for (LogReader reader : all) {
            assertThat(read(reader, 2)).isEqualTo("a\n");
        }

        assertThat(REQUESTS).filteredOn(request -> request.contains("follow=true")).hasSize(1);
        all.forEach(LogReader::close);
        await().until(() -> {
            LOG.write("more\n");
            return GONE.get();
        });
    }

    @Test
    void aJobThatHasNotStartedHasAnEmptyLog() {
        assertThat(text(submitted()).read(LogOptions.ALL)).isEmpty();
    }

    private LogText text(Workspace workspace) {
        return new LogText(logs(), jobs()::find, workspace, NAME);
    }

    private LogReader follow(Workspace workspace) {
        return LogReaders.of(logs(), jobs()::find)
                .open(workspace, NAME, LogOptions.ALL.following());
    }

    /// @return so many bytes, or less at the end
    private static String read(LogReader log, int length) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            switch (log.next(Duration.ofSeconds(20))) {
                case LogEvent.Output output ->
                        output.pieces()
                                .forEach(piece ->
                                        text.append(
                                                new String(piece.bytes(), StandardCharsets.UTF_8)));
                case LogEvent.End _ -> {
                    return text.toString();
                }
                case LogEvent.Problem _ -> {}
                case LogEvent.Quiet _, LogEvent.Broken _ ->
                        throw new AssertionError("Nothing came.");
            }
        }
        return text.toString();
    }

    private Workspace submitted() {
        Workspace workspace = freshWorkspace();
        jobs().submit(
                        new PlacedJob(
                                NAME,
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
        LOG.begin(pod(workspace).getMetadata().getUid());
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
}
