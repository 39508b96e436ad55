package io.interlinkgateway.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.interlinkgateway.failure.InvalidValueException;
import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ComputeResourcesTests {

    @Test
    void aRequestThatEqualsItsLimitIsAsGoodAsNone() {
        Quantity one = new Quantity("1");

        assertThat(new ComputeResources(Map.of("cpu", one), Map.of("cpu", one)))
                .isEqualTo(new ComputeResources(Map.of("cpu", one), Map.of()));
    }

    /// By the grammar of Kubernetes' quantities.
    @ParameterizedTest
    @CsvSource({
        ".5, 0.5",
        "1., 1",
        "+1, 1",
        "100n, 0.0000001",
        "250u, 0.00025",
        ".5Gi, 536870912",
        "+.5e1, 5"
    })
    void amountsAreReadAsKubernetesReadsThem(String text, BigDecimal amount) {
        assertThat(new Quantity(text).amount()).isEqualByComparingTo(amount);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "+", "-1", "1n5", "1 Gi", "٣"})
    void whatIsNoAmountIsRefused(String text) {
        assertThatExceptionOfType(InvalidValueException.class).isThrownBy(() -> new Quantity(text));
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
}
