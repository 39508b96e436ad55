package io.interlinkgateway.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.credential.MlflowCredential;
import io.interlinkgateway.credential.MlflowLogin;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Replacement;
import io.interlinkgateway.job.TrackingUri;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.JobLogs;
import io.interlinkgateway.log.LogOptions;
import io.interlinkgateway.log.LogText;
import io.interlinkgateway.pod.JobStore;
import io.interlinkgateway.pod.PlacedJob;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What all ports together promise of jobs that really run. An API server without a virtual kubelet runs no
/// pod, so this is apart from the other contracts: the sandbox passes it, and an interLink node with a
/// SLURM behind it has to.
public abstract class RunningJobsContract {

    private static final JobName NAME = new JobName("train");
    private static final String PASSWORD = "pa$$ $(X) `id` \"w\"";
    private static final String STARS = "*".repeat(PASSWORD.length());

    private Workspace workspace = new Workspace("not-yet");
    private SampleJobs samples = new SampleJobs(workspace, new NodeName("not-yet"));

    /// @return the port
    protected abstract JobStore jobs();

    /// @return the port that goes with it
    protected abstract JobLogs logs();

    /// @return the port that goes with it
    protected abstract Credentials credentials();

    /// @return a workspace that is there and holds nothing, another at each call
    protected abstract Workspace freshWorkspace();

    /// @return a node that runs jobs
    protected abstract NodeName node();

    /// @return how long a job of no work may take from its submission to its end
    protected abstract Duration patience();

    /// @return the walltime that a job is killed at, no shorter than the node can tell
    protected abstract String shortestWalltime();

    @BeforeEach
    void chooseWorkspace() {
        workspace = freshWorkspace();
        samples = new SampleJobs(workspace, node());
    }

    @Test
    void aJobRunsAndSucceeds() {
        jobs().submit(samples.running("train", "echo it ran"));

        Job job = ended(JobPhase.SUCCEEDED);
        assertThat(job.remoteJobId()).isPresent();
        assertThat(job.evidence().source()).isEqualTo(Job.Source.JOB_RECORD);
        assertThat(job.containers()).extracting(Job.ContainerExit::exitCode).containsExactly(0);
        assertThat(log(LogOptions.ALL)).contains("it ran\n");
    }

    @Test
    void replaceReplacesAnEndedJobWithTheSameDefinition() {
        Job first = jobs().submit(samples.running("train", "echo it ran")).job();
        ended(JobPhase.SUCCEEDED);

        JobStore.Submission again =
                jobs().replace(
                                samples.running("train", "echo it ran"),
                                new Replacement(false, Set.of()));

        assertThat(again.created()).isTrue();
        assertThat(again.job().uid()).isNotEqualTo(first.uid());
    }

    @Test
    void aRunningJobIsReported() {
        jobs().submit(samples.living("train"));

        await().atMost(patience()).until(() -> phase() == JobPhase.RUNNING);
    }

    @Test
    void anExitCodeIsAFailure() {
        jobs().submit(samples.running("train", "exit 7"));

        JobState.Failed failed = (JobState.Failed) ended(JobPhase.FAILED).state();
        assertThat(failed.exitCode()).hasValue(7);
        assertThat(failed.reason()).isEqualTo(JobState.FailureReason.EXIT_CODE);
    }

    @Test
    void aMissingCommandIsAFailure() {
        jobs().submit(
                        samples.placed(
                                "train",
                                SampleJobs.pod(
                                        withCommand(
                                                SampleJobs.container("main", "true"),
                                                "/no/such/program")),
                                null));

        JobState.Failed failed = (JobState.Failed) ended(JobPhase.FAILED).state();
        assertThat(failed.exitCode()).hasValue(255);
        assertThat(failed.reason()).isEqualTo(JobState.FailureReason.COMMAND_NOT_FOUND);
        assertThat(log(LogOptions.ALL)).contains("FATAL:", "/no/such/program");
    }

    @Test
    void theWalltimeEndsAJob() {
        jobs().submit(
                        samples.placed(
                                "train",
                                SampleJobs.withSlurm(
                                        SampleJobs.spec("exec sleep 600"),
                                        "--time=" + shortestWalltime()),
                                null));

        assertThat(ended(JobPhase.FAILED).state())
                .asInstanceOf(type(JobState.Failed.class))
                .extracting(JobState.Failed::reason)
                .isEqualTo(JobState.FailureReason.TIME_LIMIT);
    }

    @Test
    void argumentsAndEnvironmentArriveUnchanged() {
        String value = "$HOME `id` $(NO) $(BATCH_SIZE) a$$b \"dq\" 'sq' back\\slash ünï";
        jobs().submit(
                        samples.placed(
                                "train",
                                SampleJobs.withEnvironment(
                                        SampleJobs.spec(
                                                "printf '[%s]\\n' \"$VALUE\" 'a  b' '$HOME'"
                                                        + " \"uni\u00e9\""),
                                        Map.of("VALUE", value, "BATCH_SIZE", "1024")),
                                null));

        ended(JobPhase.SUCCEEDED);
        assertThat(log(LogOptions.ALL))
                .contains("[" + value + "]\n", "[a  b]\n", "[$HOME]\n", "[uni\u00e9]\n");
    }

    @Test
    void aCredentialArrivesInTheEnvironmentAndStaysOutOfTheLog() {
        credentials()
                .put(
                        workspace,
                        new CredentialName("mlflow-server"),
                        new MlflowCredential("ada", PASSWORD, Optional.empty()));
        jobs().submit(logsIn());

        ended(JobPhase.SUCCEEDED);
        String logged = "[https://mlflow.example.org/][ada][" + STARS + "]\nas it was put\n";
        assertThat(log(LogOptions.ALL)).isEqualTo(logged);
        assertThat(log(LogOptions.ALL.following())).isEqualTo(logged);
        assertThat(log(LogOptions.ALL.withPluginLines())).contains(logged);
    }

    @Test
    void aTokenArrivesInTheEnvironmentAndStaysOutOfTheLog() {
        credentials()
                .put(
                        workspace,
                        new CredentialName("mlflow-server"),
                        new MlflowCredential(
                                new MlflowLogin.Token("t0ken-of-mlflow"), Optional.empty()));
        jobs().submit(
                        samples.placed(
                                "train",
                                SampleJobs.withMlflow(
                                        SampleJobs.spec(
                                                "echo \"[$MLFLOW_TRACKING_TOKEN]"
                                                        + "[$MLFLOW_TRACKING_PASSWORD]\""),
                                        new MlflowAccess(
                                                new CredentialName("mlflow-server"),
                                                TrackingUri.parse("https://mlflow.example.org/"),
                                                MlflowAccess.Kind.TOKEN)),
                                null));

        ended(JobPhase.SUCCEEDED);
        assertThat(log(LogOptions.ALL)).isEqualTo("[" + "*".repeat(15) + "][]\n");
        assertThat(jobs().find(workspace, NAME).orElseThrow().definition())
                .get(type(JobSpec.class))
                .extracting(spec -> spec.mlflow().orElseThrow().kind())
                .isEqualTo(MlflowAccess.Kind.TOKEN);
    }

    @Test
    void aJobWaitsForItsCredential() {
        jobs().submit(logsIn());
        await().atMost(patience()).until(() -> phase() == JobPhase.QUEUED);

        credentials()
                .put(
                        workspace,
                        new CredentialName("mlflow-server"),
                        new MlflowCredential("ada", "late", Optional.empty()));

        ended(JobPhase.SUCCEEDED);
    }

    @Test
    void preExecRunsFirst() {
        jobs().submit(
                        samples.placed(
                                "train",
                                SampleJobs.withPreExec(
                                        SampleJobs.spec("echo from the job"), "echo from pre-exec"),
                                null));

        ended(JobPhase.SUCCEEDED);
        assertThat(log(LogOptions.ALL)).containsSubsequence("from pre-exec\n", "from the job\n");
    }

    @Test
    void aFailingPreExecFailsTheJob() {
        jobs().submit(
                        samples.placed(
                                "train",
                                SampleJobs.withPreExec(
                                        SampleJobs.spec("echo from the job"),
                                        "echo from pre-exec; false || exit 1"),
                                null));

        JobState.Failed failed = (JobState.Failed) ended(JobPhase.FAILED).state();
        assertThat(failed.reason()).isEqualTo(JobState.FailureReason.PRE_EXEC_FAILED);
        assertThat(failed.exitCode()).isEmpty();
        assertThat(log(LogOptions.ALL)).contains("from pre-exec").doesNotContain("from the job");
    }

    @Test
    void followingFromTheSubmissionReturnsEverything() {
        jobs().submit(
                        samples.running(
                                "train", "echo one; sleep 1; echo two; sleep 1; printf three"));

        assertThat(log(LogOptions.ALL.following())).isEqualTo("one\ntwo\nthree");
        ended(JobPhase.SUCCEEDED);
    }

    @Test
    void followingAJobDuringItsPreparationIncludesThePreparation() {
        jobs().submit(
                        samples.placed(
                                "train",
                                SampleJobs.withPreExec(
                                        SampleJobs.spec("echo from the job"),
                                        "echo from pre-exec; sleep 1"),
                                null));

        assertThat(log(LogOptions.ALL.following())).isEqualTo("from pre-exec\nfrom the job\n");
    }

    @Test
    void bytesArriveUnchanged() {
        jobs().submit(
                        samples.running(
                                "train", "printf '\\033[1m10%%\\r20%%\\r\\000\\377\\n\\r\\n\\n'"));

        byte[] written =
                "\u001b[1m10%\r20%\r\0\u00ff\n\r\n\n".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(text().bytes(LogOptions.ALL.following())).isEqualTo(written);
        assertThat(text().bytes(LogOptions.ALL)).isEqualTo(written);
    }

    @Test
    void tailLinesOmitsTheStart() {
        jobs().submit(samples.running("train", "for i in $(seq 100 200); do echo line $i; done"));
        ended(JobPhase.SUCCEEDED);

        assertThat(log(LogOptions.ALL.tail(2))).isEqualTo("line 199\nline 200\n");
        assertThat(log(LogOptions.ALL.tail(0))).isEmpty();
    }

    @Test
    void thePluginsLinesAreReturnedOnRequest() {
        jobs().submit(samples.running("train", "echo it ran"));
        Job job = ended(JobPhase.SUCCEEDED);

        assertThat(log(LogOptions.ALL)).isEqualTo("it ran\n");
        assertThat(log(LogOptions.ALL.withPluginLines()))
                .contains("This pod train/" + job.uid(), "it ran\n");
    }

    @Test
    void eachContainerHasItsLog() {
        jobs().submit(
                        samples.placed(
                                "train",
                                SampleJobs.pod(
                                        SampleJobs.container("main", "echo from main"),
                                        SampleJobs.container("side", "echo from side; exit 4")),
                                null));

        assertThat(((JobState.Failed) ended(JobPhase.FAILED).state()).exitCode()).hasValue(4);
        assertThat(log(LogOptions.ALL.of("main")))
                .contains("from main\n")
                .doesNotContain("from side");
        assertThat(log(LogOptions.ALL.of("side")))
                .contains("from side\n")
                .doesNotContain("from main");
        assertThat(log(LogOptions.ALL)).contains("from main\n");
    }

    @Test
    void deleteEndsARunningJob() {
        jobs().submit(samples.living("train"));
        await().atMost(patience()).until(() -> phase() == JobPhase.RUNNING);

        jobs().delete(workspace, NAME);

        await().atMost(patience()).until(() -> jobs().find(workspace, NAME).isEmpty());
    }

    private PlacedJob logsIn() {
        return samples.placed(
                "train",
                SampleJobs.withMlflow(
                        SampleJobs.spec(
                                "echo \"[$MLFLOW_TRACKING_URI][$MLFLOW_TRACKING_USERNAME]"
                                        + "[$MLFLOW_TRACKING_PASSWORD]\"\n"
                                        + "[ \"$MLFLOW_TRACKING_PASSWORD\" != '"
                                        + PASSWORD
                                        + "' ] || echo as it was put"),
                        new MlflowAccess(
                                new CredentialName("mlflow-server"),
                                TrackingUri.parse("https://mlflow.example.org/"))),
                null);
    }

    private static Map<String, Object> withCommand(Map<String, Object> container, String command) {
        container.put("command", java.util.List.of(command));
        return container;
    }

    private JobPhase phase() {
        return JobPhase.of(jobs().find(workspace, NAME).orElseThrow().state());
    }

    /// A failure without a reason may still find it in the job's record.
    private Job ended(JobPhase phase) {
        await().atMost(patience()).until(() -> phase().ended() && !isUnexplained());
        Job job = jobs().find(workspace, NAME).orElseThrow();
        assertThat(JobPhase.of(job.state())).as(job.toString()).isEqualTo(phase);
        return job;
    }

    private boolean isUnexplained() {
        return jobs().find(workspace, NAME).orElseThrow().state() instanceof JobState.Failed failed
                && failed.reason() == JobState.FailureReason.OTHER;
    }

    private String log(LogOptions options) {
        return text().read(options);
    }

    private LogText text() {
        return new LogText(logs(), jobs()::find, workspace, NAME);
    }
}
