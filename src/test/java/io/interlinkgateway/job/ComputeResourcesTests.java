package io.interlinkgateway.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ComputeResourcesTests {

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
}
