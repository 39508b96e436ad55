package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.bench.TestCertificate;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Stops a gateway while many clients read its streams.
@Requires(Component.OWN_CONTROL_PLANE)
class ShutdownIT {

    private static final int STREAMS = 50;
    private static final String NODE = "shutdown-vk";
    private static final String JOB =
            """
            {"name": "NAME", "node": "shutdown-vk", "image": "/images/busybox.sif",
             "command": ["sleep", "600"], "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}
            """;

    private final TestCluster cluster = TestCluster.shared();

    @Test
    void theGatewayStopsInTimeAndItsReadersContinueAtAnother(@TempDir Path folder)
            throws Exception {
        Deployment deployment = new Deployment(cluster);
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), deployment.kubeconfig());
        Workspace workspace = deployment.freshWorkspace();
        try (FakeKubelet kubelet = new FakeKubelet(TestCertificate.create(folder, "dns:kubelet"));
                GatewayProcess gateway =
                        new GatewayProcess(
                                kubeconfig,
                                // By default 2 s, in which a busy machine does not end all streams.
                                "--spring.lifecycle.timeout-per-shutdown-phase=10s")) {
            cluster.client().resource(TestCluster.node(NODE, 0)).serverSideApply();
            cluster.heartbeat(NODE, kubelet.port());
            runJob(gateway, workspace, kubelet);
            Set<String> received = new ConcurrentSkipListSet<>();
            List<ResumingStream> streams = new ArrayList<>();
            for (int number = 0; number < STREAMS; number++) {
                String reader = number + " ";
                streams.add(
                        stream(
                                gateway,
                                "/events?",
                                workspace,
                                (_, data) -> received.add(reader + data)));
                streams.add(
                        stream(
                                gateway,
                                "/jobs/runs/logs?follow=true&",
                                workspace,
                                (_, data) -> received.add(reader + data)));
            }
            for (ResumingStream stream : streams) {
                stream.awaitBegin();
            }

            CompletableFuture<Void> stubborn = replaceWhatDoesNotEnd(gateway, workspace);

            Duration took = gateway.stop();
            System.out.printf("%d streams, ended in %d ms%n", streams.size(), took.toMillis());

            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(() ->
                            assertThat(streams)
                                    .allMatch(stream -> stream.answers().contains("end")));
            gateway.startAgain();
            submit(gateway, workspace, "after");
            kubelet.write("line after\n");
            await().atMost(Duration.ofMinutes(2))
                    .untilAsserted(() -> {
                        assertThat(receivers(received, "\"name\":\"after\"")).isEqualTo(STREAMS);
                        assertThat(receivers(received, "line after")).isEqualTo(STREAMS);
                    });
            streams.forEach(ResumingStream::close);
            assertThat(stubborn).as("not waited for").isCompletedExceptionally();
        }
    }

    /// A request that takes longer than there is time.
    private CompletableFuture<Void> replaceWhatDoesNotEnd(
            GatewayProcess gateway, Workspace workspace) throws Exception {
        submit(gateway, workspace, "stays");
        PodResource pod = cluster.client().pods().inNamespace(workspace.value()).withName("stays");
        await().ignoreExceptions()
                .until(() ->
                        pod.edit(found ->
                                new PodBuilder(found)
                                        .editMetadata()
                                        .addToFinalizers("example.org/stays")
                                        .endMetadata()
                                        .build())
                                != null);
        CompletableFuture<Void> replacement =
                CompletableFuture.runAsync(() -> {
                    try {
                        gateway.send(
                                "PUT",
                                "/api/v1/jobs/stays?replace=true&workspace=" + workspace,
                                "application/json",
                                JOB.replace("NAME", "stays").replace("600", "601"));
                    } catch (IOException | InterruptedException cut) {
                        throw new CompletionException(cut);
                    }
                });
        await().until(() -> pod.require().getMetadata().getDeletionTimestamp() != null);
        return replacement;
    }

    private static long receivers(Set<String> received, String words) {
        return IntStream.range(0, STREAMS)
                .filter(reader ->
                        received.stream()
                                .anyMatch(text ->
                                        text.startsWith(reader + " ") && text.contains(words)))
                .count();
    }

    private void runJob(GatewayProcess gateway, Workspace workspace, FakeKubelet kubelet)
            throws Exception {
        submit(gateway, workspace, "runs");
        await().until(() ->
                cluster.client()
                                .pods()
                                .inNamespace(workspace.value())
                                .withName("runs")
                                .require()
                                .getSpec()
                                .getNodeName()
                        != null);
        kubelet.begin(
                cluster.client()
                        .pods()
                        .inNamespace(workspace.value())
                        .withName("runs")
                        .require()
                        .getMetadata()
                        .getUid());
        cluster.runs(workspace, new JobName("runs"));
        kubelet.write("line before\n");
    }

    private static void submit(GatewayProcess gateway, Workspace workspace, String name)
            throws Exception {
        HttpResponse<String> answer =
                gateway.send(
                        "POST",
                        "/api/v1/jobs?workspace=" + workspace,
                        "application/json",
                        JOB.replace("NAME", name));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    private static ResumingStream stream(
            GatewayProcess gateway,
            String path,
            Workspace workspace,
            BiConsumer<String, String> reader) {
        return new ResumingStream(gateway, "/api/v1" + path + "workspace=" + workspace, reader);
    }
}
