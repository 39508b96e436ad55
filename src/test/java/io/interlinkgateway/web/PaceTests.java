package io.interlinkgateway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

class PaceTests {

    private static final Pace PACE =
            new Pace(Duration.ofSeconds(10), DataSize.ofKilobytes(1), Duration.ofSeconds(60));

    /// A pause of 10 s, then a kilobyte for each second, and a minute in all.
    @ParameterizedTest
    @CsvSource({
        "PT0S, 0, PT10S",
        "PT4S, 0, PT6S",
        "PT10S, 0, PT0S",
        "PT10S, 5120, PT5S",
        "PT20S, 5120, PT-5S",
        "PT20S, 1000000, PT10S",
        "PT55S, 1000000, PT5S",
        "PT61S, 1000000, PT-1S"
    })
    void theNextBytesMayTake(Duration elapsed, long bytes, Duration left) {
        assertThat(PACE.left(elapsed, bytes)).isEqualTo(left);
    }

    @Test
    void withoutARateOnlyPausesAndTheWholeCount() {
        Pace pace = new Pace(Duration.ofSeconds(2), DataSize.ofBytes(0), Duration.ofSeconds(10));

        assertThat(pace.left(Duration.ofSeconds(9), 1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(pace.left(Duration.ofSeconds(5), 1)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void timesArePositive() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new Pace(Duration.ZERO, DataSize.ofKilobytes(1), Duration.ofSeconds(60)))
                .withMessageContaining("gateway.body");
    }
}
