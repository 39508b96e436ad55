package io.interlinkgateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommittedFileTests {

    private static final String PROPERTY = "committed-file-tests.update";

    @TempDir private Path folder;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("file"), "before");
    }

    @AfterEach
    void switchOff() {
        System.clearProperty(PROPERTY);
    }

    private CommittedFile file() {
        return new CommittedFile(folder.resolve("file"), PROPERTY);
    }

    @Test
    void aStaleFileFails() throws IOException {
        file().assertHolds("before", Map.of());

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> file().assertHolds("after", Map.of()));
        assertThat(folder.resolve("file")).hasContent("before");
    }

    @Test
    void thePropertyWritesTheFileAgain() throws IOException {
        System.setProperty(PROPERTY, "true");

        file().assertHolds("after", Map.of("HOME", "/"));

        assertThat(folder.resolve("file")).hasContent("after");
    }

    @Test
    void thePropertyIsRefusedInContinuousIntegration() {
        System.setProperty(PROPERTY, "true");

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> file().assertHolds("after", Map.of("CI", "true")))
                .withMessageContaining("refused where CI is set");
        assertThat(folder.resolve("file")).hasContent("before");
    }
}
