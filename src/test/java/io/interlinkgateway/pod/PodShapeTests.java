package io.interlinkgateway.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.failure.Finding;
import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Execution(ExecutionMode.CONCURRENT)
class PodShapeTests {

    private static final String CONTAINER = "spec.containers[0]";

    static final Map<String, Object> FITTING =
            Map.of(
                    "resources",
                    Map.of("limits", Map.of("cpu", 1.5, "memory", 1_000_000_000)),
                    "livenessProbe",
                    Map.of("httpGet", Map.of("port", 80)),
                    "ports",
                    List.of(Map.of("containerPort", 80)),
                    "securityContext",
                    Map.of("runAsUser", 1L << 40),
                    "fieldOfLater",
                    Map.of("any", BigInteger.TEN));

    static Stream<Arguments> misfits() {
        return Stream.of(
                in(Map.of("env", List.of(Map.of("value", 511))), ".env[0].value", "a number"),
                in(Map.of("env", List.of(Map.of("value", true))), ".env[0].value", "a boolean"),
                in(Map.of("args", List.of("a", 1.5)), ".args[1]", "a number with a fraction"),
                in(Map.of("args", "echo"), ".args", "a text"),
                in(Map.of("env", Map.of("A", "b")), ".env", "a map"),
                in(Map.of("name", List.of("a")), ".name", "a list"),
                in(Map.of("tty", "true"), ".tty", "a text"),
                in(Map.of("tty", 1), ".tty", "a number"),
                in(
                        Map.of("ports", List.of(Map.of("containerPort", "80"))),
                        ".ports[0].containerPort",
                        "a text"),
                in(
                        Map.of("ports", List.of(Map.of("containerPort", 80.5))),
                        ".ports[0].containerPort",
                        "a number with a fraction"),
                in(
                        Map.of("ports", List.of(Map.of("containerPort", 99999999999L))),
                        ".ports[0].containerPort",
                        "a number"),
                in(
                        Map.of("resources", Map.of("limits", Map.of("cpu", true))),
                        ".resources.limits[cpu]",
                        "a boolean"),
                in(
                        Map.of("livenessProbe", Map.of("httpGet", Map.of("port", true))),
                        ".livenessProbe.httpGet.port",
                        "a boolean"),
                in(
                        Map.of("resources", Map.of("requests", Map.of("cpu", ""))),
                        ".resources.requests[cpu]",
                        "a text"),
                in(Map.of("livenessProbe", ""), ".livenessProbe", "a text"));
    }

    private static Arguments in(Map<String, Object> container, String path, String read) {
        return Arguments.of(container, CONTAINER + path, read);
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void aValueOfAnotherTypeIsNamedByItsPath(
            Map<String, Object> container, String path, String read) {
        assertThat(PodShape.findings(pod(container)))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.field()).isEqualTo(path);
                    assertThat(finding.message())
                            .startsWith(path + " must be ")
                            .endsWith(" is read as " + read + ".")
                            .doesNotContainPattern("[jJ]ava|token|JSON");
                    assertThat(finding.hint()).isNotBlank();
                });
    }

    @Test
    void namesOfTheCallersOwnStandInBrackets() {
        assertThat(PodShape.findings(Map.of("metadata", Map.of("annotations", Map.of("x/o", 511)))))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.field()).isEqualTo("metadata.annotations[x/o]");
                    assertThat(finding.hint()).contains("x/o: \"0777\"");
                });
    }

    @Test
    void theRangeOfANumberIsReported() {
        Map<String, Object> container =
                Map.of(
                        "ports",
                        List.of(Map.of("containerPort", 99999999999L)),
                        "securityContext",
                        Map.of("runAsUser", BigInteger.TWO.pow(70)));

        assertThat(PodShape.findings(pod(container)))
                .extracting(Finding::hint)
                .containsExactlyInAnyOrder(
                        "Write a number from -2147483648 to 2147483647.",
                        "Write a number from -9223372036854775808 to 9223372036854775807.");
    }

    @Test
    void numbersFitWhereKubernetesTakesThem() {
        assertThat(PodShape.findings(pod(FITTING))).isEmpty();
    }

    @Test
    void textsThatNoProcessTakesAreNamedByTheirPath() {
        Map<String, Object> document = Map.of("args", List.of("a", "b\0"), "image", "\ud800");

        assertThat(PodShape.findings(pod(document)))
                .extracting(Finding::field)
                .containsExactlyInAnyOrder(CONTAINER + ".args[1]", CONTAINER + ".image");
    }

    @Test
    void theNumberOfFindingsIsLimited() {
        List<Finding> findings =
                PodShape.findings(pod(Map.of("args", Collections.nCopies(400_000, 1))));

        assertThat(findings).hasSize(51);
        assertThat(findings.getLast().message()).startsWith("399950 more values");
    }

    static Map<String, Object> pod(Map<String, Object> container) {
        return Map.of("kind", "Pod", "spec", Map.of("containers", List.of(container)));
    }
}
