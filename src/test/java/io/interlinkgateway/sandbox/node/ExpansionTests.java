package io.interlinkgateway.sandbox.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpansionTests {

    /// The cases of Kubernetes' own test of its expansion, as far as they differ from one another.
    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            value = {
                "plain => plain",
                "$(A) => a",
                "x-$(A)-$(B) => x-a-",
                "$$(A) => $(A)",
                "$$$(A) => $a",
                "$(NONE) => $(NONE)",
                "$(A => $(A",
                "$A => $A",
                "a$ => a$",
                "$$ => $",
                "$($(A)) => $($(A))",
                "$( => $(",
                "$() => $()",
                "$(date) `id` $HOME => $(date) `id` $HOME",
            })
    void referencesBecomeValues(String text, String expanded) {
        assertThat(Expansion.of(text, Map.of("A", "a", "B", ""))).isEqualTo(expanded);
    }
}
