package io.interlinkgateway.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class EventPropertiesTests {

    private static EventProperties bound(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("gateway.events", EventProperties.class);
    }

    private static EventProperties marks(List<Duration> marks) {
        return new EventProperties(Duration.ofSeconds(10), marks);
    }

    @Test
    void theDefaultsAreTenMinutesAndOneMinute() {
        assertThat(bound(Map.of()))
                .isEqualTo(marks(List.of(Duration.ofMinutes(10), Duration.ofMinutes(1))));
    }

    @Test
    void marksAreSortedAndUnique() {
        assertThat(bound(Map.of("gateway.events.walltime-marks", "30s,1h,30s")))
                .isEqualTo(marks(List.of(Duration.ofHours(1), Duration.ofSeconds(30))));
    }

    @Test
    void thereCanBeNoMarks() {
        assertThat(bound(Map.of("gateway.events.walltime-marks", "")).walltimeMarks()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1M", "PT1.5S", "P30DT1S"})
    void aMarkOutOfRangeIsRejected(String mark) {
        assertThatIllegalArgumentException().isThrownBy(() -> marks(List.of(Duration.parse(mark))));
    }

    @Test
    void moreThanTenMarksAreRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> marks(Collections.nCopies(11, Duration.ofMinutes(1))));
    }
}
