package io.interlinkgateway.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.ControlPlane;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.bench.Slurm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Every recorded case again, on a real SLURM with the stand-in for interLink: the recorded pod is submitted, what the
/// case's note says is done to it, and what the watch, the log and SLURM say is compared with the recording.
///
/// Whether interLink sees a job run depends on when it happens to look. So it is held while a job is brought to where
/// it was when the recorded interLink looked ([ReplayEnvironment#hold]).
@Requires({
    Component.OWN_CONTROL_PLANE,
    Component.SLURM,
    Component.VIRTUAL_NODE,
    Component.APPTAINER
})
class RecordingsReplayIT {

    /// Cases at a time. Most of their time they wait.
    private static final int AT_ONCE = 8;

    /// Recordings that are replayed together; those that take long come first.
    private static final List<List<String>> TOGETHER =
            List.of(
                    List.of("node-fail-requeue"),
                    List.of(
                            "plugin-down-while-running",
                            "submitted-while-down",
                            "node-ready",
                            "node-plugin-down"),
                    List.of("timeout"),
                    List.of("configuring-node", "configuring-node.steps"),
                    List.of("init-and-two"),
                    List.of("virtual-kubelet-restart"),
                    List.of("logs-follow", "follow-from-submission"),
                    List.of("logs-follow-running", "follow-while-running"),
                    List.of("secret-late"),
                    List.of("node-fail-no-requeue"),
                    List.of("scancelled-outside"),
                    List.of("deleted-running"),
                    List.of("secret-missing"),
                    List.of("batch-scripts"),
                    List.of("scancelled-pending"),
                    List.of("succeeds"),
                    List.of("exit-7"),
                    List.of("out-of-memory"),
                    List.of("bad-partition"),
                    List.of("too-many-gpus"),
                    List.of("newline-flags"),
                    List.of("image-missing"),
                    List.of("command-missing"),
                    List.of("no-limits"),
                    List.of("pre-exec-output"),
                    List.of("pre-exec-fails"),
                    List.of("env-special"),
                    List.of("args-special"),
                    List.of("run-entrypoint"));

    /// Differences that are not the stand-in's.
    private static final List<Known> KNOWN =
            List.of(
                    new Known(
                            "node-ready",
                            Difference::isForgottenCreation,
                            "Kubernetes' newer libraries leave out a creation time that is null"),
                    new Known(
                            "node-plugin-down",
                            Difference::isForgottenCreation,
                            "Kubernetes' newer libraries leave out a creation time that is null"),
                    new Known(
                            "follow-from-submission",
                            Difference::isOfComplaintsAlone,
                            "a busy machine starts the job later, and the follow complains every 4"
                                    + " s"),
                    new Known(
                            "out-of-memory",
                            Difference::isOfOrderAndRepeatsAlone,
                            "two threads of SLURM's step daemon report the kill, as often as they"
                                    + " notice, and the shell may have the time to say so too"));

    /// @param recording where it shows
    /// @param is which it is
    /// @param reason why it can't be helped
    private record Known(String recording, Predicate<Difference> is, String reason) {}

    /// What bash says of a child that SLURM killed.
    private static final Pattern SHELL_SPEAKS = Pattern.compile("\\b(Killed|Terminated)\\b");

    private static int cases;
    private static int replayed;
    private static int differences;
    private static int known;

    /// What came out, by recording.
    private static final class Results {

        private final Map<String, List<Difference>> byRecording = new LinkedHashMap<>();
        private boolean shellOutlived;

        void add(String recording, List<Difference> found) {
            byRecording.computeIfAbsent(recording, name -> new ArrayList<>()).addAll(found);
        }

        List<Difference> of(String recording) {
            return byRecording.getOrDefault(
                    recording, List.of(new Difference(recording, "a case", "not replayed")));
        }
    }

    @TestFactory
    Stream<DynamicTest> theStandInReproducesTheRecordingsOfInterLink() {
        Config config = Config.fromKubeconfig(ControlPlane.kubeconfig());
        KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build();
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        List<DynamicTest> tests = new ArrayList<>();
        String only = System.getProperty("replay.only", "");
        for (List<String> together : TOGETHER) {
            if (!only.isEmpty() && !together.contains(only)) {
                continue;
            }
            Future<Results> results = pool.submit(() -> replay(client, together.getFirst()));
            for (String recording : together) {
                cases++;
                tests.add(DynamicTest.dynamicTest(recording, () -> check(recording, results)));
            }
        }
        pool.shutdown();
        return tests.stream().onClose(client::close);
    }

    private static void check(String recording, Future<Results> results) throws Exception {
        List<Difference> found;
        try {
            found = results.get().of(recording);
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof Exception cause ? cause : failure;
        }
        replayed++;
        List<Difference> unknown = new ArrayList<>();
        for (Difference difference : found) {
            Optional<Known> reason =
                    KNOWN.stream()
                            .filter(each -> each.recording().equals(recording))
                            .filter(each -> each.is().test(difference))
                            .findFirst();
            if (reason.isPresent()) {
                known++;
                System.out.println(
                        recording + ": " + difference.path() + ": " + reason.get().reason());
            } else {
                unknown.add(difference);
                System.out.println(recording + ": " + difference);
            }
        }
        differences += unknown.size();
        assertThat(unknown).isEmpty();
    }

    @AfterAll
    static void report() {
        System.out.printf(
                "replayed %d of %d cases, %d differences, and %d that are explained%n",
                replayed, cases, differences, known);
    }

    /// SLURM kills the shell after what the shell runs. Where the shell has the time to notice, it says so, writes
    /// down the container's exit code (143 for a TERM, 137 for a KILL), dies while it does, or exits with it: no
    /// recording shows that, so such a case is played again.
    private static Results replay(KubernetesClient client, String name) {
        Results results = play(client, name);
        for (int again = 0; again < 4 && results.shellOutlived; again++) {
            System.out.println(name + ": the shell outlived what it ran; played again");
            results = play(client, name);
        }
        return results;
    }

    private static Results play(KubernetesClient client, String name) {
        Results results = new Results();
        try (ReplayEnvironment stage = new ReplayEnvironment(client, name, slurm(name))) {
            try {
                play(stage, name, results);
            } catch (ConditionTimeoutException stuck) {
                throw new AssertionError(name + " is stuck.\n" + stage.evidence(), stuck);
            }
        }
        return results;
    }

    private static void play(ReplayEnvironment stage, String name, Results results) {
        switch (name) {
            case "batch-scripts" -> batchScripts(stage, results);
            case "plugin-down-while-running" -> pluginDown(stage, results);
            case "logs-follow" -> followFromSubmission(stage, results);
            case "secret-missing" -> secretMissing(stage, results);
            default -> single(stage, Recording.read(name), results);
        }
    }

    private static Slurm slurm(String name) {
        return switch (name) {
            // Nobody enforced the 1 MB of a pod without limits.
            case "no-limits" -> Slurm.startWithoutMemoryLimits();
            case "init-and-two" -> {
                Slurm slurm = Slurm.start();
                // The HPC is full when the pod comes.
                slurm.run("sbatch", "--exclusive", "-o", "/dev/null", "--wrap", "sleep 600");
                ReplayEnvironment.soon(
                        () -> slurm.run("squeue", "-h", "-o", "%T").contains("RUNNING"));
                yield slurm;
            }
            default -> Slurm.start();
        };
    }

    private static void single(ReplayEnvironment stage, Recording recording, Results results) {
        stage.slurm().powerUpSeconds(30);
        stage.hold();
        ReplayEnvironment.Replay replay = stage.submit(recording.submitted());
        if (!recording.hasJob()) {
            stage.release();
            replay.awaitPhase("Failed");
            end(stage, recording, replay, results);
            return;
        }
        switch (recording.name()) {
            case "init-and-two" -> {
                replay.awaitTransitions(2);
                stage.slurm().run("scancel", "1");
            }
            case "secret-late" -> {
                replay.awaitTransitions(2);
                replay.staysAt(2, Duration.ofSeconds(12));
                stage.createSecret("late", "username", "u");
            }
            case "scancelled-pending" -> stage.slurm().run("scancel", replay.awaitJobId());
            default -> {}
        }
        if (recording.name().equals("configuring-node")) {
            configuring(stage, replay, results);
        } else if (recording.hasPhase("Running")) {
            replay.awaitJobState("RUNNING");
            stage.release();
            replay.awaitPhase("Running");
            // SLURM reports a job as running before the job's first line is written.
            if (logOf(recording).lines().anyMatch("start"::equals)) {
                ReplayEnvironment.soon(
                        () -> replay.logs("").stream().anyMatch(log -> log.contains("start\n")));
            }
            whileRunning(stage, recording, replay, results);
        } else {
            replay.awaitJobEnd();
            stage.release();
        }
        end(stage, recording, replay, results);
    }

    private static void whileRunning(
            ReplayEnvironment stage,
            Recording recording,
            ReplayEnvironment.Replay replay,
            Results results) {
        switch (recording.name()) {
            case "scancelled-outside" -> stage.slurm().run("scancel", replay.jobId());
            case "node-fail-no-requeue" -> stage.nodeDown();
            case "node-fail-requeue" -> {
                stage.nodeDown();
                replay.awaitTransitions(6);
                stage.nodeUp();
            }
            case "deleted-running" -> replay.delete();
            case "virtual-kubelet-restart" -> {
                stage.node().kill();
                String log = stage.likeness().replayed(replay.logs("").getFirst());
                results.add(
                        recording.name(),
                        said(recording, "log while down", log.replace("failed: ", "")));
                stage.node().startAgain();
            }
            case "logs-follow-running" -> {
                ReplayEnvironment.soon(() -> replay.logs("").getFirst().contains("line 4\n"));
                try (OpenResponse follow = replay.follow("c")) {
                    ReplayEnvironment.soon(follow::ended);
                    String recorded =
                            lines(Recording.read("follow-while-running"), "follow_while_running");
                    results.add(
                            "follow-while-running",
                            Difference.between(
                                    "text",
                                    Normalizer.recorded(recorded),
                                    stage.likeness().replayed(follow.text())));
                    results.add("follow-while-running", inSteps(follow));
                }
            }
            default -> {}
        }
    }

    /// Waits for the end, and compares all there is to.
    private static void end(
            ReplayEnvironment stage,
            Recording recording,
            ReplayEnvironment.Replay replay,
            Results results) {
        List<JsonNode> steps = recording.transitions();
        if (recording.ends()) {
            replay.awaitEnd();
            if (replay.diedWritingExitCode()) {
                results.shellOutlived = true;
                replay.end();
                return;
            }
        } else {
            replay.awaitTransitions(steps.size());
        }
        if (recording.hasJob()) {
            replay.awaitJobEnd();
            for (String field : List.of("JobState", "ExitCode", "Restarts")) {
                results.add(
                        recording.name(),
                        Difference.between(
                                "slurm." + field,
                                recorded(recording, field),
                                replay.slurmSays(field)));
            }
        }
        String log = logOf(stage, replay);
        boolean shellSpeaks = SHELL_SPEAKS.matcher(log).find();
        boolean shellWrites = Files.exists(replay.folder().resolve("run-c.status"));
        boolean shellExits =
                recording.hasJob()
                        && recorded(recording, "ExitCode").startsWith("0:")
                        && Set.of("143:0", "137:0").contains(replay.slurmSays("ExitCode"));
        results.shellOutlived =
                shellSpeaks || shellExits || (shellWrites && !log.contains("ended with status"));
        results.add(recording.name(), Difference.between("log", logOf(recording), log));
        if (recording.ends()) {
            replay.delete();
            replay.awaitDeleted();
        }
        results.add(
                recording.name(),
                Difference.between("transitions", stepsOf(recording), replay.transitions()));
        replay.end();
    }

    private static String recorded(Recording recording, String field) {
        return Arrays.stream(recording.json().at("/slurm/scontrol").asString().split("\\s+"))
                .filter(word -> word.startsWith(field + "="))
                .map(word -> word.substring(field.length() + 1))
                .findFirst()
                .orElse("");
    }

    private static List<JsonNode> stepsOf(Recording recording) {
        return recording.transitions().stream().map(Normalizer::recorded).toList();
    }

    /// The recorded text was stripped, and kubectl shows containers in no order.
    private static String logOf(Recording recording) {
        String log = Normalizer.recorded(recording.text("log"));
        return recording.submitted().at("/spec/containers").size() == 1
                ? log
                : sorted(Arrays.asList(log.split("(?m)^(?=This pod )")));
    }

    private static String logOf(ReplayEnvironment stage, ReplayEnvironment.Replay replay) {
        return sorted(replay.logs("").stream().map(log -> stage.likeness().replayed(log)).toList());
    }

    private static String sorted(List<String> logs) {
        return String.join(
                "\n",
                logs.stream().filter(log -> !log.isEmpty()).map(String::strip).sorted().toList());
    }

    private static List<Difference> said(Recording recording, String what, String text) {
        String note = Normalizer.recorded(recording.text("note"));
        return note.contains(text) ? List.of() : List.of(new Difference(what, note, text));
    }

    /// interLink calls the job a success while its node still powers up, and no longer looks.
    private static void configuring(
            ReplayEnvironment stage, ReplayEnvironment.Replay replay, Results results) {
        Recording steps = Recording.read("configuring-node.steps");
        replay.awaitJobState("CONFIGURING");
        stage.release();
        replay.awaitPhase("Succeeded");
        results.add(steps.name(), step(stage, replay, steps, "CF"));
        replay.awaitJobState("RUNNING");
        ReplayEnvironment.soon(() -> replay.logs("").getFirst().contains("start\n"));
        results.add(steps.name(), step(stage, replay, steps, "R"));
        replay.awaitJobEnd();
        results.add(steps.name(), step(stage, replay, steps, "CD"));
    }

    private static List<Difference> step(
            ReplayEnvironment stage,
            ReplayEnvironment.Replay replay,
            Recording steps,
            String state) {
        JsonNode recorded =
                steps.json()
                        .valueStream()
                        .filter(step -> step.get(2).get(1).asString().equals(state))
                        .findFirst()
                        .orElseThrow();
        String phase = replay.transitions().getLast().at("/pod/status/phase").asString();
        return Difference.between(
                state,
                recorded.get(1).asString() + "\n" + Normalizer.recorded(recorded.get(3).asString()),
                phase + "\n" + logOf(stage, replay));
    }

    private static void secretMissing(ReplayEnvironment stage, Results results) {
        Recording recording = Recording.read("secret-missing");
        ReplayEnvironment.Replay replay = stage.submit(recording.submitted());
        replay.awaitTransitions(2);
        replay.staysAt(2, Duration.ofSeconds(20));
        results.add(
                recording.name(),
                Difference.between("log", logOf(recording), logOf(stage, replay)));
        replay.delete();
        replay.awaitDeleted();
        results.add(
                recording.name(),
                Difference.between("transitions", stepsOf(recording), replay.transitions()));
        replay.end();
    }

    private static void pluginDown(ReplayEnvironment stage, Results results) {
        Recording running = Recording.read("plugin-down-while-running");
        Recording waiting = Recording.read("submitted-while-down");
        results.add("node-ready", nodeDifferences(stage, "node-ready"));
        stage.hold();
        ReplayEnvironment.Replay first = stage.submit(running.submitted());
        first.awaitJobState("RUNNING");
        stage.release();
        first.awaitPhase("Running");
        stage.node().pluginDown(stage.nodeName());
        ReplayEnvironment.within(
                Duration.ofMinutes(2), () -> stage.nodeObject().at("/spec/taints").size() > 2);
        results.add("node-plugin-down", nodeDifferences(stage, "node-plugin-down"));
        String log = stage.likeness().replayed(first.logs("").getFirst());
        results.add(running.name(), said(running, "log while down", log.replace("failed: ", "")));
        first.awaitJobEnd();
        ReplayEnvironment.Replay second = stage.submit(waiting.submitted());
        second.awaitTransitions(2);
        stage.node().pluginUp(stage.nodeName());
        first.awaitPhase("Succeeded");
        stage.hold();
        end(stage, running, first, results);
        second.awaitJobId();
        second.awaitJobEnd();
        stage.release();
        end(stage, waiting, second, results);
    }

    private static List<Difference> nodeDifferences(ReplayEnvironment stage, String name) {
        return Difference.between(
                "node",
                sized(Normalizer.recorded(Recording.read(name).json())),
                sized(stage.likeness().replayed(stage.nodeObject())));
    }

    /// The HPCs have other sizes; and where other nodes are ready, the cluster's controller also evicts from one that
    /// is not.
    private static JsonNode sized(JsonNode node) {
        ObjectNode copy = (ObjectNode) node.deepCopy();
        for (String list : List.of("capacity", "allocatable")) {
            ObjectNode amounts = (ObjectNode) copy.required("status").required(list);
            amounts.put("cpu", "CPUS").put("memory", "MEMORY");
        }
        var taints = JsonNodeFactory.instance.arrayNode();
        copy.required("spec")
                .required("taints")
                .valueStream()
                .filter(taint -> !taint.required("effect").asString().equals("NoExecute"))
                .forEach(taints::add);
        ((ObjectNode) copy.required("spec")).set("taints", taints);
        return copy;
    }

    private static void followFromSubmission(ReplayEnvironment stage, Results results) {
        Recording recording = Recording.read("logs-follow");
        Recording follows = Recording.read("follow-from-submission");
        stage.hold();
        // So that the log is opened before there is one.
        stage.slurm().run("scontrol", "update", "nodename=node1", "state=drain", "reason=replay");
        ReplayEnvironment.Replay replay = stage.submit(recording.submitted());
        replay.awaitJobId();
        try (OpenResponse follow = replay.follow("c")) {
            ReplayEnvironment.soon(() -> follow.text().endsWith("sleeping before retrying..."));
            stage.slurm().run("scontrol", "update", "nodename=node1", "state=resume");
            replay.awaitJobState("RUNNING");
            stage.release();
            ReplayEnvironment.soon(follow::ended);
            results.add(
                    follows.name(),
                    Difference.between(
                            "text",
                            Normalizer.recorded(lines(follows, "follow_from_submission")),
                            stage.likeness().replayed(follow.text())));
            results.add(follows.name(), inSteps(follow));
        }
        Map<String, String> options =
                Map.of(
                        "tail_3", "&tailLines=3",
                        "since_5s", "&sinceSeconds=5",
                        "timestamps", "&timestamps=true",
                        "limit_bytes_60", "&limitBytes=60");
        options.forEach((name, option) ->
                results.add(
                        follows.name(),
                        Difference.between(
                                name,
                                Normalizer.recorded(follows.text(name)),
                                stage.likeness()
                                        .replayed(replay.logs(option).getFirst())
                                        .strip())));
        end(stage, recording, replay, results);
    }

    private static String lines(Recording recording, String field) {
        StringBuilder text = new StringBuilder();
        recording
                .json()
                .required(field)
                .valueStream()
                .map(line -> line.get(1).asString())
                .filter(line -> !line.equals("<EOF>"))
                .forEach(text::append);
        return text.toString();
    }

    /// A followed log is read every 4 s. Single pauses are longer, if nothing was written meanwhile, or shorter, if the
    /// data before came late.
    private static List<Difference> inSteps(OpenResponse follow) {
        List<Duration> pauses = follow.pauses().stream().sorted().toList();
        if (pauses.isEmpty()) {
            return List.of();
        }
        long median = pauses.get((pauses.size() - 1) / 2).toMillis();
        return median >= 3500 && median <= 6000 && pauses.getLast().toSeconds() < 30
                ? List.of()
                : List.of(new Difference("pauses", "4 s", pauses.toString()));
    }

    private static void batchScripts(ReplayEnvironment stage, Results results) {
        stage.createSecret("mlflow-server", "password", "ABC");
        stage.hold();
        Recording.read("batch-scripts")
                .json()
                .forEachEntry((name, recorded) ->
                        results.add("batch-scripts", batchScript(stage, name, recorded)));
    }

    private static List<Difference> batchScript(
            ReplayEnvironment stage, String name, JsonNode recorded) {
        ObjectNode pod = (ObjectNode) Recording.read("succeeds").submitted().deepCopy();
        ObjectNode metadata = (ObjectNode) pod.required("metadata");
        metadata.put("name", name).set("annotations", recorded.required("annotations"));
        ((ObjectNode) pod.required("spec"))
                .putArray("containers")
                .add(recorded.required("container"));
        ReplayEnvironment.Replay replay = stage.submit(pod);
        String phase = recorded.required("phase").asString();
        if (phase.equals("Pending")) {
            replay.awaitJobId();
        } else {
            replay.awaitPhase(phase);
        }
        Path folder = replay.folder();
        List<String> commands =
                read(stage, folder.resolve("job.sh"))
                        .lines()
                        .filter(line -> line.startsWith("start c "))
                        .map(line -> line.substring("start ".length()))
                        .toList();
        List<String> recordedCommands =
                recorded.required("container command line")
                        .valueStream()
                        .map(line -> Normalizer.recorded(line.asString()))
                        .toList();
        JsonNode status = replay.transitions().getLast().at("/pod/status");
        List<Difference> found = new ArrayList<>();
        found.addAll(
                Difference.between(
                        name + ".message",
                        Normalizer.recorded(recorded.required("message").asString("")),
                        status.path("message").asString("")));
        found.addAll(
                Difference.between(
                        name + ".job.slurm",
                        Normalizer.recorded(recorded.required("job.slurm").asString("")),
                        read(stage, folder.resolve("job.slurm"))));
        found.addAll(
                Difference.between(
                        name + ".command", recordedCommands.toString(), commands.toString()));
        found.addAll(
                Difference.between(
                        name + ".env file",
                        Normalizer.recorded(recorded.required("env file").asString("")),
                        read(stage, folder.resolve("c_envfile.properties"))));
        replay.delete();
        replay.awaitDeleted();
        replay.end();
        return found;
    }

    /// @return nothing if there is no such file
    private static String read(ReplayEnvironment stage, Path file) {
        try {
            return Files.exists(file) ? stage.likeness().replayed(Files.readString(file)) : "";
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
