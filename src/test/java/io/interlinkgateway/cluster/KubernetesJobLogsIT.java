package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.bench.TestCertificate;
import io.interlinkgateway.cluster.api.PodLog;
import io.interlinkgateway.contract.JobLogsContract;
import io.interlinkgateway.contract.SampleJobs;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.NamedJob;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.ContainerLog;
import io.interlinkgateway.log.JobLogs;
import io.interlinkgateway.log.LogOptions;
import io.interlinkgateway.log.LogReaders;
import io.interlinkgateway.log.LogText;
import io.interlinkgateway.log.feed.LogEvent;
import io.interlinkgateway.log.feed.LogReader;
import io.interlinkgateway.pod.JobStore;
import io.interlinkgateway.representation.PodDocument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Logs by way of the real API server from a kubelet with a certificate that nobody can verify, like
/// interLink's.
@Requires(Component.OWN_CONTROL_PLANE)
class KubernetesJobLogsIT extends JobLogsContract {

    private static final String NODE = "log-vk";
    private static final JobName NAME = new JobName("logs");
    private static @Nullable FakeKubelet kubelet;

    private final TestCluster cluster = TestCluster.shared();

    @BeforeAll
    static void startKubelet(@TempDir Path folder) throws IOException {
        kubelet = new FakeKubelet(TestCertificate.create(folder, "dns:kubelet"));
        TestCluster.shared().client().resource(TestCluster.node(NODE, 0)).serverSideApply();
        TestCluster.shared().heartbeat(NODE, kubelet.port());
    }

    @AfterAll
    static void stopKubelet() {
        kubelet().close();
    }

    private static FakeKubelet kubelet() {
        return Objects.requireNonNull(kubelet);
    }

    @Override
    protected JobLogs logs() {
        return cluster.logs();
    }

    @Override
    protected JobStore jobs() {
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
        kubelet().write("one\ntwo\n");
        kubelet().exit(pod(workspace).getMetadata().getUid());

        assertThat(text(workspace).read(LogOptions.ALL)).isEqualTo("one\ntwo\n");
        assertThat(text(workspace).read(LogOptions.ALL.tail(1))).isEqualTo("two\n");
        assertThat(text(workspace).read(LogOptions.ALL.withPluginLines()))
                .startsWith("This pod logs/")
                .endsWith("one\ntwo\n\nreal\t0m20.151s\nuser\t0m0.062s\nsys\t0m0.067s\n");
    }

    @Test
    void withoutPermissionToSkipTheCheckTheClustersMessageIsReported() {
        Workspace workspace = submitted();
        run(workspace);
        ContainerLog strict =
                new KubernetesJobLogs(
                                cluster.apiServer(),
                                cluster.watchedNodes(),
                                new PodLog.Source(cluster.apiServer(), false),
                                cluster.budgets(),
                                cluster.follows(),
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
            kubelet().write("a\n");

            assertThat(read(log, 2)).isEqualTo("a\n");
            kubelet().write("b");
            assertThat(read(log, 1)).isEqualTo("b");
            kubelet().exit(pod(workspace).getMetadata().getUid());
            assertThat(read(log, 1)).isEmpty();
        }
    }

    @Test
    void manyFollowersShareOneFollowedLogThatEndsWithTheLast() throws Exception {
        Workspace workspace = submitted();
        run(workspace);
        kubelet().forgetRequests();
        LogReaders readers = LogText.readers(logs(), jobs()::find);
        List<LogReader> all = new ArrayList<>();
        for (int count = 0; count < 20; count++) {
            all.add(readers.open(workspace, NAME, LogOptions.ALL.following()));
        }
        kubelet().write("a\n");
        for (LogReader reader : all) {
            assertThat(read(reader, 2)).isEqualTo("a\n");
        }

        assertThat(kubelet().requests())
                .filteredOn(request -> request.contains("follow=true"))
                .hasSize(1);
        all.forEach(LogReader::close);
        await().until(() -> {
            kubelet().write("more\n");
            return kubelet().aReaderIsGone();
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
        return LogText.readers(logs(), jobs()::find)
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
                        SampleJobs.placed(
                                new NamedJob(
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
                                        Optional.empty(),
                                        Optional.empty())));
        await().until(() -> pod(workspace).getSpec().getNodeName() != null);
        return workspace;
    }

    private Pod pod(Workspace workspace) {
        return cluster.client().pods().inNamespace(workspace.value()).withName("logs").require();
    }

    private void run(Workspace workspace) {
        kubelet().begin(pod(workspace).getMetadata().getUid());
        cluster.runs(workspace, NAME);
    }
}
