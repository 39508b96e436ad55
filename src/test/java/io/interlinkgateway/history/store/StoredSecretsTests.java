package io.interlinkgateway.history.store;

import static io.interlinkgateway.history.HistoryJobs.NOW;
import static io.interlinkgateway.history.HistoryJobs.RUNNING;
import static io.interlinkgateway.history.HistoryJobs.WORKSPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.interlinkgateway.credential.PasswordForms;
import io.interlinkgateway.event.JobObserver.Origin;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.HistoryJobs;
import io.interlinkgateway.history.Observation;
import io.interlinkgateway.history.PastJob;
import io.interlinkgateway.history.WorkspaceRedaction.Masks;
import io.interlinkgateway.job.ComputeResources;
import io.interlinkgateway.job.ImageReference;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.SingularityOptions;
import io.interlinkgateway.job.SlurmOptions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the rows have of a definition in which a caller wrote a password as a plain value.
class StoredSecretsTests {

    private static final String PASSWORD = "Pa55word+of/ada";
    private static final Set<String> FORMS =
            PasswordForms.of("ada", PASSWORD).collect(Collectors.toUnmodifiableSet());
    private static final String ENCODED = "Pa55word%2Bof%2Fada";
    private static final String MASK = "*".repeat(PASSWORD.length());

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
                                "kind: Pod\nspec:\n  nodeName: \"" + PASSWORD + "\"\n"));
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

    @ParameterizedTest
    @MethodSource("databases")
    void nothingIsStoredWhileThePasswordsCantBeRead(Supplier<Connections> databases) {
        try (Database database = new Database(databases.get(), Clock.systemUTC())) {
            SqlJobHistory away =
                    new SqlJobHistory(
                            database,
                            _ -> {
                                throw new GatewayException.ClusterUnavailable("No answer.");
                            },
                            Clock.systemUTC());

            assertThatThrownBy(() -> away.write(List.of(created("pod", POD))))
                    .isInstanceOf(GatewayException.ClusterUnavailable.class);

            assertThat(away.find(WORKSPACE, "uid-pod")).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aDefinitionIsNotStoredIfThePasswordsMayNotBeRead(Supplier<Connections> databases) {
        try (Database database = new Database(databases.get(), Clock.systemUTC())) {
            SqlJobHistory refused =
                    new SqlJobHistory(
                            database,
                            _ -> {
                                throw new GatewayException.ClusterRefused("forbidden");
                            },
                            Clock.systemUTC());

            refused.write(List.of(created("pod", POD)));

            PastJob past = refused.find(WORKSPACE, "uid-pod").orElseThrow();
            assertThat(past.job().definition()).isEmpty();
            assertThat(refused.manifest("uid-pod")).isEmpty();
        }
    }
}
