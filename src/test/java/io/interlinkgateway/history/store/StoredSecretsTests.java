package io.interlinkgateway.history.store;

import static io.interlinkgateway.history.HistoryJobs.NOW;
import static io.interlinkgateway.history.HistoryJobs.RUNNING;
import static io.interlinkgateway.history.HistoryJobs.WORKSPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.credential.PasswordForms;
import io.interlinkgateway.event.JobObserver.Origin;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.FakePresentJobs;
import io.interlinkgateway.history.HistoryJobs;
import io.interlinkgateway.history.JobRecorder;
import io.interlinkgateway.history.Observation;
import io.interlinkgateway.history.PastJob;
import io.interlinkgateway.history.WorkspaceRedaction.Masks;
import io.interlinkgateway.job.Cancellation;
import io.interlinkgateway.job.ComputeResources;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.ImageReference;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.SingularityOptions;
import io.interlinkgateway.job.SlurmOptions;
import io.interlinkgateway.job.Workspace;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What the rows have of a definition in which a caller wrote a password as a plain value.
class StoredSecretsTests {

    private static final String PASSWORD = "Pa55word+of/ada";
    private static final Set<String> FORMS =
            PasswordForms.of("ada", PASSWORD).collect(Collectors.toUnmodifiableSet());
    private static final String ENCODED = "Pa55word%2Bof%2Fada";
    private static final String MASK = "*".repeat(PASSWORD.length());
    private static final String TEXT = "sbatch: error: --key " + PASSWORD + " is not valid";

    /// An identifier that is equal to a password stays.
    private static final PodManifest POD =
            new PodManifest(
                    Map.of(
                            "kind",
                            "Pod",
                            "metadata",
                            Map.of("name", "a", "annotations", Map.of("note", PASSWORD)),
                            "spec",
                            Map.of(
                                    "containers",
                                    List.of(
                                            Map.of(
                                                    "name",
                                                    "main",
                                                    "image",
                                                    "a.sif",
                                                    "args",
                                                    List.of("ok", "https://ada:" + ENCODED + "@x"),
                                                    "env",
                                                    List.of(
                                                            Map.of(
                                                                    "name", "P", "value",
                                                                    PASSWORD)))))));

    static Stream<Supplier<Connections>> databases() {
        return Stream.of(Connections::inMemory, TestPostgreSql::newDatabase);
    }

    private static JobSpec spec(String image) {
        return new JobSpec(
                new ImageReference(image, Optional.empty()),
                List.of("run", PASSWORD),
                List.of("--url=https://ada:" + ENCODED + "@mlflow.example.org/"),
                Map.of("P", PASSWORD, "MLFLOW_EXPERIMENT_NAME", PASSWORD, "OTHER", "Pa55word+"),
                Optional.empty(),
                new ComputeResources(Map.of(), Map.of()),
                SlurmOptions.parse("--comment=" + PASSWORD),
                Optional.of("export P='" + PASSWORD + "'"),
                SingularityOptions.NONE,
                Map.of(),
                Optional.empty());
    }

    private static Observation created(String name, JobDefinition definition) {
        return new Observation(
                1,
                NOW,
                HistoryJobs.job(name, RUNNING),
                Observation.Presence.LIVE,
                () ->
                        new Origin(
                                definition,
                                new PodManifest(Map.of("spec", Map.of("nodeName", PASSWORD)))));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void noRowHasAPasswordOfTheWorkspace(Supplier<Connections> databases) {
        try (Database database = new Database(databases.get(), Clock.systemUTC())) {
            SqlJobHistory history =
                    new SqlJobHistory(database, _ -> Masks.of(FORMS), Clock.systemUTC());
            history.write(
                    List.of(
                            created("spec", spec("/a.sif")),
                            created("refused", spec("/images/" + PASSWORD + "/a.sif")),
                            created("pod", POD)));

            List<String> texts = database.read(session -> StoredTexts.in(session.client()));

            assertThat(texts).anyMatch(text -> text.contains(MASK)).anyMatch("uid-pod"::equals);
            FORMS.forEach(form -> assertThat(texts).noneMatch(text -> text.contains(form)));

            PastJob spec = history.find(WORKSPACE, "uid-spec").orElseThrow();
            assertThat(spec.maskedFields())
                    .containsExactlyInAnyOrder(
                            "command[1]",
                            "args[0]",
                            "env.P",
                            "env.MLFLOW_EXPERIMENT_NAME",
                            "slurm.flags",
                            "preExec");
            assertThat(spec.job().definition())
                    .get()
                    .isInstanceOfSatisfying(
                            JobSpec.class,
                            known ->
                                    assertThat(known.environment())
                                            .containsEntry("P", MASK)
                                            .containsEntry("OTHER", "Pa55word+"));
            assertThat(history.find(WORKSPACE, "uid-pod").orElseThrow().maskedFields())
                    .containsExactlyInAnyOrder(
                            "metadata.annotations.note",
                            "spec.containers[0].args[1]",
                            "spec.containers[0].env[0].value");
            assertThat(history.manifest("uid-pod").orElseThrow()).contains(MASK);

            // An image can't have the mask.
            PastJob refused = history.find(WORKSPACE, "uid-refused").orElseThrow();
            assertThat(refused.job().definition()).isEmpty();
            assertThat(refused.maskedFields()).contains("image", "env.P");
        }
    }

    /// A program that fails may print its command line, and a caller may label a job with anything.
    private static Observation withTexts(String name, JobState state) {
        Job job = HistoryJobs.job(name, state);
        return new Observation(
                1,
                NOW,
                new Job(
                        job.name(),
                        job.workspace(),
                        job.uid(),
                        job.node(),
                        job.state(),
                        job.evidence(),
                        Optional.of(
                                new HpcJob(
                                        "4711",
                                        HpcJob.State.PENDING,
                                        "PENDING",
                                        Optional.of(new HpcJob.WaitReason("BadConstraints", TEXT)),
                                        Optional.empty(),
                                        Optional.empty(),
                                        OptionalInt.empty(),
                                        OptionalInt.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        0,
                                        Optional.empty(),
                                        Optional.empty(),
                                        NOW)),
                        job.containers(),
                        job.remoteJobId(),
                        job.timeLimit(),
                        Optional.of(
                                new Cancellation(
                                        Cancellation.Stage.REQUESTED,
                                        NOW,
                                        Job.Source.API_SERVER,
                                        TEXT)),
                        job.createdAt(),
                        job.managedBy(),
                        job.submittedBy(),
                        Map.of("experiment", PASSWORD, "kind", "train"),
                        Optional.empty()),
                Observation.Presence.LIVE,
                () -> new Origin(spec("/a.sif"), HistoryJobs.POD));
    }

    static Stream<Arguments> databasesAndStates() {
        return databases()
                .flatMap(database ->
                        Stream.of(
                                        new JobState.Queued(
                                                JobState.QueueReason.IN_HPC_QUEUE,
                                                TEXT,
                                                Optional.empty()),
                                        new JobState.Failed(
                                                Optional.empty(),
                                                Optional.empty(),
                                                OptionalInt.empty(),
                                                JobState.FailureReason.SUBMISSION_REFUSED,
                                                TEXT),
                                        new JobState.Unknown(
                                                JobState.UnknownReason.CONTRADICTION, TEXT))
                                .map(state -> Arguments.of(database, state)));
    }

    @ParameterizedTest
    @MethodSource("databasesAndStates")
    void messagesAndLabelsAreStoredWithoutPasswords(
            Supplier<Connections> databases, JobState state) {
        try (Database database = new Database(databases.get(), Clock.systemUTC())) {
            SqlJobHistory history =
                    new SqlJobHistory(database, _ -> Masks.of(FORMS), Clock.systemUTC());

            history.write(List.of(withTexts("a", state)));
            history.write(List.of(withTexts("a", state)));

            List<String> texts = database.read(session -> StoredTexts.in(session.client()));
            FORMS.forEach(form -> assertThat(texts).noneMatch(text -> text.contains(form)));
            Job stored = history.find(WORKSPACE, "uid-a").orElseThrow().job();
            assertThat(stored.state().withMessage(_ -> "")).isEqualTo(state.withMessage(_ -> ""));
            assertThat(stored.labels()).isEqualTo(Map.of("experiment", MASK, "kind", "train"));
            assertThat(texts).anyMatch(text -> text.contains("--key " + MASK + " is not valid"));
            assertThat(history.changes("uid-a")).hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void onlyAWorkspaceWhosePasswordsCantBeReadWaits(Supplier<Connections> databases) {
        Set<Workspace> away = ConcurrentHashMap.newKeySet();
        away.add(WORKSPACE);
        try (Database database = new Database(databases.get(), Clock.systemUTC())) {
            SqlJobHistory history =
                    new SqlJobHistory(
                            database,
                            workspace -> {
                                if (away.contains(workspace)) {
                                    throw new GatewayException.ClusterUnavailable("No answer.");
                                }
                                return Masks.of(FORMS);
                            },
                            Clock.systemUTC());
            Job other = HistoryJobs.in(new Workspace("planets"), HistoryJobs.job("b", RUNNING));
            FakePresentJobs present = new FakePresentJobs();
            present.put(2, other);
            List<Job> written = new CopyOnWriteArrayList<>();
            try (JobRecorder recorder = new JobRecorder(history, Clock.systemUTC())) {
                recorder.start(present, Set.of(), one -> written.add(one.job()));
                Supplier<Origin> origin = () -> new Origin(spec("/a.sif"), HistoryJobs.POD);
                recorder.changed(1, HistoryJobs.job("a", RUNNING), origin);
                recorder.changed(2, other, origin);

                await().until(() -> written.equals(List.of(other)));
                assertThat(history.find(other.workspace(), "uid-b")).isPresent();
                assertThat(history.find(WORKSPACE, "uid-a")).isEmpty();
                assertThat(recorder.workspacesWithoutCredentials()).isEqualTo(1);

                away.clear();

                await().until(() -> written.stream().map(Job::uid).anyMatch("uid-a"::equals));
                assertThat(history.find(WORKSPACE, "uid-a")).isPresent();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void noTextIsStoredIfThePasswordsMayNotBeRead(Supplier<Connections> databases) {
        try (Database database = new Database(databases.get(), Clock.systemUTC())) {
            SqlJobHistory refused =
                    new SqlJobHistory(
                            database,
                            _ -> {
                                throw new GatewayException.ClusterRefused("forbidden");
                            },
                            Clock.systemUTC());

            refused.write(
                    List.of(
                            created("pod", POD),
                            withTexts(
                                    "a",
                                    new JobState.Unknown(
                                            JobState.UnknownReason.CONTRADICTION, TEXT))));

            PastJob past = refused.find(WORKSPACE, "uid-pod").orElseThrow();
            assertThat(past.job().definition()).isEmpty();
            assertThat(refused.manifest("uid-pod")).isEmpty();
            List<String> texts = database.read(session -> StoredTexts.in(session.client()));
            assertThat(texts).noneMatch(text -> text.contains(PASSWORD));
            assertThat(refused.find(WORKSPACE, "uid-a").orElseThrow().job().labels())
                    .isEqualTo(Map.of("experiment", "", "kind", ""));
        }
    }
}
