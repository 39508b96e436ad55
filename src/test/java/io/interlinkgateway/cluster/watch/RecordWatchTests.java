package io.interlinkgateway.cluster.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

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
import io.interlinkgateway.job.Cancellation;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.log.LogStream;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.record.JobRecord;
import io.interlinkgateway.status.PodReading;
import io.interlinkgateway.status.RecordNeed;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A plugin that writes the recorded logs line by line, by way of a plain HTTP server in the API server's place.
@Execution(ExecutionMode.CONCURRENT)
class RecordWatchTests {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String RETRY =
            "HTTP InterLink session GetLogs#7: Cannot open in follow mode the container logs"
                    + " /ceph/run-c.out because it does not exist yet, sleeping before retrying...";

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
    private final OpenFollows follows = new OpenFollows();
    private LogBudgets budgets = new LogBudgets(new LogRequestLimits(1000, 1000, 1000, 1));
    private final StateLag lag = new StateLag(Clock.systemUTC());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicInteger followRequests = new AtomicInteger();
    private final AtomicInteger refusedReads = new AtomicInteger();

    private final List<Thread> threads = new ArrayList<>();

    private volatile String jobOut = "";
    private volatile String output = "";
    private volatile boolean containerRuns;
    private volatile boolean exited;
    private volatile boolean closed;
    private volatile boolean read = true;
    private volatile boolean answersFollows = true;
    private volatile boolean answersReads = true;
    private volatile Pod pod = new Pod();
    private volatile Optional<HpcJob> hpc = Optional.empty();

    @BeforeEach
    void start() {
        lag.bindTo(meters);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        closed = true;
        // Without their client they would fail, in the middle of another test.
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
        client.close();
        server.stop(0);
    }

    @Test
    void startAndEndAreWrittenWhileTheStatusClaimsNeither() {
        watch("exit-7");
        await().until(() -> followRequests.get() == 1);

        jobOut = head("exit-7", 4);
        output = "boom\n";
        containerRuns = true;

        await().untilAsserted(() -> assertThat(state()).isInstanceOf(JobState.Running.class));

        jobOut = head("exit-7", 8);
        exited = true;

        await().untilAsserted(() ->
                assertThat(state())
                        .isInstanceOfSatisfying(
                                JobState.Failed.class,
                                failed -> assertThat(failed.exitCode()).hasValue(7)));
        assertThat(need()).isEqualTo(RecordNeed.NONE);
        await().untilAsserted(() ->
                assertThat(meters.find("gateway.state.lag").timers())
                        .extracting(timer -> timer.getId().getTag("change"), Timer::count)
                        .containsExactlyInAnyOrder(tuple("start", 1L), tuple("end", 1L)));
    }

    @Test
    void aRunningJobThatNobodyReadsIsWatchedOnlyWhileItsLogIsFollowed() {
        read = false;
        RecordWatch watch = watch("exit-7");
        assertThat(need()).isEqualTo(RecordNeed.WATCH);
        assertThat(watch.isNeeded()).isFalse();

        LogStream stream =
                follows.shared(
                        uid("exit-7"), "main", new QueuedStream(new LinkedBlockingQueue<>()));
        LogStream other =
                follows.shared(
                        uid("exit-7"), "other", new QueuedStream(new LinkedBlockingQueue<>()));
        assertThat(watch.isNeeded()).isTrue();

        stream.close();
        assertThat(watch.isNeeded()).isTrue();

        other.close();
        assertThat(watch.isNeeded()).isFalse();
    }

    @Test
    void anEndThatARunningJobPrintsIsNotWritten() {
        watch("succeeds");
        jobOut = head("succeeds", 4);
        output = head("succeeds", 8).substring(jobOut.length());
        containerRuns = true;

        await().untilAsserted(() -> assertThat(state()).isInstanceOf(JobState.Running.class));
        int before = followRequests.get();
        await().atMost(Duration.ofSeconds(30)).until(() -> followRequests.get() > before);

        assertThat(state()).isInstanceOf(JobState.Running.class);
    }

    @Test
    void aKillIsWrittenIfItStandsBeforeOutputThatWasReadWithoutIt() {
        watch("timeout");
        jobOut = head("timeout", 4);
        output = "start\n";
        containerRuns = true;
        await().untilAsserted(() -> assertThat(state()).isInstanceOf(JobState.Running.class));

        jobOut = head("timeout", 5);

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertThat(state())
                                .isInstanceOfSatisfying(
                                        JobState.Failed.class,
                                        failed ->
                                                assertThat(failed.reason())
                                                        .isEqualTo(
                                                                JobState.FailureReason
                                                                        .TIME_LIMIT)));
    }

    @Test
    void aKillThatTheContainerPrintsFirstIsNotWritten() {
        RecordWatch watch = watch("timeout");
        jobOut = head("timeout", 4);
        output = head("timeout", 5).substring(jobOut.length());
        containerRuns = true;

        await().untilAsserted(() -> assertThat(state()).isInstanceOf(JobState.Running.class));
        output = head("timeout", 5).substring(jobOut.length()) + "more\n";
        Instant before = watch.observedAt().orElseThrow();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> watch.observedAt().orElseThrow().isAfter(before.plusSeconds(3)));

        assertThat(state()).isInstanceOf(JobState.Running.class);
    }

    @Test
    void aLogThatStaysEmptyAfterAReportedFailureIsWrittenAsEmpty() {
        watch("pre-exec-fails", "Failed");

        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(
                        () -> assertThat(PodReading.recordOf(pod)).contains(new JobRecord.Empty()));
        assertThat(state())
                .isInstanceOfSatisfying(
                        JobState.Failed.class,
                        failed ->
                                assertThat(failed.reason())
                                        .isEqualTo(JobState.FailureReason.PRE_EXEC_FAILED));
    }

    @Test
    void aKillThatIsReadWhileThePodIsBeingDeletedConfirmsTheCancellation() {
        watch("scancelled-outside");
        jobOut = head("scancelled-outside", 4);
        output = "start\n";
        containerRuns = true;
        await().untilAsserted(() -> assertThat(state()).isInstanceOf(JobState.Running.class));

        deletePod();
        assertThat(cancellation()).isEqualTo(Cancellation.Stage.REQUESTED);
        jobOut = head("scancelled-outside", 5);

        await().atMost(Duration.ofSeconds(30))
                .until(() -> cancellation() == Cancellation.Stage.CONFIRMED);
    }

    /// The plugin ends a followed log when the job is deleted, whether or not its container has ended.
    @Test
    void anEndThatIsReadWhileThePodIsBeingDeletedIsNotWritten() {
        RecordWatch watch = watch("exit-7");
        jobOut = head("exit-7", 4);
        output = "boom\n";
        containerRuns = true;
        await().untilAsserted(() -> assertThat(state()).isInstanceOf(JobState.Running.class));

        deletePod();
        jobOut = head("exit-7", 8);
        exited = true;
        int before = followRequests.get();
        Instant since = watch.observedAt().orElseThrow();
        await().atMost(Duration.ofSeconds(30)).until(() -> followRequests.get() > before);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> watch.observedAt().orElseThrow().isAfter(since.plusSeconds(2)));

        assertThat(cancellation()).isEqualTo(Cancellation.Stage.REQUESTED);
    }

    @Test
    void aKillThatSlurmReportsIsWrittenAtOnce() {
        watch("timeout");
        jobOut = head("timeout", 4);
        containerRuns = true;
        await().untilAsserted(() -> assertThat(state()).isInstanceOf(JobState.Running.class));
        jobOut = head("timeout", 5);

        hpc = Optional.of(timedOut());

        await().untilAsserted(() ->
                assertThat(PodReading.recordOf(pod)).containsInstanceOf(JobRecord.Killed.class));
        assertThat(need()).isEqualTo(RecordNeed.NONE);
    }

    private static HpcJob timedOut() {
        Instant now = Instant.now();
        return new HpcJob(
                "12",
                HpcJob.State.TIMEOUT,
                "TIMEOUT",
                Optional.empty(),
                Optional.empty(),
                Optional.of("node1"),
                OptionalInt.empty(),
                OptionalInt.of(15),
                Optional.of(now),
                Optional.of(now),
                Optional.of(now),
                0,
                Optional.empty(),
                Optional.empty(),
                now);
    }

    @Test
    void aLogThatACallerFollowsIsNotFollowedTwice() throws Exception {
        BlockingQueue<LogStream.Part> parts = new LinkedBlockingQueue<>();
        try (LogStream shared = follows.shared(uid("exit-7"), "c", new QueuedStream(parts))) {
            containerRuns = true;
            jobOut = head("exit-7", 4);
            watch("exit-7");
            await().untilAsserted(() -> assertThat(state()).isInstanceOf(JobState.Running.class));
            assertThat(followRequests).hasValue(0);

            jobOut = head("exit-7", 8);
            exited = true;
            parts.add(new LogStream.Part.End());
            assertThat(shared.next(Duration.ofSeconds(5))).isInstanceOf(LogStream.Part.End.class);

            await().untilAsserted(() -> assertThat(state()).isInstanceOf(JobState.Failed.class));
        }
    }

    @Test
    void aJobThatWritesMuchIsFollowedOnlyFromTheEndAndForAShare() {
        watch("succeeds");
        jobOut = head("succeeds", 4);
        output = "0123456789abcde\n".repeat(200_000);
        containerRuns = true;
        await().untilAsserted(() -> assertThat(state()).isInstanceOf(JobState.Running.class));

        output = "0123456789abcde\n".repeat(400_000);
        jobOut = head("succeeds", 8);
        exited = true;

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(state()).isInstanceOf(JobState.Succeeded.class));
    }

    /// While the node has many requests to answer, the answer comes late. A second request would come even later.
    @Test
    void aFollowThatIsNotAnsweredYetIsKept() {
        budgets = new LogBudgets(new LogRequestLimits(0.001, 3, 0.001, 1));
        answersFollows = false;
        jobOut = head("exit-7", 4);
        containerRuns = true;
        RecordWatch watch = watch("exit-7");
        await().until(() -> followRequests.get() == 1);

        await().during(Duration.ofSeconds(9))
                .atMost(Duration.ofSeconds(30))
                .until(() -> budgets.of(PodReading.nodeOf(pod)).waiting() == 0);
        assertThat(watch.observedAt()).isEmpty();
        answersFollows = true;

        await().untilAsserted(() -> assertThat(state()).isInstanceOf(JobState.Running.class));
        assertThat(followRequests).hasValue(1);
    }

    @Test
    void aFollowedLogIsKeptWhileFurtherReadsFail() {
        watch("succeeds");
        jobOut = head("succeeds", 4);
        containerRuns = true;
        await().untilAsserted(() -> assertThat(state()).isInstanceOf(JobState.Running.class));
        int before = followRequests.get();

        answersReads = false;

        await().atMost(Duration.ofSeconds(30)).until(() -> refusedReads.get() >= 3);
        assertThat(followRequests).hasValue(before);
    }

    private record QueuedStream(BlockingQueue<LogStream.Part> parts) implements LogStream {

        @Override
        public Part next(Duration patience) throws InterruptedException {
            Part part = parts.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            return part == null ? new Part.Quiet() : part;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private RecordReader reader() {
        return new RecordReader(
                apiServer, new PodLog.Source(apiServer, true), budgets, Duration.ofSeconds(1), lag);
    }

    private RecordWatch watch(String recording) {
        return watch(recording, "Pending");
    }

    /// Watches a recorded job as it was at the end of a phase.
    private RecordWatch watch(String recording, String phase) {
        pod =
                recording(recording)
                        .required("transitions")
                        .valueStream()
                        .map(step -> step.required("pod"))
                        .map(each -> Serialization.unmarshal(each.toString(), Pod.class))
                        .filter(each -> each.getStatus().getPhase().equals(phase))
                        .reduce((_, later) -> later)
                        .orElseThrow();
        RecordWatch watch =
                new RecordWatch(
                        uid(recording),
                        new RecordWatch.WatchedJob() {

                            @Override
                            public RecordNeed need() {
                                return closed ? RecordNeed.NONE : RecordWatchTests.this.need();
                            }

                            @Override
                            public boolean isRead() {
                                return read;
                            }

                            @Override
                            public Optional<Pod> pod() {
                                return Optional.of(pod);
                            }
                        },
                        reader(),
                        follows,
                        Clock.systemUTC());
        threads.add(Thread.startVirtualThread(watch));
        return watch;
    }

    private RecordNeed need() {
        return PodReading.recordNeed(pod, hpc);
    }

    private JobState state() {
        return PodReading.jobFrom(pod, Instant.now()).state();
    }

    private Cancellation.Stage cancellation() {
        return PodReading.jobFrom(pod, Instant.now()).cancellationStage().orElseThrow();
    }

    private void deletePod() {
        pod =
                new PodBuilder(pod)
                        .editMetadata()
                        .withDeletionTimestamp(Instant.now().plusSeconds(30).toString())
                        .withDeletionGracePeriodSeconds(30L)
                        .endMetadata()
                        .build();
    }

    /// The plugin's side, but for its pauses of 4 s, which are 50 ms here.
    private void answer(HttpExchange exchange) throws IOException {
        if (exchange.getRequestMethod().equals("PATCH")) {
            JsonNode metadata = JSON.readTree(exchange.getRequestBody()).required("metadata");
            pod =
                    new PodBuilder(pod)
                            .editMetadata()
                            .addToAnnotations(
                                    MetadataNames.JOB_RECORD,
                                    metadata.required("annotations")
                                            .required(MetadataNames.JOB_RECORD)
                                            .asString())
                            .endMetadata()
                            .build();
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("{}".getBytes(StandardCharsets.UTF_8));
            exchange.close();
            return;
        }
        String query = exchange.getRequestURI().getQuery();
        if (query.contains("follow=true")) {
            followRequests.incrementAndGet();
            await().forever().until(() -> answersFollows || closed);
        } else if (!answersReads) {
            refusedReads.incrementAndGet();
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
            return;
        }
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream log = exchange.getResponseBody()) {
            if (!query.contains("follow=true")) {
                write(log, jobOut + output);
                return;
            }
            int given = output.length();
            write(log, query.contains("tailLines") ? "" : jobOut + output);
            while (!closed) {
                boolean over = exited;
                String now = output;
                write(log, containerRuns ? now.substring(given) : RETRY);
                given = now.length();
                if (over) {
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private static void write(OutputStream log, String text) throws IOException {
        log.write(text.getBytes(StandardCharsets.UTF_8));
        log.flush();
    }

    private static JsonNode recording(String name) {
        return JSON.readTree(Path.of("src/test/resources/recordings", name + ".json"));
    }

    private static String uid(String recording) {
        return recording(recording)
                .required("transitions")
                .required(0)
                .required("pod")
                .required("metadata")
                .required("uid")
                .asString();
    }

    private static String head(String recording, int lines) {
        String log = recording(recording).required("log").asString();
        int at = 0;
        for (int line = 0; line < lines; line++) {
            at = log.indexOf('\n', at) + 1;
        }
        return log.substring(0, at);
    }
}
