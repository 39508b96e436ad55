package io.interlinkgateway.sandbox.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.contract.SampleJobs;
import io.interlinkgateway.credential.MlflowCredential;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.LogOptions;
import io.interlinkgateway.log.LogText;
import io.interlinkgateway.log.feed.LogEvent;
import io.interlinkgateway.log.feed.LogReader;
import io.interlinkgateway.sandbox.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LocalNodeTests {

    private static final JobName NAME = new JobName("train");

    private final Workspace workspace = Sandbox.freshWorkspace();
    private final Sandbox sandbox = new Sandbox(2);
    private final SampleJobs samples = new SampleJobs(workspace, sandbox.node);

    @TempDir private Path folder = Path.of("not-yet");

    @AfterEach
    void close() {
        sandbox.close();
    }

    @Test
    void theEnvironmentIsThePodsOwn() throws IOException {
        submit(SampleJobs.spec("env | cut -d= -f1 | sort | tr '\\n' ' '"));

        ended(JobPhase.SUCCEEDED);
        List<String> names = List.of(log().split(" "));
        assertThat(names)
                .contains("BATCH_SIZE", "HOME", "PATH", "TMPDIR")
                .isSubsetOf("BATCH_SIZE", "HOME", "PATH", "TMPDIR", "PWD", "OLDPWD", "SHLVL", "_");
    }

    @Test
    void homeAndTemporaryFolderAreTheJobsOwnAndVanishWithIt() throws IOException {
        submit(SampleJobs.spec("echo \"$HOME\"; pwd; touch \"$HOME/a\" \"$TMPDIR/b\""));

        ended(JobPhase.SUCCEEDED);
        List<String> lines = log().lines().toList();
        assertThat(lines).hasSize(2).containsOnly(lines.getFirst());
        Path home = Path.of(lines.getFirst());
        assertThat(home.resolve("a")).exists();
        assertThat(sandbox.jobs.delete(workspace, NAME)).isEmpty();
        assertThat(home).doesNotExist();
    }

    @Test
    void argumentsArriveByteForByteAsWithInterlink() throws IOException {
        submit(SampleJobs.spec("echo '$(BATCH_SIZE) $(NONE)'"));

        ended(JobPhase.SUCCEEDED);
        assertThat(log()).isEqualTo("$(BATCH_SIZE) $(NONE)\n");
    }

    @Test
    void theStatusIsThatOfTheRecordingSucceeds() {
        submit(SampleJobs.spec("true"));

        ended(JobPhase.SUCCEEDED);
        Pod pod = pod();
        assertThat(pod.getMetadata().getAnnotations()).containsEntry("JobID", "1");
        assertThat(pod.getStatus().getReason()).isEqualTo("Completed");
        assertThat(terminated(pod).getReason()).isEqualTo("Completed");
        assertThat(terminated(pod).getExitCode()).isZero();
    }

    @Test
    void theStatusIsThatOfTheRecordingInitAndTwo() throws IOException {
        Map<String, Object> spec =
                Map.of(
                        "initContainers",
                        List.of(SampleJobs.container("prepare", "echo made > \"$HOME/made\"")),
                        "containers",
                        List.of(
                                SampleJobs.container("c", "cat \"$HOME/made\""),
                                SampleJobs.container("side", "exit 4")));
        submit(podWith(spec));

        JobState.Failed failed = (JobState.Failed) ended(JobPhase.FAILED);
        assertThat(failed.exitCode()).hasValue(4);
        assertThat(pod().getStatus().getReason()).isEqualTo("Error: 4");
        assertThat(pod().getStatus().getContainerStatuses())
                .map(status -> status.getState().getTerminated().getExitCode())
                .containsExactly(0, 4);
        assertThat(pod().getStatus().getContainerStatuses())
                .map(status -> status.getState().getTerminated().getReason())
                .containsOnly("Error: 4");
        assertThat(log()).isEqualTo("made\n");
    }

    @Test
    void aFailingInitContainerKeepsTheOthersFromRunning() throws IOException {
        submit(
                podWith(
                        Map.of(
                                "initContainers",
                                List.of(
                                        SampleJobs.container("first", "exit 3"),
                                        SampleJobs.container("second", "echo ran >&2")),
                                "containers",
                                List.of(SampleJobs.container("main", "echo ran")))));

        JobState.Failed failed = (JobState.Failed) ended(JobPhase.FAILED);
        assertThat(failed.exitCode()).hasValue(3);
        assertThat(failed.message()).contains("first");
        assertThat(log()).isEmpty();
    }

    @Test
    void theStatusIsThatOfTheRecordingTimeout() throws IOException {
        submit(
                SampleJobs.withSlurm(
                        SampleJobs.spec("echo start; sleep 300 & wait"), "--time=00:00:01"));

        JobState.Failed failed = (JobState.Failed) ended(JobPhase.FAILED);
        assertThat(failed.reason()).isEqualTo(JobState.FailureReason.TIME_LIMIT);
        assertThat(failed.startedAt()).isPresent();
        assertThat(pod().getStatus().getReason()).isEqualTo("Error: 15");
        assertThat(terminated(pod()).getMessage())
                .isEqualTo("SLURM job reached its time limit and was terminated");
        assertThat(log())
                .contains("start\n")
                .containsPattern(
                        "slurmstepd-sandbox: error: \\*\\*\\* JOB 1 ON sandbox CANCELLED AT"
                                + " \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d DUE TO TIME LIMIT"
                                + " \\*\\*\\*");
    }

    @Test
    void theWalltimeCountsFromThePreExecOn() throws IOException {
        submit(
                SampleJobs.withPreExec(
                        SampleJobs.withSlurm(SampleJobs.spec("true"), "--time=00:00:01"),
                        "sleep 300"));

        assertThat(((JobState.Failed) ended(JobPhase.FAILED)).reason())
                .isEqualTo(JobState.FailureReason.TIME_LIMIT);
        assertThat(text().read(LogOptions.ALL.withPluginLines())).contains("DUE TO TIME LIMIT");
    }

    @Test
    void aWalltimeThatSbatchRefusesIsASubmissionRefused() {
        submit(SampleJobs.withSlurm(SampleJobs.spec("true"), "--time=soon"));

        JobState.Failed failed = (JobState.Failed) ended(JobPhase.FAILED);
        assertThat(failed.reason()).isEqualTo(JobState.FailureReason.SUBMISSION_REFUSED);
        assertThat(failed.message()).contains("Invalid --time specification");
        assertThat(pod().getMetadata().getAnnotations()).doesNotContainKey("JobID");
    }

    @Test
    void theStatusIsThatOfTheRecordingPreExecFails() throws IOException {
        submit(SampleJobs.withPreExec(SampleJobs.spec("echo main"), "echo pulling; false &&"));

        JobState.Failed failed = (JobState.Failed) ended(JobPhase.FAILED);
        assertThat(failed.reason()).isEqualTo(JobState.FailureReason.PRE_EXEC_FAILED);
        assertThat(failed.exitCode()).isEmpty();
        assertThat(pod().getStatus().getReason()).isEqualTo("Error: 56");
        assertThat(log()).isEqualTo("pulling\n");
    }

    @Test
    void aFailingCommandInPreExecDoesNotKeepTheContainersFromRunning() throws IOException {
        submit(SampleJobs.withPreExec(SampleJobs.spec("echo main"), "false"));

        ended(JobPhase.SUCCEEDED);
        assertThat(log()).isEqualTo("main\n");
    }

    @Test
    void theStatusIsThatOfTheRecordingCommandMissing() throws IOException {
        Map<String, Object> container = SampleJobs.container("main", "x");
        container.put("command", List.of("no-such-program"));
        submit(SampleJobs.pod(container));

        JobState.Failed failed = (JobState.Failed) ended(JobPhase.FAILED);
        assertThat(failed.exitCode()).hasValue(255);
        assertThat(failed.reason()).isEqualTo(JobState.FailureReason.COMMAND_NOT_FOUND);
        assertThat(log()).isEqualTo("FATAL:   stat no-such-program: no such file or directory\n");
    }

    @Test
    void anImagesOwnEntryPointCannotBeRun() throws IOException {
        Map<String, Object> container = SampleJobs.container("main", "x");
        container.remove("command");
        submit(SampleJobs.pod(container));

        assertThat(((JobState.Failed) ended(JobPhase.FAILED)).message())
                .contains("give the job a command");
        assertThat(log()).contains("give the job a command");
    }

    @Test
    void aJobWithoutItsSecretWaitsWithoutAnId() {
        submit(
                SampleJobs.pod(
                        withSecret(SampleJobs.container("main", "test \"$TOKEN\" = abc"), false)));
        await().until(() -> pod().getSpec().getNodeName() != null);

        assertThat(phase()).isEqualTo(JobPhase.QUEUED);
        assertThat(pod().getStatus().getContainerStatuses()).isEmpty();
        assertThat(pod().getMetadata().getAnnotations()).doesNotContainKey("JobID");

        putCredential("server");
        ended(JobPhase.SUCCEEDED);
    }

    @Test
    void aVariableMayTakeTheNodesName() {
        Map<String, Object> container =
                SampleJobs.container("main", "test \"$NODE\" = " + sandbox.node);
        container.put(
                "env",
                List.of(
                        Map.of(
                                "name",
                                "NODE",
                                "valueFrom",
                                Map.of("fieldRef", Map.of("fieldPath", "spec.nodeName")))));
        submit(SampleJobs.pod(container));

        ended(JobPhase.SUCCEEDED);
    }

    private void putCredential(String name) {
        sandbox.credentials.put(
                workspace,
                new CredentialName(name),
                new MlflowCredential("ada", "abc", Optional.empty()));
    }

    /// The message of a state that waits for what is missing.
    private String missing() {
        JobState.Queued queued =
                (JobState.Queued) sandbox.jobs.find(workspace, NAME).orElseThrow().state();
        assertThat(queued.reason()).isEqualTo(JobState.QueueReason.SECRET_MISSING);
        return queued.message();
    }

    @SafeVarargs
    private static PodManifest withVolume(Map<String, Object>... sources) {
        List<Map<String, Object>> volumes = new ArrayList<>();
        for (Map<String, Object> source : sources) {
            Map<String, Object> volume = new HashMap<>(source);
            volume.put("name", "v" + volumes.size());
            volumes.add(volume);
        }
        Map<String, Object> document =
                new HashMap<>(SampleJobs.pod(SampleJobs.container("main", "true")).document());
        document.put(
                "spec",
                Map.of(
                        "containers",
                        List.of(SampleJobs.container("main", "true")),
                        "volumes",
                        volumes));
        return new PodManifest(document);
    }

    @Test
    void aJobGoesOnWhenAllThatItTakesItsEnvironmentFromIsThere() {
        Map<String, Object> container =
                withSecret(
                        SampleJobs.container("main", "test \"$username$TOKEN\" = adaabc"), false);
        container.put("envFrom", List.of(Map.of("secretRef", Map.of("name", "other"))));
        submit(SampleJobs.pod(container));
        assertThat(missing()).contains("The Secret \"other\" does not exist");

        putCredential("other");
        assertThat(missing()).contains("The Secret \"server\" does not exist");
        assertThat(pod().getMetadata().getAnnotations()).doesNotContainKey("JobID");

        putCredential("server");
        ended(JobPhase.SUCCEEDED);
    }

    @Test
    void aJobWaitsForTheSecretThatItMountsAsInterLinkDoes() {
        submit(withVolume(Map.of("secret", Map.of("secretName", "server"))));
        await().until(() -> "Initializing".equals(pod().getStatus().getPhase()));
        assertThat(missing()).contains("interLink waits five minutes for it");

        putCredential("server");
        ended(JobPhase.SUCCEEDED);
    }

    @Test
    void aJobIsGivenUpWhenWhatItMountsDoesNotCome() {
        try (Sandbox withShortTimeout = new Sandbox(1, Duration.ofMillis(100))) {
            withShortTimeout.jobs.submit(
                    samples.placed(
                            "train",
                            withVolume(Map.of("configMap", Map.of("name", "dataset"))),
                            null));

            await().untilAsserted(() ->
                    assertThat(withShortTimeout.jobs.find(workspace, NAME).orElseThrow().state())
                            .isInstanceOfSatisfying(
                                    JobState.Failed.class,
                                    failed ->
                                            assertThat(failed.message())
                                                    .contains(
                                                            "that the job mounts did not exist")));
        }
    }

    @Test
    void whatIsOptionalOrNotLookedAtHoldsNoJob() {
        submit(
                withVolume(
                        Map.of("configMap", Map.of("name", "dataset", "optional", true)),
                        Map.of(
                                "projected",
                                Map.of(
                                        "sources",
                                        List.of(Map.of("secret", Map.of("name", "token")))))));

        ended(JobPhase.SUCCEEDED);
    }

    @Test
    void anOptionalSecretMayBeMissing() {
        submit(
                SampleJobs.pod(
                        withSecret(SampleJobs.container("main", "test -z \"$TOKEN\""), true)));

        ended(JobPhase.SUCCEEDED);
    }

    @Test
    void aJobThatWaitsForItsSecretCanBeDeleted() {
        submit(SampleJobs.pod(withSecret(SampleJobs.container("main", "true"), false)));
        await().until(() -> pod().getSpec().getNodeName() != null);

        sandbox.jobs.delete(workspace, NAME);

        await().until(() -> sandbox.jobs.find(workspace, NAME).isEmpty());
    }

    @Test
    void moreJobsThanMayRunWaitInTheQueue() {
        for (String name : new String[] {"a", "b", "c"}) {
            sandbox.jobs.submit(samples.living(name));
        }
        await().until(() -> phases().stream().filter(JobPhase.RUNNING::equals).count() == 2);

        assertThat(phases()).filteredOn(JobPhase.QUEUED::equals).hasSize(1);
        String queued =
                List.of("a", "b", "c").stream()
                        .filter(name -> phase(name) == JobPhase.QUEUED)
                        .findFirst()
                        .orElseThrow();
        assertThat(sandbox.jobs.find(workspace, new JobName(queued)).orElseThrow().state())
                .isInstanceOfSatisfying(
                        JobState.Queued.class,
                        state ->
                                assertThat(state.reason())
                                        .isEqualTo(JobState.QueueReason.IN_HPC_QUEUE));

        List.of("a", "b", "c").stream()
                .filter(name -> !name.equals(queued))
                .findFirst()
                .ifPresent(name -> sandbox.jobs.delete(workspace, new JobName(name)));
        await().until(() -> phase(queued) == JobPhase.RUNNING);
    }

    @Test
    void aJobForAnotherNodeIsNotScheduled() {
        sandbox.jobs.submit(new SampleJobs(workspace, new NodeName("elsewhere")).living("train"));

        assertThat(sandbox.jobs.find(workspace, NAME).orElseThrow().state())
                .isInstanceOfSatisfying(
                        JobState.Queued.class,
                        state ->
                                assertThat(state.reason())
                                        .isEqualTo(JobState.QueueReason.NODE_NOT_READY));
        assertThat(sandbox.jobs.delete(workspace, NAME)).isEmpty();
        assertThat(sandbox.jobs.find(workspace, NAME)).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void deleteEndsEveryProcessOfTheJob() throws IOException {
        Path pids = folder.resolve("pids");
        String keep = "echo $$ >> " + pids + "; exec sleep 600";
        // A child, a daemon with a session of its own, one without the job's environment, and a
        // deaf one.
        submit(
                SampleJobs.spec(
                        "sh -c '%s' & (setsid sh -c '%s' &) ; (env -i /bin/sh -c '%s' &) ; sh -c 'trap \"\" TERM; echo $$ >> %s; while :; do sleep 1; done' & wait"
                                .formatted(keep, keep, keep, pids)));
        await().until(() -> Files.exists(pids) && Files.readAllLines(pids).size() == 4);
        List<ProcessHandle> processes = processes(pids);
        assertThat(processes).hasSize(4).allMatch(ProcessHandle::isAlive);

        assertThat(sandbox.jobs.delete(workspace, NAME))
                .map(job -> JobPhase.of(job.state()))
                .contains(JobPhase.CANCELLING);

        await().until(() -> sandbox.jobs.find(workspace, NAME).isEmpty());
        assertEnded(processes);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatAJobLeavesBehindEndsWithIt() throws IOException {
        Path pids = folder.resolve("pids");
        submit(
                SampleJobs.spec(
                        "(setsid sh -c 'echo $$ >> %s; exec sleep 600' &); until [ -s %s ]; do sleep 0.05; done"
                                .formatted(pids, pids)));

        ended(JobPhase.SUCCEEDED);
        assertEnded(processes(pids));
    }

    @Test
    void closingEndsAllProcessesAndLeavesNoFiles() throws IOException {
        Path pids = folder.resolve("pids");
        for (String name : new String[] {"a", "b"}) {
            sandbox.jobs.submit(
                    samples.running(
                            name,
                            "trap '' TERM; echo $$ >> %s; echo \"$HOME\" >> %s; while :; do sleep 1; done"
                                    .formatted(pids, folder.resolve("homes"))));
        }
        await().until(() ->
                Files.exists(folder.resolve("homes"))
                        && Files.readAllLines(folder.resolve("homes")).size() == 2);
        List<ProcessHandle> processes = processes(pids);

        sandbox.close();

        assertThat(processes).hasSize(2).noneMatch(ProcessHandle::isAlive);
        for (String home : Files.readAllLines(folder.resolve("homes"))) {
            assertThat(Path.of(home).resolve("../..").normalize()).doesNotExist();
        }
    }

    @Test
    void aLongLogIsWhole() throws IOException {
        submit(SampleJobs.spec("seq 1 300000; echo end >&2"));

        ended(JobPhase.SUCCEEDED);
        String log = log();
        assertThat(log.length()).isGreaterThan(1_900_000);
        assertThat(log).startsWith("1\n2\n").endsWith("300000\nend\n");
    }

    @Test
    void aLateFollowerReadsEverythingAndThenTheRest() throws Exception {
        Path go = folder.resolve("go");
        submit(
                SampleJobs.spec(
                        "seq 1 50000; until [ -e %s ]; do sleep 0.05; done; echo rest"
                                .formatted(go)));
        await().until(() -> log().endsWith("50000\n"));

        try (LogReader reader = follow()) {
            assertThat(read(reader, 288_894)).endsWith("\n50000\n");
            Files.createFile(go);
            assertThat(read(reader, Integer.MAX_VALUE)).isEqualTo("rest\n");
        }
    }

    @Test
    void aFollowerOfADeletedJobComesToTheEnd() throws Exception {
        submit(SampleJobs.spec("echo begun; sleep 600"));
        await().until(() -> log().equals("begun\n"));

        try (LogReader reader = follow()) {
            assertThat(read(reader, 6)).isEqualTo("begun\n");
            sandbox.jobs.delete(workspace, NAME);
            assertThat(read(reader, Integer.MAX_VALUE)).isEmpty();
        }
    }

    @Test
    void tailLinesCountsOverAllThatIsShown() throws IOException {
        submit(
                SampleJobs.withPreExec(
                        SampleJobs.spec("printf 'three\\nfour'"), "echo one; echo two"));
        ended(JobPhase.SUCCEEDED);

        assertThat(tail(0)).isEmpty();
        assertThat(tail(1)).isEqualTo("four");
        assertThat(tail(2)).isEqualTo("three\nfour");
        assertThat(tail(3)).isEqualTo("two\nthree\nfour");
        assertThat(tail(4)).isEqualTo("one\ntwo\nthree\nfour");
        assertThat(tail(99)).isEqualTo("one\ntwo\nthree\nfour");
    }

    @Test
    void tailLinesWorksAcrossBlocks() throws IOException {
        submit(SampleJobs.spec("seq 1 20000"));
        ended(JobPhase.SUCCEEDED);

        List<String> expected = new ArrayList<>();
        for (int number = 5001; number <= 20000; number++) {
            expected.add(Integer.toString(number));
        }
        assertThat(tail(15000).lines()).isEqualTo(expected);
    }

    @Test
    void unknownFieldsAreAllNamed() {
        Map<String, Object> container = SampleJobs.container("main", "true");
        container.put("ressources", Map.of("limits", Map.of("cpu", "1")));
        PodManifest manifest =
                podWith(Map.of("containers", List.of(container), "nodeSelektor", Map.of("a", "b")));

        assertThatExceptionOfType(GatewayException.Rejected.class)
                .isThrownBy(() -> submit(manifest))
                .satisfies(rejected ->
                        assertThat(rejected.findings())
                                .map(finding -> finding.field())
                                .containsExactlyInAnyOrder(
                                        "spec.containers[0].ressources", "spec.nodeSelektor"));
    }

    private static PodManifest podWith(Map<String, Object> spec) {
        return new PodManifest(
                Map.of("apiVersion", "v1", "kind", "Pod", "metadata", Map.of(), "spec", spec));
    }

    private static Map<String, Object> withSecret(Map<String, Object> container, boolean optional) {
        container.put(
                "env",
                List.of(
                        Map.of(
                                "name",
                                "TOKEN",
                                "valueFrom",
                                Map.of(
                                        "secretKeyRef",
                                        Map.of(
                                                "name",
                                                "server",
                                                "key",
                                                "password",
                                                "optional",
                                                optional)))));
        return container;
    }

    private void submit(JobSpec spec) {
        sandbox.jobs.submit(samples.placed("train", spec, null));
    }

    private void submit(PodManifest manifest) {
        sandbox.jobs.submit(samples.placed("train", manifest, null));
    }

    private Pod pod() {
        return Serialization.unmarshal(
                sandbox.jobs.manifest(workspace, NAME).orElseThrow(), Pod.class);
    }

    private static ContainerStateTerminated terminated(Pod pod) {
        return pod.getStatus().getContainerStatuses().getFirst().getState().getTerminated();
    }

    private JobPhase phase() {
        return phase("train");
    }

    private JobPhase phase(String name) {
        return JobPhase.of(sandbox.jobs.find(workspace, new JobName(name)).orElseThrow().state());
    }

    private List<JobPhase> phases() {
        return List.of(phase("a"), phase("b"), phase("c"));
    }

    private JobState ended(JobPhase phase) {
        await().atMost(Duration.ofSeconds(20)).until(() -> phase().ended());
        JobState state = sandbox.jobs.find(workspace, NAME).orElseThrow().state();
        assertThat(JobPhase.of(state)).as(state.toString()).isEqualTo(phase);
        return state;
    }

    private String log() {
        return text().read(LogOptions.ALL);
    }

    private String tail(int lines) {
        return text().read(LogOptions.ALL.tail(lines));
    }

    private LogText text() {
        return new LogText(sandbox.logs, sandbox.jobs::find, workspace, NAME);
    }

    private LogReader follow() {
        return LogText.readers(sandbox.logs, sandbox.jobs::find)
                .open(workspace, NAME, LogOptions.ALL.following());
    }

    /// @param enough stops at so many bytes, else at the log's end
    private static String read(LogReader reader, int enough) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        while (text.length() < enough) {
            LogEvent event = reader.next(Duration.ofSeconds(20));
            if (event instanceof LogEvent.Output output) {
                output.pieces()
                        .forEach(piece ->
                                text.append(new String(piece.bytes(), StandardCharsets.UTF_8)));
            } else {
                assertThat(event).isInstanceOf(LogEvent.End.class);
                return text.toString();
            }
        }
        return text.toString();
    }

    /// An orphan that was killed stays until the first process of the machine has taken note of its end.
    private static void assertEnded(List<ProcessHandle> processes) {
        await().untilAsserted(() -> assertThat(processes).noneMatch(ProcessHandle::isAlive));
    }

    private static List<ProcessHandle> processes(Path pids) throws IOException {
        return Files.readAllLines(pids).stream()
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
                .toList();
    }
}
