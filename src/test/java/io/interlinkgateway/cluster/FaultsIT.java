package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.OwnControlPlane;
import io.interlinkgateway.bench.PostgreSql;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.bench.TestCertificate;
import io.interlinkgateway.bench.Toxiproxy;
import io.interlinkgateway.cluster.Traffic.Answer;
import io.interlinkgateway.cluster.Traffic.Kind;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Sends requests of every kind, and keeps streams open, while the network between the packaged gateway and the API
/// server or its database, or the API server itself, fails. Each request must be answered in time, nothing may be lost
/// or duplicated, in the history too, and everything must work again soon after the fault. Prints the results.
@Requires({Component.OWN_CONTROL_PLANE, Component.TOXIPROXY})
class FaultsIT {

    static final String JOB =
            """
            {"node": "vega-new-vk", "image": "/images/busybox.sif", "command": ["sleep", "600"],
             "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}
            """;

    private static final JobName LOGS = new JobName("logs");
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Duration SHORT = Duration.ofSeconds(8);
    private static final Duration LONG = Duration.ofSeconds(30);

    /// Two requests of 3 s at most to the API server, the second to learn what became of the first, 2 s for the watch
    /// of nodes: 8 s. On a machine that builds other things meanwhile, a gateway that has just started took 13 s for a
    /// submission without any fault.
    private static final Duration DEADLINE = Duration.ofSeconds(25);

    private static final Duration RIGHT_AGAIN = Duration.ofSeconds(30);

    private static @Nullable OwnControlPlane controlPlane;
    private static @Nullable TestCluster cluster;
    private static @Nullable Deployment deployment;
    private static @Nullable Toxiproxy network;
    private static @Nullable Toxiproxy databaseNetwork;
    private static @Nullable RefusingApiServer refusing;
    private static @Nullable FakeKubelet kubelet;
    private static @Nullable GatewayProcess gateway;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        controlPlane = OwnControlPlane.start("control-plane-of-faults");
        cluster = new TestCluster(controlPlane.kubeconfig());
        TestCertificate certificate = TestCertificate.create(folder, "ip:127.0.0.1");
        kubelet = new FakeKubelet(certificate);
        cluster.heartbeat(TestCluster.NODE.value(), kubelet.port());
        deployment = new Deployment(cluster);
        network = Toxiproxy.before(apiServerPort());
        databaseNetwork = Toxiproxy.before(PostgreSql.port());
        refusing = new RefusingApiServer(certificate);
        gateway =
                new GatewayProcess(
                        Files.writeString(
                                folder.resolve("kubeconfig"),
                                throughTheNetwork(Files.readString(certificate.pem()))),
                        "--gateway.cluster.request-timeout=3s",
                        "--gateway.cluster.connect-timeout=1s",
                        "--spring.datasource.url="
                                + PostgreSql.address(
                                        databaseNetwork.port(), PostgreSql.newDatabase()),
                        "--spring.datasource.username=" + PostgreSql.USER,
                        "--spring.datasource.password=any");
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable started :
                Stream.of(gateway, network, databaseNetwork, refusing, kubelet, controlPlane)
                        .filter(Objects::nonNull)
                        .toList()) {
            started.close();
        }
    }

    private static int apiServerPort() {
        return URI.create(cluster().client().getConfiguration().getMasterUrl()).getPort();
    }

    /// A kubeconfig that leads through the network, and trusts a second server too.
    private static String throughTheNetwork(String certificate) {
        Config config = Serialization.unmarshal(deployment().kubeconfig(), Config.class);
        config.getClusters()
                .forEach(named -> {
                    String authority =
                            new String(
                                    Base64.getDecoder()
                                            .decode(
                                                    named.getCluster()
                                                            .getCertificateAuthorityData()),
                                    StandardCharsets.UTF_8);
                    named.getCluster().setServer("https://127.0.0.1:" + network().port());
                    named.getCluster()
                            .setCertificateAuthorityData(
                                    Base64.getEncoder()
                                            .encodeToString(
                                                    (authority + certificate)
                                                            .getBytes(StandardCharsets.UTF_8)));
                });
        return Serialization.asYaml(config);
    }

    /// Something that goes wrong for a while.
    ///
    /// @param ofDatabase whether only the history may be affected
    record Fault(String name, boolean ofDatabase, Duration lasts, Runnable begin, Runnable end) {

        Fault(String name, Duration lasts, Runnable begin, Runnable end) {
            this(name, false, lasts, begin, end);
        }

        static Fault toxic(String name, String toxic, Map<String, Integer> attributes) {
            return new Fault(
                    name, SHORT, () -> network().poison(toxic, attributes), () -> network().heal());
        }

        static Fault ofDatabase(String name, String toxic, Map<String, Integer> attributes) {
            return new Fault(
                    "database: " + name,
                    true,
                    SHORT,
                    () -> databaseNetwork().poison(toxic, attributes),
                    () -> databaseNetwork().heal());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Fault> faults() {
        return Stream.of(
                new Fault("none", SHORT, () -> {}, () -> {}),
                Fault.toxic(
                        "latency 500 ± 200 ms each way",
                        "latency",
                        Map.of("latency", 500, "jitter", 200)),
                Fault.toxic("16 kB a second", "bandwidth", Map.of("rate", 16)),
                Fault.toxic("closing takes 2 s", "slow_close", Map.of("delay", 2000)),
                Fault.toxic("cut after 20 kB", "limit_data", Map.of("bytes", 20_000)),
                Fault.toxic("reset after 100 ms", "reset_peer", Map.of("timeout", 100)),
                Fault.toxic("black hole", "timeout", Map.of("timeout", 0)),
                new Fault(
                        "refuses connections",
                        SHORT,
                        () -> network().breakDown(),
                        () -> network().heal()),
                cutting(false),
                refusing(429),
                refusing(503),
                new Fault(
                        "API server stopped",
                        LONG,
                        () -> controlPlane().pauseApiServer(),
                        () -> controlPlane().resumeApiServer()),
                killing(),
                Fault.ofDatabase(
                        "latency 500 ± 200 ms each way",
                        "latency",
                        Map.of("latency", 500, "jitter", 200)),
                Fault.ofDatabase("black hole", "timeout", Map.of("timeout", 0)),
                new Fault(
                        "database: refuses connections",
                        true,
                        LONG,
                        () -> databaseNetwork().breakDown(),
                        () -> databaseNetwork().heal()),
                cutting(true));
    }

    /// What drops all watches, or all connections to the database, again and again.
    private static Fault cutting(boolean ofDatabase) {
        ScheduledExecutorService clock =
                Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());
        return new Fault(
                (ofDatabase ? "database: " : "") + "connections cut each 300 ms",
                ofDatabase,
                SHORT,
                () ->
                        Objects.requireNonNull(
                                clock.scheduleAtFixedRate(
                                        () -> (ofDatabase ? databaseNetwork() : network()).cut(),
                                        0,
                                        300,
                                        TimeUnit.MILLISECONDS)),
                clock::close);
    }

    private static Fault refusing(int code) {
        return new Fault(
                "API server answers " + code,
                SHORT,
                () -> {
                    Objects.requireNonNull(refusing).answerWith(code);
                    network().leadTo(Objects.requireNonNull(refusing).port());
                },
                () -> network().leadTo(apiServerPort()));
    }

    private static Fault killing() {
        List<String> command = new ArrayList<>();
        return new Fault(
                "API server killed, started again",
                SHORT,
                () -> {
                    try {
                        command.addAll(controlPlane().killApiServer());
                    } catch (IOException failure) {
                        throw new UncheckedIOException(failure);
                    }
                },
                () -> {
                    try {
                        controlPlane()
                                .startAgain(
                                        command,
                                        () -> "ok".equals(cluster().client().raw("/readyz")));
                    } catch (IOException failure) {
                        throw new UncheckedIOException(failure);
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("faults")
    void everyRequestGetsAResponseAndNoJobIsLost(Fault fault) throws Exception {
        Workspace workspace = deployment().freshWorkspace();
        int doomed = (int) fault.lasts.toSeconds() * 2 + 100;
        makeJobs(workspace, doomed);
        Traffic traffic = new Traffic(gateway(), workspace);
        Set<String> known = new ConcurrentSkipListSet<>();
        Queue<String> text = new ConcurrentLinkedQueue<>();
        try (Writer writer = new Writer();
                ResumingStream events =
                        stream(
                                workspace,
                                "/events",
                                (type, data) -> follow(workspace, known, type, data));
                ResumingStream log =
                        stream(
                                workspace,
                                "/jobs/logs/logs?follow=true",
                                (type, data) -> {
                                    if (type.equals("log")) {
                                        JsonNode line = MAPPER.readTree(data);
                                        text.add(
                                                line.path("text").asString()
                                                        + (line.has("partial") ? "" : "\n"));
                                    }
                                })) {
            events.awaitBegin();
            known.addAll(jobs(workspace).keySet());
            log.awaitBegin();

            fault.begin.run();
            traffic.start();
            pass(fault.lasts);
            fault.end.run();
            long ended = System.nanoTime();
            traffic.stop();
            await().ignoreExceptions().until(() -> changedByAnotherClient(workspace));
            await().atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(50))
                    .ignoreExceptions()
                    .until(() -> jobs(workspace).equals(pods(workspace)));
            Duration right = Duration.ofNanos(System.nanoTime() - ended);
            List<Answer> answers = traffic.answers();
            tell(fault, answers, right, events, log);

            assertThat(answers)
                    .allMatch(
                            answer ->
                                    answer.succeeded() || answer.isForLater() || answer.isCutLog(),
                            "success, later, or a log that is cut off")
                    .allMatch(
                            answer -> answer.kind() != Kind.LIVENESS || answer.succeeded(), "alive")
                    .allMatch(answer -> answer.took().compareTo(DEADLINE) < 0, "answered in time");
            if (fault.ofDatabase) {
                assertThat(answers)
                        .allMatch(
                                answer ->
                                        answer.succeeded()
                                                || answer.kind() == Kind.HISTORY
                                                || answer.body()
                                                        .contains("/problems/cluster-unavailable"),
                                "only the history is not there, and what a busy machine delays");
            }
            assertThat(right).isLessThan(RIGHT_AGAIN);
            int submitted = assertNothingIsLostOrDoubled(workspace, traffic, answers, doomed);
            assertTheHistoryIsComplete(workspace, 1 + submitted + doomed);
            String written = writer.stop();
            await().atMost(RIGHT_AGAIN)
                    .untilAsserted(() -> assertThat(String.join("", text)).isEqualTo(written));
            await().atMost(RIGHT_AGAIN)
                    .untilAsserted(
                            () -> assertThat(known).containsExactlyElementsOf(names(workspace)));
        }
    }

    /// One job that runs, and many to be deleted.
    private static void makeJobs(Workspace workspace, int doomed) {
        Pod pod =
                new PodBuilder()
                        .withNewMetadata()
                        .withName(LOGS.value())
                        .withNamespace(workspace.value())
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("main")
                        .withImage("/images/busybox.sif")
                        .endContainer()
                        .addToNodeSelector("kubernetes.io/hostname", TestCluster.NODE.value())
                        .addNewToleration()
                        .withKey("virtual-node.interlink/no-schedule")
                        .withOperator("Exists")
                        .endToleration()
                        .endSpec()
                        .build();
        await().ignoreExceptions()
                .until(() -> cluster().client().resource(pod).create().getMetadata() != null);
        for (int number = 0; number < doomed; number++) {
            cluster()
                    .client()
                    .resource(
                            new PodBuilder(pod)
                                    .editMetadata()
                                    .withName("doomed-" + number)
                                    .endMetadata()
                                    .build())
                    .create();
        }
        await().until(() -> pod(workspace, LOGS.value()).getSpec().getNodeName() != null);
        Objects.requireNonNull(kubelet).begin(pod(workspace, LOGS.value()).getMetadata().getUid());
        cluster().runs(workspace, LOGS);
    }

    /// The job, which writes all the time.
    private static final class Writer implements AutoCloseable {

        private final ScheduledExecutorService clock =
                Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());
        private final AtomicInteger lines = new AtomicInteger();

        @SuppressWarnings("FutureReturnValueIgnored")
        Writer() {
            clock.scheduleAtFixedRate(this::write, 0, 100, TimeUnit.MILLISECONDS);
        }

        private void write() {
            Objects.requireNonNull(kubelet).write("line " + lines.getAndIncrement() + "\n");
        }

        /// @return everything
        String stop() {
            clock.close();
            return IntStream.range(0, lines.get())
                    .mapToObj(number -> "line " + number + "\n")
                    .collect(Collectors.joining());
        }

        @Override
        public void close() {
            clock.close();
        }
    }

    private static ResumingStream stream(
            Workspace workspace, String path, BiConsumer<String, String> reader) {
        return new ResumingStream(
                gateway(),
                "/api/v1" + path + (path.contains("?") ? "&" : "?") + "workspace=" + workspace,
                reader);
    }

    /// What a portal knows that lists the jobs once and then follows the events.
    private static void follow(Workspace workspace, Set<String> known, String type, String data) {
        switch (type) {
            case "state" -> known.add(MAPPER.readTree(data).path("name").asString());
            case "deleted" -> known.remove(MAPPER.readTree(data).path("name").asString());
            case "reset" -> {
                Set<String> now =
                        await().ignoreExceptions()
                                .until(() -> jobs(workspace).keySet(), Objects::nonNull);
                known.retainAll(now);
                known.addAll(now);
            }
            default -> {}
        }
    }

    private static void pass(Duration time) {
        await().pollDelay(time).atMost(time.plusSeconds(10)).until(() -> true);
    }

    /// A change by another client, which the gateway must notice.
    private static boolean changedByAnotherClient(Workspace workspace) {
        cluster()
                .client()
                .pods()
                .inNamespace(workspace.value())
                .withName(LOGS.value())
                .edit(pod ->
                        new PodBuilder(pod)
                                .editMetadata()
                                .addToAnnotations("JobID", "4711")
                                .endMetadata()
                                .build());
        return true;
    }

    /// @return the SLURM ids of the jobs, by name, as the gateway lists them
    private static Map<String, String> jobs(Workspace workspace) throws Exception {
        JsonNode page =
                MAPPER.readTree(
                        gateway()
                                .send(
                                        "GET",
                                        "/api/v1/jobs?limit=500&workspace=" + workspace,
                                        "application/json",
                                        "")
                                .body());
        if (!page.has("items")) {
            throw new IOException(page.toString());
        }
        Map<String, String> jobs = new TreeMap<>();
        page.path("items")
                .forEach(job ->
                        jobs.put(
                                job.path("name").asString(), job.path("remoteJobId").asString("")));
        return jobs;
    }

    private static Map<String, String> pods(Workspace workspace) {
        return cluster().client().pods().inNamespace(workspace.value()).list().getItems().stream()
                .collect(
                        Collectors.toMap(
                                pod -> pod.getMetadata().getName(),
                                pod ->
                                        Objects.requireNonNullElse(
                                                        pod.getMetadata().getAnnotations(),
                                                        Map.<String, String>of())
                                                .getOrDefault("JobID", ""),
                                (one, _) -> one,
                                TreeMap::new));
    }

    private static Set<String> names(Workspace workspace) {
        return new TreeSet<>(pods(workspace).keySet());
    }

    private static Pod pod(Workspace workspace, String name) {
        return cluster().client().pods().inNamespace(workspace.value()).withName(name).require();
    }

    /// Repeats what the client does not know to be done, and counts.
    ///
    /// @return how many jobs were submitted
    private static int assertNothingIsLostOrDoubled(
            Workspace workspace, Traffic traffic, List<Answer> answers, int doomed)
            throws InterruptedException {
        Set<Integer> deleted = new TreeSet<>();
        int submitted = 0;
        for (Answer answer : answers) {
            if (answer.kind() == Kind.SUBMIT) {
                submitted++;
                Answer repeat = traffic.ask(Kind.SUBMIT, answer.number());
                assertThat(repeat.status())
                        .as(repeat.body())
                        .isIn(answer.succeeded() ? Set.of(200) : Set.of(200, 201));
            } else if (answer.kind() == Kind.DELETE) {
                deleted.add(answer.number());
                if (!answer.succeeded()) {
                    Answer repeat = traffic.ask(Kind.DELETE, answer.number());
                    assertThat(repeat.status()).as(repeat.body()).isIn(200, 202, 204, 404);
                }
            }
        }
        int left = 1 + submitted + doomed - deleted.size();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(names(workspace)).hasSize(left));
        return submitted;
    }

    /// @param jobs how many there have been
    private static void assertTheHistoryIsComplete(Workspace workspace, int jobs) {
        await().atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> {
                    List<JsonNode> past = past(workspace);
                    assertThat(past)
                            .map(job -> job.at("/job/uid").asString())
                            .hasSize(jobs)
                            .doesNotHaveDuplicates();
                    assertThat(past)
                            .filteredOn(job -> job.path("live").asBoolean())
                            .map(job -> job.at("/job/name").asString())
                            .containsExactlyInAnyOrderElementsOf(names(workspace));
                });
    }

    private static List<JsonNode> past(Workspace workspace) throws Exception {
        List<JsonNode> past = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page =
                    MAPPER.readTree(
                            gateway()
                                    .send(
                                            "GET",
                                            "/api/v1/history/jobs?limit=500&workspace="
                                                    + workspace
                                                    + cursor,
                                            "application/json",
                                            "")
                                    .body());
            page.path("items").forEach(past::add);
            cursor = page.has("nextCursor") ? "&cursor=" + page.path("nextCursor").asString() : "";
        } while (!cursor.isEmpty());
        return past;
    }

    private static void tell(
            Fault fault,
            List<Answer> answers,
            Duration right,
            ResumingStream events,
            ResumingStream log) {
        Map<Integer, Long> statuses =
                answers.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Answer::status, TreeMap::new, Collectors.counting()));
        Answer slowest = answers.stream().max(Comparator.comparing(Answer::took)).orElseThrow();
        System.out.println(
                "| %s, %d s | %d | %s | %.1f s (%s) | %.1f s | %s | %s |"
                        .formatted(
                                fault,
                                fault.lasts.toSeconds(),
                                answers.size(),
                                statuses,
                                slowest.took().toMillis() / 1e3,
                                slowest.kind(),
                                right.toMillis() / 1e3,
                                counted(events),
                                counted(log)));
        answers.stream()
                .filter(answer -> !answer.succeeded() && !answer.isForLater())
                .limit(10)
                .forEach(System.out::println);
    }

    private static Map<String, Long> counted(ResumingStream stream) {
        return stream.answers().stream()
                .collect(
                        Collectors.groupingBy(
                                answer -> answer, TreeMap::new, Collectors.counting()));
    }

    private static OwnControlPlane controlPlane() {
        return Objects.requireNonNull(controlPlane);
    }

    private static TestCluster cluster() {
        return Objects.requireNonNull(cluster);
    }

    private static Deployment deployment() {
        return Objects.requireNonNull(deployment);
    }

    private static Toxiproxy network() {
        return Objects.requireNonNull(network);
    }

    private static Toxiproxy databaseNetwork() {
        return Objects.requireNonNull(databaseNetwork);
    }

    private static GatewayProcess gateway() {
        return Objects.requireNonNull(gateway);
    }
}
