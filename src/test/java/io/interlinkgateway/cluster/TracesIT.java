package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.telemetry.TraceReceiver;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The trace of a submit to the packaged gateway, as far as the real API server.
@Requires(Component.OWN_CONTROL_PLANE)
class TracesIT {

    private static final String JSON = "application/json";
    private static final String NODE = "traced-vk";
    private static final TestCluster CLUSTER = TestCluster.shared();

    @Test
    void aSubmitIsOneTraceUpToTheCreationOfThePod(@TempDir Path folder) throws Exception {
        Deployment deployment = new Deployment(CLUSTER);
        CLUSTER.client().resource(TestCluster.node(NODE, 0)).serverSideApply();
        CLUSTER.heartbeat(NODE, 0);
        Workspace workspace = deployment.freshWorkspace();
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), deployment.kubeconfig());
        try (TraceReceiver receiver = new TraceReceiver();
                GatewayProcess gateway = new GatewayProcess(kubeconfig, receiver.options())) {
            assertThat(
                            gateway.send(
                                            "POST",
                                            "/api/v1/jobs?workspace=" + workspace,
                                            JSON,
                                            WorkspaceClient.spec(NODE, "echo", "\"nodes\": 1")
                                                    .replaceFirst("\\{", "{\"name\": \"train\", "),
                                            "Idempotency-Key",
                                            "once")
                                    .statusCode())
                    .isEqualTo(201);

            List<Span> trace =
                    await().atMost(Duration.ofMinutes(1))
                            .until(
                                    () ->
                                            receiver.traceOf(span ->
                                                    span.getName()
                                                            .equals("http post /api/v1/jobs")),
                                    spans -> !spans.isEmpty());
            Span server = named(trace, "http post /api/v1/jobs");
            Span create = named(trace, "create pods");
            assertThat(create.getParentSpanId()).isEqualTo(server.getSpanId());
            assertThat(create.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
            assertThat(TraceReceiver.attributes(create))
                    .containsEntry("verb", "create")
                    .containsEntry("resource", "pods")
                    .containsEntry("outcome", "SUCCESS")
                    .containsEntry("http.response.status_code", "201")
                    .containsEntry("gateway.workspace", workspace.value())
                    .containsEntry("gateway.job", "train");
            assertThat(TraceReceiver.attributes(server))
                    .containsEntry("gateway.workspace", workspace.value())
                    .containsEntry("gateway.job", "train");
            assertThat(named(trace, "create events").getTraceId()).isEqualTo(server.getTraceId());
            assertThat(
                            CLUSTER.client()
                                    .pods()
                                    .inNamespace(workspace.value())
                                    .withName("train")
                                    .get()
                                    .getMetadata()
                                    .getAnnotations())
                    .containsEntry(
                            "interlink-gateway.io/traceparent", TraceReceiver.traceParent(server));
            assertThat(receiver.spans())
                    .as("requests of the gateway itself")
                    .noneMatch(span ->
                            span.getKind() == Span.SpanKind.SPAN_KIND_CLIENT
                                    && span.getParentSpanId().isEmpty());
            assertThat(receiver.text()).doesNotContain("eyJ").doesNotContain("127.0.0.1");
        }
    }

    private static Span named(List<Span> trace, String name) {
        return trace.stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not in " + trace));
    }
}
