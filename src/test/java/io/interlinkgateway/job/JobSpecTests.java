package io.interlinkgateway.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobSpecTests {

    @ParameterizedTest
    @ValueSource(strings = {"", "1A", "A-B", "A B", "A=B", "A\nB", "Ä"})
    void refusesEnvironmentVariablesThatNoShellKnows(String name) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> spec(Map.of(name, "x"), Map.of(), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not a label!",
                "-x",
                "kubernetes.io/hostname",
                "app.kubernetes.io/managed-by",
                "interlink-gateway.io/definition",
                "a/b/c"
            })
    void refusesLabelKeysThatAreIllegalOrReserved(String key) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> spec(Map.of(), Map.of(key, "x"), Optional.empty()));
    }

    @Test
    void takesLabelsWithAPrefixOfTheCallersOwn() {
        Map<String, String> labels = Map.of("example.org/experiment", "3dgan", "empty", "");

        assertThat(spec(Map.of(), labels, Optional.empty()).labels()).isEqualTo(labels);
    }

    @ParameterizedTest
    @ValueSource(strings = {"#SBATCH --uid=0", "true\n  #SBATCH --uid=0", "echo \u0007"})
    void refusesPreExecThatActsOnTheBatchScript(String preExec) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> spec(Map.of(), Map.of(), Optional.of(preExec)));
    }

    @Test
    void leavesOutTheNewlineThatEndsPreExec() {
        assertThat(spec(Map.of(), Map.of(), Optional.of("module load cuda\n")).preExec())
                .contains("module load cuda");
        assertThat(spec(Map.of(), Map.of(), Optional.of("\n")).preExec()).isEmpty();
    }

    @Test
    void refusesNulInTexts() {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> spec(Map.of("A", "a\0b"), Map.of(), Optional.empty()));
    }

    @Test
    void aRequestThatEqualsItsLimitIsAsGoodAsNone() {
        Quantity one = new Quantity("1");

        assertThat(new ComputeResources(Map.of("cpu", one), Map.of("cpu", one)))
                .isEqualTo(new ComputeResources(Map.of("cpu", one), Map.of()));
    }

    @Test
    void refusesToRequestMoreThanTheLimit() {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() ->
                        new ComputeResources(
                                Map.of("memory", new Quantity("1Gi")),
                                Map.of("memory", new Quantity("1025Mi"))))
                .withMessageContaining("memory");
    }

    private static JobSpec spec(
            Map<String, String> environment, Map<String, String> labels, Optional<String> preExec) {
        return new JobSpec(
                ImageReference.of("/images/busybox.sif"),
                List.of(),
                List.of(),
                environment,
                Optional.empty(),
                new ComputeResources(Map.of(), Map.of()),
                SlurmOptions.NONE,
                preExec,
                SingularityOptions.NONE,
                labels);
    }
}
