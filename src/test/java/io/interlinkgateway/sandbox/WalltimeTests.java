package io.interlinkgateway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.interlinkgateway.job.InvalidValueException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalltimeTests {

    @ParameterizedTest
    @CsvSource({
        "30, PT30M",
        "30:15, PT30M15S",
        "01:30:00, PT1H30M",
        "1-12, PT36H",
        "1-12:30, PT36H30M",
        "2-00:00:01, PT48H1S",
    })
    void sbatchsFormsAreRead(String text, Duration limit) {
        assertThat(Walltime.parse(text)).contains(limit);
    }

    @Test
    void zeroAndUnlimitedAreNoLimit() {
        assertThat(Walltime.parse("0")).isEmpty();
        assertThat(Walltime.parse("UNLIMITED")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-5", "1:2:3:4", "1-", "1.5"})
    void otherFormsAreRefused(String text) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> Walltime.parse(text))
                .withMessageContaining("--time");
    }
}
