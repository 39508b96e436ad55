package io.interlinkgateway.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.interlinkgateway.failure.InvalidValueException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlurmTimeTests {

    @ParameterizedTest
    @CsvSource({
        "30, PT30M",
        "90000, PT1500H",
        "30:15, PT30M15S",
        "01:30:00, PT1H30M",
        "1:30:15, PT1H30M15S",
        "1-12, PT36H",
        "2-3, PT51H",
        "1-12:30, PT36H30M",
        "2-3:04, PT51H4M",
        "2-3:04:05, PT51H4M5S",
        "2-00:00:01, PT48H1S",
    })
    void sbatchsFormsAreRead(String text, Duration limit) {
        assertThat(SlurmTime.of(text).orElseThrow().limit()).contains(limit);
        assertThat(SlurmTime.parse(text).limit()).contains(limit);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "00:00:00", "UNLIMITED", "INFINITE", "unlimited"})
    void zeroAndUnlimitedAreNoLimit(String text) {
        assertThat(SlurmTime.parse(text).limit()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-1", "-5", "1:2:3:4", "1-", "1.5", "1h", "99999999999", ""})
    void otherFormsAreRefused(String text) {
        assertThat(SlurmTime.of(text)).isEmpty();
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> SlurmTime.parse(text))
                .withMessageContaining("--time");
    }
}
