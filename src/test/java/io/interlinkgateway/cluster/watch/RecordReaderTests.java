package io.interlinkgateway.cluster.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.bench.LoopbackServer;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.cluster.api.PodLog;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.status.PodReading;
import io.interlinkgateway.status.RecordNeed;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The recorded logs, and malformed ones, served by a plain HTTP server in place of the API server.
@Execution(ExecutionMode.CONCURRENT)
class RecordReaderTests {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration SILENCE = Duration.ofMillis(500);

    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicReference<String> written = new AtomicReference<>("");
    private final AtomicLong sent = new AtomicLong();
    private final HttpServer server = LoopbackServer.create();
    private final KubernetesClient client =
            new KubernetesClientBuilder()
                    .withConfig(
                            new ConfigBuilder()
                                    .withMasterUrl(
                                            "http://127.0.0.1:" + server.getAddress().getPort())
                                    .build())
                    .build();
    private final ApiServer apiServer =
            new ApiServer(client, Duration.ofSeconds(5), ObservationRegistry.NOOP);
    private final StateLag lag = new StateLag(Clock.systemUTC());
    private final RecordReader reader =
            new RecordReader(
                    apiServer,
                    new PodLog.Source(apiServer, true),
                    new LogBudgets(new LogRequestLimits(1000, 1000, 1000, 1)),
                    SILENCE,
                    lag);

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        client.close();
        server.stop(0);
    }

    @Test
    void anEndIsWrittenToThePodWhenTheFollowedLogEndsByItself() throws Exception {
        serve(log("exit-7"), true);

        Job job = found(lastPod("exit-7")).orElseThrow();

        assertThat(job.evidence().source()).isEqualTo(Job.Source.JOB_RECORD);
        assertThat(job.state())
                .isInstanceOfSatisfying(
                        JobState.Failed.class,
                        failed -> assertThat(failed.exitCode()).isEqualTo(OptionalInt.of(7)));
    }

    /// What stands in the log may be the job's own imitation.
    @Test
    void anEndWhoseFollowedLogStaysOpenIsNotBelieved() throws Exception {
        serve(log("succeeds"), false);

        Job job = found(lastPod("succeeds")).orElseThrow();

        assertThat(job.state()).isNotInstanceOf(JobState.Succeeded.class);
    }

    @Test
    void anEmptyLogIsNoEvidence() throws Exception {
        serve(log("scancelled-pending"), true);

        assertThat(found(lastPod("scancelled-pending"))).isEmpty();
    }

    @Test
    void theReportedEndIsUsedForAnotherKindOfPlugin() throws Exception {
        serve("hello\n", true);

        Job job = found(lastPod("succeeds")).orElseThrow();

        assertThat(job.state()).isInstanceOf(JobState.Succeeded.class);
        assertThat(job.evidence().source()).isEqualTo(Job.Source.API_SERVER);
    }

    @Test
    void aLogWithoutRecordThatStaysOpenIsNotFinal() throws Exception {
        serve("hello\n", false);

        found(lastPod("succeeds"));

        assertThat(PodReading.recordNeed(annotated(lastPod("succeeds")), Optional.empty()))
                .isEqualTo(RecordNeed.SEARCH);
    }

    @Test
    void aFailedPreExecIsRecognizedByALogThatStaysOpen() throws Exception {
        serve(log("pre-exec-fails"), false);

        assertThat(failureOf("pre-exec-fails")).isEqualTo(JobState.FailureReason.PRE_EXEC_FAILED);
    }

    /// Another plugin's log has no header either, but its containers end.
    @Test
    void aPreExecOfAnotherKindOfPluginIsNotReportedAsFailed() throws Exception {
        serve("hello\n", true);

        assertThat(failureOf("pre-exec-fails")).isEqualTo(JobState.FailureReason.EXIT_CODE);
    }

    private JobState.FailureReason failureOf(String recording) throws Exception {
        return ((JobState.Failed) found(lastPod(recording)).orElseThrow().state()).reason();
    }

    @Test
    void anUnreadableLogIsNoEvidence() throws Exception {
        server.createContext("/", exchange -> answer(exchange, 500, "no"));

        assertThat(found(lastPod("succeeds"))).isEmpty();
    }

    @Test
    void aKilledJobsLogIsReadOnlyAsFarAsItsRecordGoes() throws Exception {
        serveWithoutEnd(log("timeout"));

        Job job = found(lastPod("timeout")).orElseThrow();

        assertThat(job.state())
                .isInstanceOfSatisfying(
                        JobState.Failed.class,
                        failed ->
                                assertThat(failed.reason())
                                        .isEqualTo(JobState.FailureReason.TIME_LIMIT));
        assertThat(sent).hasValueLessThan(64L << 20);
    }

    @Test
    void whatIsKnownAlreadyIsNotWrittenAgain() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        lag.bindTo(meters);
        serve(log("succeeds"), false);
        found(lastPod("succeeds"));
        assertThat(starts(meters)).isOne();
        Pod annotated = annotated(lastPod("succeeds"));
        written.set("");

        assertThat(found(annotated)).isEmpty();
        assertThat(starts(meters)).isOne();
    }

    private static long starts(SimpleMeterRegistry meters) {
        return meters.get("gateway.state.lag")
                .tags("change", "start", "source", "JOB_RECORD")
                .timer()
                .count();
    }

    /// @return the job as the pod says after the search, if that wrote anything
    private Optional<Job> found(Pod pod) throws InterruptedException {
        reader.search(pod, LogBudget.Purpose.CLAIM);
        return written.get().isEmpty()
                ? Optional.empty()
                : Optional.of(PodReading.jobFrom(annotated(pod), Instant.EPOCH));
    }

    private Pod annotated(Pod pod) {
        JsonNode metadata = JSON.readTree(written.get()).required("metadata");
        assertThat(metadata.required("uid").asString()).isEqualTo(pod.getMetadata().getUid());
        return new PodBuilder(pod)
                .editMetadata()
                .addToAnnotations(
                        MetadataNames.JOB_RECORD,
                        metadata.required("annotations")
                                .required(MetadataNames.JOB_RECORD)
                                .asString())
                .endMetadata()
                .build();
    }

    private void serve(String log, boolean followEnds) {
        server.createContext(
                "/",
                exchange -> {
                    if (exchange.getRequestMethod().equals("PATCH")) {
                        written.set(body(exchange));
                        answer(exchange, 200, "{}");
                    } else if (followEnds
                            || !exchange.getRequestURI().getQuery().contains("follow=true")) {
                        answer(exchange, 200, log);
                    } else {
                        exchange.sendResponseHeaders(200, 0);
                        exchange.getResponseBody().write(log.getBytes(StandardCharsets.UTF_8));
                        exchange.getResponseBody().flush();
                        awaitEnd();
                    }
                });
    }

    private void serveWithoutEnd(String log) {
        server.createContext(
                "/",
                exchange -> {
                    if (exchange.getRequestMethod().equals("PATCH")) {
                        written.set(body(exchange));
                        answer(exchange, 200, "{}");
                        return;
                    }
                    exchange.sendResponseHeaders(200, 0);
                    OutputStream client = exchange.getResponseBody();
                    client.write(log.getBytes(StandardCharsets.UTF_8));
                    byte[] more = "output\n".repeat(10_000).getBytes(StandardCharsets.UTF_8);
                    while (sent.addAndGet(more.length) < (64L << 20)) {
                        client.write(more);
                    }
                });
    }

    private static String body(HttpExchange exchange) throws IOException {
        return new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void answer(HttpExchange exchange, int code, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(code, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void awaitEnd() throws IOException {
        try {
            end.await();
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
    }

    private static JsonNode recording(String name) {
        return JSON.readTree(Path.of("src/test/resources/recordings", name + ".json"));
    }

    private static String log(String name) {
        return recording(name).required("log").asString();
    }

    /// The pods were deleted at the end of most recordings.
    private static Pod lastPod(String name) {
        return recording(name)
                .required("transitions")
                .valueStream()
                .map(step -> step.required("pod"))
                .filter(pod -> !pod.required("metadata").has("deletionTimestamp"))
                .filter(pod ->
                        pod.path("status").path("phase").asString("").matches("Succeeded|Failed"))
                .map(pod -> Serialization.unmarshal(pod.toString(), Pod.class))
                .reduce((_, later) -> later)
                .orElseThrow();
    }
}
