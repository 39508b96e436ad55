package io.interlinkgateway.cluster;

import static io.interlinkgateway.cluster.WorkspaceClient.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.RealSlurmrestd;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.bench.Slurm;
import io.interlinkgateway.bench.VirtualNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Causes each end of a job on a real SLURM, and compares the gateway's states with SLURM's: the gateway must never
/// report a state that contradicts SLURM, whatever interLink reports. All cases run at the same time, and a table is
/// printed at the end.
@Requires({
    Component.OWN_CONTROL_PLANE,
    Component.SLURM,
    Component.VIRTUAL_NODE,
    Component.APPTAINER
})
class StatesOnSlurmIT {

    private static final String LOGIN = "{\"username\": \"ada\", \"password\": \"s3cret\"}";
    private static final String SHARED = "hpc-truth";
    private static final String DISCONNECTED = "hpc-silent";
    private static final String FAILING = "hpc-failing";
    private static final String REQUEUEING = "hpc-requeueing";
    private static final String RESTARTING = "hpc-restarting";

    /// SLURM holds a requeued job for two minutes.
    private static final Duration TIMEOUT = Duration.ofMinutes(8);

    private static final int LONG_POWER_UP = 100;

    private static @Nullable Servers servers;

    /// Whether the gateway can ask SLURM itself.
    enum Sources {
        WITHOUT_SLURMRESTD,
        WITH_SLURMRESTD
    }

    /// The gateway and the nodes. Cases that lose a compute node have an HPC of their own.
    private record Servers(
            Path folder,
            Sources sources,
            Deployment deployment,
            Map<String, Slurm> slurms,
            Map<Slurm, RealSlurmrestd> slurmrestds,
            VirtualNode nodes,
            VirtualNode restarting,
            GatewayProcess gateway,
            ExecutorService threads,
            List<String> table)
            implements AutoCloseable {

        static Servers open(Path folder, Sources sources) throws IOException {
            Deployment deployment = new Deployment(TestCluster.shared());
            Slurm slurm = start(sources);
            slurm.powerUpSeconds(LONG_POWER_UP);
            Map<String, Slurm> slurms =
                    Map.of(
                            SHARED,
                            slurm,
                            DISCONNECTED,
                            slurm,
                            FAILING,
                            start(sources),
                            REQUEUEING,
                            start(sources));
            Map<Slurm, RealSlurmrestd> slurmrestds =
                    switch (sources) {
                        case WITHOUT_SLURMRESTD -> Map.of();
                        case WITH_SLURMRESTD ->
                                slurms.values().stream()
                                        .distinct()
                                        .collect(
                                                Collectors.toMap(
                                                        each -> each, RealSlurmrestd::atSocket));
                    };
            Path kubeconfig =
                    Files.writeString(folder.resolve("kubeconfig"), deployment.kubeconfig());
            return new Servers(
                    folder,
                    sources,
                    deployment,
                    slurms,
                    slurmrestds,
                    VirtualNode.start(slurms, VirtualNode.Pace.FIVEFOLD),
                    VirtualNode.start(Map.of(RESTARTING, slurm), VirtualNode.Pace.FIVEFOLD),
                    new GatewayProcess(kubeconfig, options(slurms, slurmrestds)),
                    Executors.newVirtualThreadPerTaskExecutor(),
                    new CopyOnWriteArrayList<>());
        }

        private static Slurm start(Sources sources) {
            return switch (sources) {
                case WITHOUT_SLURMRESTD -> Slurm.start();
                case WITH_SLURMRESTD -> Slurm.startWithRest();
            };
        }

        private static String[] options(
                Map<String, Slurm> slurms, Map<Slurm, RealSlurmrestd> slurmrestds) {
            return slurmrestds.isEmpty()
                    ? new String[0]
                    : Stream.of(SHARED, DISCONNECTED, FAILING, REQUEUEING, RESTARTING)
                            .flatMap(node -> {
                                RealSlurmrestd rest =
                                        Objects.requireNonNull(
                                                slurmrestds.get(slurm(slurms, node)));
                                String prefix = "--gateway.nodes." + node + ".slurmrestd.";
                                return Stream.of(
                                        prefix + "address=" + rest.address(), prefix + "period=1s");
                            })
                            .toArray(String[]::new);
        }

        private static Slurm slurm(Map<String, Slurm> slurms, String node) {
            return Objects.requireNonNull(slurms.getOrDefault(node, slurms.get(SHARED)));
        }

        Slurm slurm(String node) {
            return slurm(slurms, node);
        }

        @Override
        public void close() {
            threads.shutdownNow();
            gateway.close();
            nodes.close();
            restarting.close();
            slurmrestds.values().forEach(RealSlurmrestd::close);
            slurms.values().stream().distinct().forEach(Slurm::close);
            table.stream().sorted().forEach(System.out::println);
        }
    }

    @BeforeAll
    static void open(@TempDir Path folder) throws IOException {
        open(folder, Sources.WITHOUT_SLURMRESTD);
    }

    static void open(Path folder, Sources sources) throws IOException {
        servers = Servers.open(folder, sources);
    }

    @AfterAll
    static void close() {
        if (servers != null) {
            servers.close();
        }
    }

    private static Servers servers() {
        return Objects.requireNonNull(servers);
    }

    // SLURM signals a job's processes one by one. On a busy machine, the batch script may notice
    // its child's end and exit with the child's exit code before it receives its own signal.
    private static final String BY_SIGNAL_9 = " (0:9|137:0)";
    private static final String BY_SIGNAL_15 = " (0:15|143:0)";

    /// @param name the name of the case and its job
    /// @param spec what to submit; a pod is submitted with kubectl
    /// @param action what is done to the job while its state is polled
    /// @param slurmState a pattern of the job's final state and exit code in SLURM; empty if it is never submitted
    /// @param expected patterns of the gateway's required states in their order, with reason and exit code
    private record Case(
            String name,
            String node,
            String spec,
            Action action,
            String slurmState,
            List<String> expected) {

        Case expecting(String... others) {
            return expecting(action, others);
        }

        Case expecting(Action other, String... others) {
            return new Case(name, node, spec, other, slurmState, List.of(others));
        }
    }

    private interface Action {

        /// Affects the job or its environment.
        ///
        /// @param client sends requests in the job's workspace
        /// @param states the states that the gateway has reported so far; grows
        void apply(WorkspaceClient client, List<String> states) throws Exception;
    }

    private static Case ended(String name, String command, String slurms, String... expected) {
        return new Case(
                name,
                SHARED,
                WorkspaceClient.spec(SHARED, command, "\"partition\": \"cpu\""),
                (_, _) -> {},
                slurms,
                List.of(expected));
    }

    private static List<Case> cases() {
        return List.of(
                ended("succeeds", "sleep 1; echo done", "COMPLETED 0:0", "SUCCEEDED"),
                ended("exit-7", "sleep 1; exit 7", "FAILED 7:0", "FAILED EXIT_CODE 7"),
                ended(
                        "out-of-memory",
                        "sleep 1; x=$(yes | head -c 700000000); echo ${#x}",
                        "FAILED" + BY_SIGNAL_9,
                        "FAILED OUT_OF_MEMORY"),
                new Case(
                        "forged-end",
                        SHARED,
                        WorkspaceClient.spec(
                                SHARED,
                                "echo \"$(date -Iseconds) End of script, highest exit code 0...\"; "
                                        + held("forged-end", "exit 3"),
                                "\"partition\": \"cpu\""),
                        (_, states) -> {
                            awaitStates(states, "RUNNING");
                            release("forged-end");
                        },
                        "FAILED 3:0",
                        List.of("RUNNING", "FAILED EXIT_CODE 3")),
                new Case(
                        "walltime",
                        SHARED,
                        WorkspaceClient.spec(SHARED, "sleep 600", "\"timeLimit\": \"PT2M\""),
                        (_, _) -> {},
                        "TIMEOUT" + BY_SIGNAL_15,
                        List.of("RUNNING", "FAILED TIME_LIMIT")),
                new Case(
                        "image-missing",
                        SHARED,
                        WorkspaceClient.spec(SHARED, "true", "")
                                .replace("busybox.sif", "absent.sif"),
                        (_, _) -> {},
                        "FAILED 255:0",
                        List.of("FAILED IMAGE_UNAVAILABLE 255")),
                new Case(
                        "command-missing",
                        SHARED,
                        WorkspaceClient.spec(SHARED, "true", "")
                                .replace("/bin/sh", "/no/such/program"),
                        (_, _) -> {},
                        "FAILED 255:0",
                        List.of("FAILED COMMAND_NOT_FOUND 255")),
                new Case(
                        "pre-exec-fails",
                        SHARED,
                        WorkspaceClient.spec(SHARED, "true", "")
                                .replaceFirst(
                                        "}$", ", \"preExec\": \"echo pulling; false || exit 1\"}"),
                        (_, _) -> {},
                        "FAILED 1:0",
                        List.of("FAILED PRE_EXEC_FAILED")),
                new Case(
                        "pre-exec-fails-silently",
                        SHARED,
                        WorkspaceClient.spec(SHARED, "true", "")
                                .replaceFirst("}$", ", \"preExec\": \"false || exit 3\"}"),
                        (_, _) -> {},
                        "FAILED 3:0",
                        List.of("FAILED PRE_EXEC_FAILED")),
                new Case(
                        "bad-partition",
                        SHARED,
                        WorkspaceClient.spec(SHARED, "true", "\"partition\": \"nosuch\""),
                        (_, _) -> {},
                        "",
                        List.of("FAILED SUBMISSION_REFUSED")),
                new Case(
                        "scancel-running",
                        SHARED,
                        WorkspaceClient.spec(SHARED, "sleep 600", ""),
                        (client, states) -> {
                            awaitStates(states, "RUNNING");
                            servers()
                                    .slurm(SHARED)
                                    .run("scancel", client.slurmId("scancel-running"));
                        },
                        "CANCELLED" + BY_SIGNAL_15,
                        List.of("RUNNING", "FAILED CANCELLED_ON_HPC")),
                new Case(
                        "scancel-queued",
                        SHARED,
                        WorkspaceClient.spec(SHARED, "true", "\"flags\": \"--hold\""),
                        (client, states) -> {
                            awaitStates(states, "QUEUED IN_HPC_QUEUE");
                            servers()
                                    .slurm(SHARED)
                                    .run("scancel", client.slurmId("scancel-queued"));
                        },
                        "CANCELLED 0:0",
                        List.of("QUEUED IN_HPC_QUEUE", "UNKNOWN SUCCESS_UNCONFIRMED")),
                new Case(
                        "powers-up",
                        SHARED,
                        WorkspaceClient.spec(
                                SHARED,
                                "echo start; " + held("powers-up", "exit 6"),
                                "\"partition\": \"cloud\""),
                        (_, states) -> {
                            awaitStates(states, "UNKNOWN SUCCESS_UNCONFIRMED");
                            servers().slurm(SHARED).powerUpSeconds(0);
                            awaitStates(states, "RUNNING");
                            release("powers-up");
                        },
                        "FAILED 6:0",
                        List.of("UNKNOWN SUCCESS_UNCONFIRMED", "RUNNING", "FAILED EXIT_CODE 6")),
                new Case(
                        "node-fails",
                        FAILING,
                        WorkspaceClient.spec(FAILING, "sleep 600", "\"flags\": \"--no-requeue\""),
                        (_, states) -> {
                            awaitStates(states, "RUNNING");
                            setDown(FAILING);
                        },
                        "NODE_FAIL .*",
                        // SLURM does not always report how it ended the job. Then interLink reports
                        // Succeeded.
                        List.of("RUNNING", "FAILED NODE_FAILED|UNKNOWN MAY_START_AGAIN")),
                new Case(
                        "node-fails-requeue",
                        REQUEUEING,
                        WorkspaceClient.spec(
                                REQUEUEING,
                                "echo start; " + held("node-fails-requeue", "true"),
                                "\"flags\": \"--requeue\""),
                        (_, states) -> {
                            awaitStates(states, "RUNNING");
                            setDown(REQUEUEING);
                            awaitStates(states, "QUEUED REQUEUED");
                            setUp(REQUEUEING);
                            awaitStates(states, "RUNNING", "QUEUED REQUEUED", "RUNNING");
                            release("node-fails-requeue");
                        },
                        "COMPLETED 0:0",
                        List.of("RUNNING", "QUEUED REQUEUED", "RUNNING", "SUCCEEDED")),
                new Case(
                        "plugin-stops",
                        DISCONNECTED,
                        WorkspaceClient.spec(DISCONNECTED, held("plugin-stops", "exit 5"), ""),
                        (_, states) -> {
                            awaitStates(states, "RUNNING");
                            servers().nodes.pluginDown(DISCONNECTED);
                            awaitStates(states, "RUNNING NODE_UNREACHABLE");
                            servers().nodes.pluginUp(DISCONNECTED);
                            release("plugin-stops");
                        },
                        "FAILED 5:0",
                        List.of("RUNNING", "RUNNING NODE_UNREACHABLE", "FAILED EXIT_CODE 5")),
                new Case(
                        "kubelet-restarts",
                        RESTARTING,
                        WorkspaceClient.spec(RESTARTING, held("kubelet-restarts", "exit 5"), ""),
                        (_, states) -> {
                            awaitStates(states, "RUNNING");
                            servers().restarting.kill();
                            servers().restarting.startAgain();
                            release("kubelet-restarts");
                        },
                        "FAILED 5:0",
                        List.of("RUNNING", "FAILED EXIT_CODE 5")),
                new Case(
                        "secret-late",
                        SHARED,
                        pod("secret-late", "1"),
                        (client, states) -> {
                            awaitStates(states, "QUEUED SECRET_MISSING");
                            client.ask(
                                    "PUT", "/mlflow-credentials/mlflow-server", JSON, LOGIN, 201);
                        },
                        "COMPLETED 0:0",
                        List.of("QUEUED SECRET_MISSING", "SUCCEEDED")),
                new Case(
                        "too-large",
                        SHARED,
                        pod("too-large", "1000"),
                        (_, _) -> {},
                        "",
                        List.of("QUEUED NODE_FULL")));
    }

    /// What is different if SLURM itself is asked: no state is unknown, and a node that lost contact changes nothing.
    private static Case withSlurmrestd(Case each) {
        return switch (each.name) {
            case "pre-exec-fails" -> each.expecting("FAILED PRE_EXEC_FAILED 1");
            case "pre-exec-fails-silently" -> each.expecting("FAILED PRE_EXEC_FAILED 3");
            case "scancel-queued" ->
                    each.expecting("QUEUED IN_HPC_QUEUE", "FAILED CANCELLED_ON_HPC");
            case "powers-up" ->
                    each.expecting(
                            (_, states) -> {
                                awaitStates(states, "STARTING");
                                servers().slurm(SHARED).powerUpSeconds(0);
                                awaitStates(states, "RUNNING");
                                release("powers-up");
                            },
                            "STARTING",
                            "RUNNING",
                            "FAILED EXIT_CODE 6");
            case "node-fails" -> each.expecting("RUNNING", "FAILED NODE_FAILED");
            case "plugin-stops" ->
                    each.expecting(
                            (_, states) -> {
                                awaitStates(states, "RUNNING");
                                servers().nodes.pluginDown(DISCONNECTED);
                                release("plugin-stops");
                                awaitStates(states, "FAILED EXIT_CODE 5");
                                servers().nodes.pluginUp(DISCONNECTED);
                            },
                            "RUNNING",
                            "FAILED EXIT_CODE 5");
            default -> each;
        };
    }

    /// Pods for kubectl: the gateway itself would refuse both.
    private static String pod(String name, String cpu) {
        return """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s}
        spec:
          containers:
          - name: c
            image: %s
            command: [/bin/sh, -c, "echo $LOGIN"]
            env:
            - name: LOGIN
              valueFrom: {secretKeyRef: {name: mlflow-server, key: username}}
            resources: {limits: {cpu: "%s", memory: 256Mi}}
          restartPolicy: Never
          nodeSelector: {kubernetes.io/hostname: %s}
          tolerations: [{key: virtual-node.interlink/no-schedule, operator: Exists}]
        """
                .formatted(name, VirtualNode.image(), cpu, SHARED);
    }

    private static void setDown(String node) {
        servers()
                .slurm(node)
                .run("scontrol", "update", "nodename=node1", "state=down", "reason=test");
    }

    /// Unless it has recovered by itself.
    private static void setUp(String node) {
        Slurm slurm = servers().slurm(node);
        if (slurm.run("scontrol", "show", "node", "node1").contains("State=DOWN")) {
            slurm.run("scontrol", "update", "nodename=node1", "state=resume");
        }
    }

    private static void awaitStates(List<String> states, String... expected) {
        await().atMost(TIMEOUT).until(() -> occurInOrder(List.of(expected), states));
    }

    /// A job's command that waits until it is released. Apptainer mounts the host's /tmp.
    private static String held(String name, String command) {
        return "until [ -e " + servers().folder.resolve(name) + " ]; do sleep 1; done; " + command;
    }

    private static void release(String name) throws IOException {
        Files.createFile(servers().folder.resolve(name));
    }

    @TestFactory
    Stream<DynamicTest> noReportedStateContradictsSlurm() {
        return tests();
    }

    static Stream<DynamicTest> tests() {
        List<Case> cases =
                switch (servers().sources) {
                    case WITHOUT_SLURMRESTD -> cases();
                    case WITH_SLURMRESTD ->
                            cases().stream().map(StatesOnSlurmIT::withSlurmrestd).toList();
                };
        List<Future<?>> runs = new ArrayList<>();
        cases.forEach(each ->
                runs.add(
                        servers()
                                .threads
                                .submit(() -> {
                                    run(each);
                                    return null;
                                })));
        return Stream.iterate(0, index -> index < cases.size(), index -> index + 1)
                .map(index ->
                        dynamicTest(
                                cases.get(index).name,
                                () -> runs.get(index).get(15, TimeUnit.MINUTES)));
    }

    private static void run(Case each) throws Exception {
        WorkspaceClient client =
                new WorkspaceClient(
                        servers().gateway, servers().deployment.freshWorkspace(), servers().folder);
        if (each.spec.startsWith("apiVersion")) {
            client.kubectl().apply(each.spec, "apply", "-f", "-");
        } else {
            client.ask("PUT", "/jobs/" + each.name, JSON, each.spec, 201);
        }
        Future<HttpResponse<String>> followed =
                servers()
                        .threads
                        .submit(() ->
                                client.send(
                                        "GET",
                                        "/jobs/" + each.name + "/logs?follow=true",
                                        JSON,
                                        ""));
        List<String> states = new CopyOnWriteArrayList<>();
        Future<?> action =
                servers()
                        .threads
                        .submit(() -> {
                            each.action.apply(client, states);
                            return null;
                        });
        try {
            await().atMost(TIMEOUT)
                    .pollInterval(Duration.ofMillis(250))
                    .until(() -> {
                        String state = described(client.job(each.name));
                        if (states.isEmpty() || !states.getLast().equals(state)) {
                            states.add(state);
                        }
                        return action.isDone() && occurInOrder(each.expected, states);
                    });
        } catch (ConditionTimeoutException timeout) {
            throw new AssertionError(
                    each.expected + " was expected, but the states were: " + states, timeout);
        }
        action.get(1, TimeUnit.SECONDS);
        // The job's record can be ahead of what slurmctld has.
        await().untilAsserted(() -> assertThat(slurmState(client, each)).matches(each.slurmState));
        String slurms = slurmState(client, each);
        servers()
                .table
                .add(
                        "%-20s| interLink: %-28s| SLURM: %-16s| gateway: %s"
                                .formatted(
                                        each.name,
                                        client.kubectl()
                                                .run(
                                                        "get",
                                                        "pod",
                                                        each.name,
                                                        "-o",
                                                        "jsonpath={.status.phase}"
                                                                + " {.status.reason}"),
                                        slurms,
                                        states));
        assertThat(states.getLast()).matches(each.expected.getLast());
        if (states.getLast().matches("(SUCCEEDED|FAILED).*")) {
            // interLink's followed log does not end when SLURM kills the job.
            HttpResponse<String> log = followed.get(2, TimeUnit.MINUTES);
            assertThat(log.statusCode())
                    .as("the log of %s: %s", each.name, log.body())
                    .isEqualTo(200);
        }
        if (servers().sources == Sources.WITH_SLURMRESTD) {
            assertThat(states).noneMatch(state -> state.startsWith("UNKNOWN"));
        }
        if (!slurms.startsWith("COMPLETED")) {
            assertThat(states)
                    .as("a job that did not end well")
                    .noneMatch(state -> state.startsWith("SUCCEEDED"));
        } else {
            assertThat(states).noneMatch(state -> state.startsWith("FAILED"));
        }
    }

    private static String described(JsonNode job) {
        return Stream.of("state", "reason", "exitCode")
                .map(field -> job.path(field).asString())
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(" "));
    }

    private static boolean occurInOrder(List<String> expected, List<String> states) {
        Iterator<String> rest = states.iterator();
        return expected.stream()
                .allMatch(state -> {
                    while (rest.hasNext()) {
                        if (rest.next().matches(state)) {
                            return true;
                        }
                    }
                    return false;
                });
    }

    private static String slurmState(WorkspaceClient client, Case each) throws Exception {
        String id = client.job(each.name).path("remoteJobId").asString();
        if (id.isEmpty()) {
            return "";
        }
        Map<String, String> job = servers().slurm(each.node).job(id);
        return job.get("JobState") + " " + job.get("ExitCode");
    }
}
