package io.interlinkgateway.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.interlinkgateway.failure.InvalidValueException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobSpecTests {

    private static final MlflowAccess MLFLOW =
            new MlflowAccess(
                    new CredentialName("mlflow-server"),
                    TrackingUri.parse("https://mlflow.example.org/"));

    @ParameterizedTest
    @ValueSource(strings = {"A", "_", "a1", "CERN_DATA_ROOT", "PATH", "LD_LIBRARY_PATH"})
    void environmentTakesNamesThatShellsTake(String name) {
        assertThat(spec(Map.of(name, "x")).environment()).containsEntry(name, "x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1A", "A-B", "A B", "A=B", "A.B", "Ä", "A\n", "HOME", "UID", "IFS"})
    void environmentRefusesNamesThatDoNotArrive(String name) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> spec(Map.of(name, "x")))
                .satisfies(refusal -> assertThat(refusal.hint()).isNotBlank());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\0b", "\0", "secret\r\nline", "\ud800"})
    void environmentRefusesValuesThatDoNotArriveAndDoesNotShowThem(String value) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> spec(Map.of("A", value)))
                .withMessageContaining("variable A")
                .satisfies(refusal ->
                        assertThat(refusal.getMessage()).doesNotContain(value, "secret"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "$", "`id`", "\r", "a\rb", "line\nline", "☃ 😀", "\u0001"})
    void environmentTakesEveryOtherValue(String value) {
        assertThat(spec(Map.of("A", value)).environment()).containsEntry("A", value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MLFLOW_TRACKING_URI",
                "MLFLOW_TRACKING_USERNAME",
                "MLFLOW_TRACKING_PASSWORD"
            })
    void environmentAndMlflowDoNotSetTheSame(String name) {
        assertThat(spec(Map.of(name, "x")).environment()).containsKey(name);
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() ->
                        spec(
                                List.of(),
                                Map.of(name, "x"),
                                Optional.of(MLFLOW),
                                Optional.empty(),
                                Map.of()))
                .withMessageContaining(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\0b", "\udc00"})
    void commandAndArgumentsRefuseWhatNoProcessCanBeGiven(String word) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> spec(List.of(word), Map.of()));
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() ->
                        spec(
                                List.of(word),
                                Map.of(),
                                Optional.empty(),
                                Optional.empty(),
                                Map.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#SBATCH --wrap=id",
                "module load x\n #SBATCH -p y",
                "a\u0007",
                "x \\",
                "\\\n"
            })
    void preExecRefusesMisleadingText(String text) {
        assertThatExceptionOfType(InvalidValueException.class).isThrownBy(() -> preExec(text));
    }

    @Test
    void preExecThatIsBlankIsNone() {
        assertThat(preExec(" \n").preExec()).isEmpty();
        assertThat(preExec("module load cuda").preExec()).contains("module load cuda");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "experiment",
                "example.org/experiment",
                "app.kubernetes.io/name",
                "my-k8s.io/x",
                "A_b.c-d"
            })
    void labelsTakeKeysOfTheCallersOwn(String key) {
        assertThat(labels(key, "3dgan").labels()).containsEntry(key, "3dgan");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/x",
                "example.org/",
                "a/b/c",
                "Example.org/x",
                "-x",
                "x y",
                "interlink-gateway.io/x",
                "app.kubernetes.io/managed-by",
                "kubernetes.io/hostname",
                "node.kubernetes.io/x",
                "k8s.io/x",
                "a123456789b123456789c123456789d123456789e123456789f123456789g1234"
            })
    void labelsRefuseKeysThatAreReservedOrIllegal(String key) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> labels(key, "3dgan"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a b",
                "-a",
                "a/",
                "ä",
                "a123456789b123456789c123456789d123456789e123456789f123456789g1234"
            })
    void labelsRefuseIllegalValues(String value) {
        assertThat(labels("x", "").labels()).containsEntry("x", "");
        assertThatExceptionOfType(InvalidValueException.class).isThrownBy(() -> labels("x", value));
    }

    @Test
    void collectionsKeepTheirOrderAndAreCopied() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("Z", "1");
        environment.put("A", "2");
        environment.put("M", "3");
        JobSpec spec = spec(environment);
        environment.clear();
        assertThat(spec.environment())
                .containsExactly(Map.entry("Z", "1"), Map.entry("A", "2"), Map.entry("M", "3"));
    }

    private static JobSpec preExec(String text) {
        return spec(List.of(), Map.of(), Optional.empty(), Optional.of(text), Map.of());
    }

    private static JobSpec labels(String key, String value) {
        return spec(List.of(), Map.of(), Optional.empty(), Optional.empty(), Map.of(key, value));
    }

    private static JobSpec spec(Map<String, String> environment) {
        return spec(List.of(), environment);
    }

    private static JobSpec spec(List<String> command, Map<String, String> environment) {
        return new JobSpec(
                ImageReference.of("/images/a.sif"),
                command,
                List.of(),
                environment,
                Optional.empty(),
                new ComputeResources(Map.of(), Map.of()),
                SlurmOptions.NONE,
                Optional.empty(),
                SingularityOptions.NONE,
                Map.of(),
                Optional.empty());
    }

    private static JobSpec spec(
            List<String> arguments,
            Map<String, String> environment,
            Optional<MlflowAccess> mlflow,
            Optional<String> preExec,
            Map<String, String> labels) {
        return new JobSpec(
                ImageReference.of("/images/a.sif"),
                List.of(),
                arguments,
                environment,
                mlflow,
                new ComputeResources(Map.of(), Map.of()),
                SlurmOptions.NONE,
                preExec,
                SingularityOptions.NONE,
                labels,
                Optional.empty());
    }
}
