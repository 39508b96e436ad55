package io.interlinkgateway.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.EnvironmentVariable;
import io.interlinkgateway.status.Recordings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

class EnvironmentEncodingTests {

    private static final String ALPHABET = "$$()Ax`";

    @Test
    void everyShortValueSurvivesKubernetesExpansionAndTheWayBack() {
        List<String> values = new ArrayList<>(List.of(""));
        for (int length = 0; length < 6; length++) {
            values.addAll(
                    values.stream()
                            .flatMap(value ->
                                    ALPHABET.chars()
                                            .distinct()
                                            .mapToObj(letter -> value + (char) letter))
                            .distinct()
                            .toList());
            values = new ArrayList<>(values.stream().distinct().toList());
        }
        assertThat(values).hasSizeGreaterThan(40_000).allSatisfy(EnvironmentEncodingTests::check);
    }

    @TestFactory
    Stream<DynamicTest> nastyValuesSurviveKubernetesExpansionAndTheWayBack() {
        return Stream.of(
                        "$",
                        "$$",
                        "$$$(A)",
                        "a$b$$c",
                        "$(A)",
                        "$(UNKNOWN)",
                        "$$(A)",
                        "$(",
                        "$(A",
                        "$()",
                        "$$$$",
                        "${HOME} $HOME `id` $(id)",
                        "$☃ $😀 $$😀",
                        "q\"uo'te \\ $\n$\n",
                        "ends with $")
                .map(value -> DynamicTest.dynamicTest(value, () -> check(value)));
    }

    private static void check(String value) {
        String encoded = EnvironmentEncoding.encoded(value);
        assertThat(EnvironmentEncoding.decoded(encoded)).isEqualTo(value);
        assertThat(expanded(encoded, Map.of("A", "leaked", "", "leaked"))).isEqualTo(value);
        assertThat(expanded(encoded, Map.of())).isEqualTo(value);
    }

    @Test
    void valuesThatNeedNoEncodingStayReadable() {
        assertThat(EnvironmentEncoding.encoded("$HOME and a$b")).isEqualTo("$HOME and a$b");
    }

    @Test
    void theRuleOfTheTestIsKubernetesOwn() {
        Map<String, String> variables = Map.of("A", "x");
        assertThat(expanded("$(A)-$(B)-$$(A)-$$$(A)-$A-$(A-$", variables))
                .isEqualTo("x-$(B)-$(A)-$x-$A-$(A-$");
    }

    /// Kubernetes' `third_party/forked/golang/expansion`, in its documented terms: `$$` is one `$`, `$(NAME)`
    /// the variable or, if there is none, itself, and an incomplete or other `$` itself.
    static String expanded(String input, Map<String, String> variables) {
        StringBuilder output = new StringBuilder();
        int place = 0;
        while (place < input.length()) {
            int close = input.indexOf(')', place);
            if (input.startsWith("$$", place)) {
                output.append('$');
                place += 2;
            } else if (input.startsWith("$(", place) && close > 0) {
                String name = input.substring(place + 2, close);
                output.append(variables.getOrDefault(name, "$(" + name + ")"));
                place = close + 1;
            } else {
                output.append(input.charAt(place));
                place++;
            }
        }
        return output.toString();
    }

    /// Recording `apptainer-environment`: what came out of a real container runtime.
    @TestFactory
    Stream<DynamicTest> acceptedValuesLeaveTheContainerRuntimeUnchanged() {
        return Recordings.read("apptainer-environment")
                .required("values")
                .valueStream()
                .map(recorded ->
                        DynamicTest.dynamicTest(
                                recorded.required("value").toString(), () -> compare(recorded)));
    }

    private static void compare(JsonNode recorded) {
        String value = recorded.required("value").asString();
        String arrived =
                recorded.required(EnvironmentEncoding.isEvaluated(value) ? "no-eval" : "evaluated")
                        .asString(null);
        assertThat(value.equals(arrived)).isEqualTo(isAccepted(value));
    }

    private static boolean isAccepted(String value) {
        try {
            EnvironmentVariable.requireValue("V", value);
            return true;
        } catch (InvalidValueException refused) {
            return false;
        }
    }

    @TestFactory
    Stream<DynamicTest> acceptedNamesArriveInTheContainer() {
        return Recordings.read("apptainer-environment")
                .required("names")
                .valueStream()
                .filter(recorded -> !recorded.required("name").asString().equals("LD_LIBRARY_PATH"))
                .map(recorded ->
                        DynamicTest.dynamicTest(
                                recorded.required("name").asString(), () -> compareName(recorded)));
    }

    private static void compareName(JsonNode recorded) {
        boolean arrived = recorded.required("value").equals(recorded.required("arrived"));
        boolean accepted = true;
        try {
            EnvironmentVariable.requireName(recorded.required("name").asString());
        } catch (InvalidValueException refused) {
            accepted = false;
        }
        assertThat(accepted).isEqualTo(arrived);
    }
}
