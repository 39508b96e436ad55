package io.interlinkgateway.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.ShellText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The shell text of real pods, of recorded jobs and of the gateway's own pull is accepted.
class RealPreExecTests {

    private static final Path RESOURCES = Path.of("src/test/resources");

    @Test
    void textOfTheGatewaysOwnPodsIsAccepted() throws IOException {
        try (Stream<Path> cases = Files.list(RESOURCES.resolve("pod"))) {
            List<String> texts =
                    cases.map(folder -> folder.resolve("out.yaml"))
                            .filter(Files::exists)
                            .flatMap(file -> preExec(file).stream())
                            .toList();
            assertThat(texts)
                    .anyMatch(text -> text.contains("gateway-lock"))
                    .allSatisfy(ShellText::requireHarmless);
        }
    }

    @Test
    void textOfRecordedPodsIsAccepted() throws IOException {
        try (Stream<Path> recordings = Files.list(RESOURCES.resolve("recordings"))) {
            List<String> texts =
                    recordings
                            .filter(file -> file.toString().endsWith(".json"))
                            .map(file -> new JsonMapper().readTree(file))
                            .flatMap(json -> json.findValues(MetadataNames.PRE_EXEC).stream())
                            .map(JsonNode::asString)
                            .toList();
            assertThat(texts)
                    .contains("echo pulling; false &&", "echo one\necho two\n")
                    .allSatisfy(ShellText::requireHarmless);
        }
    }

    private static Optional<String> preExec(Path file) {
        try {
            Pod pod = PodCase.SERIALIZATION.unmarshal(Files.readString(file), Pod.class);
            return Optional.ofNullable(
                    pod.getMetadata().getAnnotations().get(MetadataNames.PRE_EXEC));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
