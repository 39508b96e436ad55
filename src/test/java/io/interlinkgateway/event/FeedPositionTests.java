package io.interlinkgateway.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeedPositionTests {

    @Test
    void aPositionIsTheChangesAndTheTimeOfTheMarks() {
        FeedPosition position =
                new FeedPosition("7~hpc", Optional.of(Instant.parse("2026-11-28T12:00:00Z")));

        assertThat(position).hasToString("7~hpc@1795867200");
        assertThat(FeedPosition.parse("7~hpc@1795867200")).isEqualTo(position);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "7@", "7@-1", "7@999999999999", "@x", "", "7@1@"})
    void withoutAValidTimeAllTextIsTheChanges(String text) {
        assertThat(FeedPosition.parse(text)).isEqualTo(new FeedPosition(text, Optional.empty()));
    }
}
