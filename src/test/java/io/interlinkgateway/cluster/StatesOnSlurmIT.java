package io.interlinkgateway.cluster;

import static io.interlinkgateway.cluster.WorkspaceClient.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.interlinkgateway.bench.Component;
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

/// What really happens to jobs, caused on a real SLURM, beside what interLink claims of them: at no moment may the
/// gateway say what is not true. All cases run at once, and a table is printed at the end.
@Requires({
    Component.OWN_CONTROL_PLANE,
    Component.SLURM,
    Component.VIRTUAL_NODE,
    Component.APPTAINER
})
class StatesOnSlurmIT {

    private static final String LOGIN = "{\"username\": \"ada\", \"password\": \"s3cret\"}";
    private static final String SHARED = "hpc-truth";
    private static final String SILENT = "hpc-silent";
    private static final String FAILING = "hpc-failing";
    private static final String REQUEUEING = "hpc-requeueing";
    private static final String RESTARTING = "hpc-restarting";

    /// SLURM keeps a requeued job back for two minutes.
    private static final Duration PATIENCE = Duration.ofMinutes(8);

    private static final int LONG_POWER_UP = 100;

    private static @Nullable Servers stage;

    /// The gateway and the nodes. Those that lose a compute node have an HPC of their own.
    private record Servers(
            Path folder,
            Deployment deployment,
            Map<String, Slurm> slurms,
            VirtualNode nodes,
            VirtualNode restarting,
            GatewayProcess gateway,
            ExecutorService threads,
            List<String> table)
            implements AutoCloseable {

        static Servers open(Path folder) throws IOException {
            Deployment deployment = new Deployment(TestCluster.shared());
            Slurm slurm = Slurm.start();
            slurm.powerUpSeconds(LONG_POWER_UP);
            Map<String, Slurm> slurms =
                    Map.of(
                            SHARED,
                            slurm,
                            SILENT,
                            slurm,
                            FAILING,
                            Slurm.start(),
                            REQUEUEING,
                            Slurm.start());
            Path kubeconfig =
                    Files.writeString(folder.resolve("kubeconfig"), deployment.kubeconfig());
            return new Servers(
                    folder,
                    deployment,
                    slurms,
                    VirtualNode.start(slurms, VirtualNode.Pace.FIVEFOLD),
                    VirtualNode.start(Map.of(RESTARTING, slurm), VirtualNode.Pace.FIVEFOLD),
                    new GatewayProcess(kubeconfig),
                    Executors.newVirtualThreadPerTaskExecutor(),
                    new CopyOnWriteArrayList<>());
        }

        Slurm slurm(String node) {
            return Objects.requireNonNull(slurms.getOrDefault(node, slurms.get(SHARED)));
        }

        @Override
        public void close() {
            threads.shutdownNow();
            gateway.close();
            nodes.close();
            restarting.close();
            slurms.values().stream().distinct().forEach(Slurm::close);
            table.stream().sorted().forEach(System.out::println);
        }
    }

    @BeforeAll
    static void open(@TempDir Path folder) throws IOException {
        stage = Servers.open(folder);
    }

    @AfterAll
    static void close() {
        if (stage != null) {
            stage.close();
        }
    }

    private static Servers stage() {
        return Objects.requireNonNull(stage);
    }

    // SLURM signals a job's processes one by one. On a busy machine the batch script sees its
    // child's end, and ends with the child's exit code, before its own signal comes.
    private static final String BY_SIGNAL_9 = " (0:9|137:0)";
    private static final String BY_SIGNAL_15 = " (0:15|143:0)";

    /// @param name of the job, too
    /// @param spec what to submit; a pod goes through kubectl
    /// @param action what happens to it, while it is watched
    /// @param slurmsWord a pattern of the job's state and exit code in SLURM at the end; empty if it never got there
    /// @param told patterns of the gateway's states in their order, as far as each must come, with reason and exit
    ///     code
    private record Case(
            String name,
            String node,
            String spec,
            Action action,
            String slurmsWord,
            List<String> told) {}

    private interface Action {

        /// What the test does to the job and its surroundings.
        ///
        /// @param desk the job's workspace
        /// @param states what the gateway has said until now; grows
        void happen(WorkspaceClient desk, List<String> states) throws Exception;
    }

    private static Case ended(String name, String command, String slurms, String... told) {
        return new Case(
                name,
                SHARED,
                WorkspaceClient.spec(SHARED, command, "\"partition\": \"cpu\""),
                (_, _) -> {},
                slurms,
                List.of(told));
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
                        "feigned-end",
                        SHARED,
                        WorkspaceClient.spec(
                                SHARED,
                                "echo \"$(date -Iseconds) End of script, highest exit code 0...\"; "
                                        + held("feigned-end", "exit 3"),
                                "\"partition\": \"cpu\""),
                        (_, states) -> {
                            awaitTold(states, "RUNNING");
                            release("feigned-end");
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
                        (desk, states) -> {
                            awaitTold(states, "RUNNING");
                            stage().slurm(SHARED).run("scancel", desk.slurmId("scancel-running"));
                        },
                        "CANCELLED" + BY_SIGNAL_15,
                        List.of("RUNNING", "FAILED CANCELLED_ON_HPC")),
                new Case(
                        "scancel-queued",
                        SHARED,
                        WorkspaceClient.spec(SHARED, "true", "\"flags\": \"--hold\""),
                        (desk, states) -> {
                            awaitTold(states, "QUEUED IN_HPC_QUEUE");
                            stage().slurm(SHARED).run("scancel", desk.slurmId("scancel-queued"));
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
                            awaitTold(states, "UNKNOWN SUCCESS_UNCONFIRMED");
                            stage().slurm(SHARED).powerUpSeconds(0);
                            awaitTold(states, "RUNNING");
                            release("powers-up");
                        },
                        "FAILED 6:0",
                        List.of("UNKNOWN SUCCESS_UNCONFIRMED", "RUNNING", "FAILED EXIT_CODE 6")),
                new Case(
                        "node-fails",
                        FAILING,
                        WorkspaceClient.spec(FAILING, "sleep 600", "\"flags\": \"--no-requeue\""),
                        (_, states) -> {
                            awaitTold(states, "RUNNING");
                            setDown(FAILING);
                        },
                        "NODE_FAIL .*",
                        // SLURM does not always say how it ended the job. Then interLink calls it
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
                            awaitTold(states, "RUNNING");
                            setDown(REQUEUEING);
                            awaitTold(states, "QUEUED REQUEUED");
                            setUp(REQUEUEING);
                            awaitTold(states, "RUNNING", "QUEUED REQUEUED", "RUNNING");
                            release("node-fails-requeue");
                        },
                        "COMPLETED 0:0",
                        List.of("RUNNING", "QUEUED REQUEUED", "RUNNING", "SUCCEEDED")),
                new Case(
                        "plugin-stops",
                        SILENT,
                        WorkspaceClient.spec(SILENT, held("plugin-stops", "exit 5"), ""),
                        (_, states) -> {
                            awaitTold(states, "RUNNING");
                            stage().nodes.pluginDown(SILENT);
                            awaitTold(states, "RUNNING NODE_UNREACHABLE");
                            stage().nodes.pluginUp(SILENT);
                            release("plugin-stops");
                        },
                        "FAILED 5:0",
                        List.of("RUNNING", "RUNNING NODE_UNREACHABLE", "FAILED EXIT_CODE 5")),
                new Case(
                        "kubelet-restarts",
                        RESTARTING,
                        WorkspaceClient.spec(RESTARTING, held("kubelet-restarts", "exit 5"), ""),
                        (_, states) -> {
                            awaitTold(states, "RUNNING");
                            stage().restarting.kill();
                            stage().restarting.startAgain();
                            release("kubelet-restarts");
                        },
                        "FAILED 5:0",
                        List.of("RUNNING", "FAILED EXIT_CODE 5")),
                new Case(
                        "secret-late",
                        SHARED,
                        pod("secret-late", "1"),
                        (desk, states) -> {
                            awaitTold(states, "QUEUED SECRET_MISSING");
                            desk.ask("PUT", "/mlflow-credentials/mlflow-server", JSON, LOGIN, 201);
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

    /// As kubectl's users write them: the gateway itself would refuse both.
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
        stage().slurm(node)
                .run("scontrol", "update", "nodename=node1", "state=down", "reason=test");
    }

    /// Unless it is back by itself.
    private static void setUp(String node) {
        Slurm slurm = stage().slurm(node);
        if (slurm.run("scontrol", "show", "node", "node1").contains("State=DOWN")) {
            slurm.run("scontrol", "update", "nodename=node1", "state=resume");
        }
    }

    private static void awaitTold(List<String> states, String... told) {
        await().atMost(PATIENCE).until(() -> comeInOrder(List.of(told), states));
    }

    /// A job's command that waits until it is released. Apptainer shows it the host's /tmp.
    private static String held(String name, String command) {
        return "until [ -e " + stage().folder.resolve(name) + " ]; do sleep 1; done; " + command;
    }

    private static void release(String name) throws IOException {
        Files.createFile(stage().folder.resolve(name));
    }

    @TestFactory
    Stream<DynamicTest> whatTheGatewaySaysIsTrue() {
        List<Case> cases = cases();
        List<Future<?>> runs = new ArrayList<>();
        cases.forEach(each ->
                runs.add(
                        stage().threads
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
        WorkspaceClient desk =
                new WorkspaceClient(
                        stage().gateway, stage().deployment.freshWorkspace(), stage().folder);
        if (each.spec.startsWith("apiVersion")) {
            desk.kubectl().apply(each.spec, "apply", "-f", "-");
        } else {
            desk.ask("PUT", "/jobs/" + each.name, JSON, each.spec, 201);
        }
        Future<HttpResponse<String>> followed =
                stage().threads
                        .submit(() ->
                                desk.send(
                                        "GET",
                                        "/jobs/" + each.name + "/logs?follow=true",
                                        JSON,
                                        ""));
        List<String> states = new CopyOnWriteArrayList<>();
        Future<?> action =
                stage().threads
                        .submit(() -> {
                            each.action.happen(desk, states);
                            return null;
                        });
        try {
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(250))
                    .until(() -> {
                        String told = told(desk.job(each.name));
                        if (states.isEmpty() || !states.getLast().equals(told)) {
                            states.add(told);
                        }
                        return action.isDone() && comeInOrder(each.told, states);
                    });
        } catch (ConditionTimeoutException late) {
            throw new AssertionError(each.told + " was awaited, and this came: " + states, late);
        }
        action.get(1, TimeUnit.SECONDS);
        String slurms = slurmsWord(desk, each);
        stage().table
                .add(
                        "%-20s| interLink: %-28s| SLURM: %-16s| gateway: %s"
                                .formatted(
                                        each.name,
                                        desk.kubectl()
                                                .run(
                                                        "get",
                                                        "pod",
                                                        each.name,
                                                        "-o",
                                                        "jsonpath={.status.phase}"
                                                                + " {.status.reason}"),
                                        slurms,
                                        states));
        assertThat(states.getLast()).matches(each.told.getLast());
        if (states.getLast().matches("(SUCCEEDED|FAILED).*")) {
            // interLink's own does not end when SLURM kills the job.
            HttpResponse<String> log = followed.get(2, TimeUnit.MINUTES);
            assertThat(log.statusCode())
                    .as("the log of %s: %s", each.name, log.body())
                    .isEqualTo(200);
        }
        assertThat(slurms).matches(each.slurmsWord);
        if (!slurms.startsWith("COMPLETED")) {
            assertThat(states)
                    .as("a job that did not end well")
                    .noneMatch(state -> state.startsWith("SUCCEEDED"));
        } else {
            assertThat(states).noneMatch(state -> state.startsWith("FAILED"));
        }
    }

    private static String told(JsonNode job) {
        return Stream.of("state", "reason", "exitCode")
                .map(field -> job.path(field).asString())
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(" "));
    }

    private static boolean comeInOrder(List<String> expected, List<String> states) {
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

    private static String slurmsWord(WorkspaceClient desk, Case each) throws Exception {
        String id = desk.job(each.name).path("remoteJobId").asString();
        if (id.isEmpty()) {
            return "";
        }
        Map<String, String> job = stage().slurm(each.node).job(id);
        return job.get("JobState") + " " + job.get("ExitCode");
    }
}
