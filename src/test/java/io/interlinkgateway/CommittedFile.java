package io.interlinkgateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// A file of the repository that holds what the code gives. A test compares the two, or writes the file again where the
/// property is `true`. In continuous integration that is refused: each comparison would pass.
///
/// @param path from the repository's root
/// @param updateProperty the system property
public record CommittedFile(Path path, String updateProperty) {

    /// @param now what the code gives
    public void assertHolds(String now) throws IOException {
        assertHolds(now, System.getenv());
    }

    void assertHolds(String now, Map<String, String> environment) throws IOException {
        if (Boolean.getBoolean(updateProperty)) {
            assertThat(environment)
                    .as("-D%s=true is refused where CI is set", updateProperty)
                    .doesNotContainKey("CI");
            Files.writeString(path, now);
        }
        assertThat(path).exists();
        assertThat(now).isEqualTo(Files.readString(path));
    }
}
