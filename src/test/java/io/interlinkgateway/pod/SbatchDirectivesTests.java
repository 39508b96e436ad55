package io.interlinkgateway.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.SlurmOptions;
import io.interlinkgateway.status.Recordings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class SbatchDirectivesTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "seed",
                "docker-image",
                "env",
                "mounts-options",
                "pre-exec-newline",
                "requests-fraction"
            })
    void batchLinesAreThoseOfTheRecordedScript(String recording) {
        JsonNode recorded = Recordings.read("batch-scripts").required(recording);
        String flags =
                recorded.required("job.slurm")
                        .asString()
                        .lines()
                        .filter(line -> line.startsWith("#SBATCH "))
                        .map(line -> line.substring("#SBATCH ".length()))
                        .filter(line ->
                                !line.startsWith("--job-name") && !line.startsWith("--output"))
                        .collect(Collectors.joining(" "));
        assertThat(PodTranslation.batchLines(pod(recorded)))
                .isEqualTo(
                        SlurmOptions.parse(flags).values().entrySet().stream()
                                .map(option -> line(option.getKey(), option.getValue()))
                                .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"flags-forms", "flags-hash"})
    void flagsThatThePluginManglesAreRefused(String recording) {
        Pod pod = pod(Recordings.read("batch-scripts").required(recording));
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> PodTranslation.batchLines(pod));
    }

    @Test
    void batchLinesShowWhatThePluginAsksForWithoutLimits() {
        assertThat(
                        PodTranslation.batchLines(
                                new PodBuilder()
                                        .withNewMetadata()
                                        .endMetadata()
                                        .withNewSpec()
                                        .addNewContainer()
                                        .endContainer()
                                        .endSpec()
                                        .build()))
                .isEqualTo(List.of("#SBATCH --cpus-per-task=1", "#SBATCH --mem=1"));
    }

    private static String line(String name, String value) {
        return "#SBATCH --" + name + (value.isEmpty() ? "" : "=" + value);
    }

    static Pod pod(JsonNode recorded) {
        Map<String, String> annotations = new LinkedHashMap<>();
        recorded.required("annotations")
                .propertyStream()
                .forEach(entry -> annotations.put(entry.getKey(), entry.getValue().asString()));
        Container container =
                PodCase.SERIALIZATION.unmarshal(
                        recorded.required("container").toString(), Container.class);
        return new PodBuilder()
                .withNewMetadata()
                .withAnnotations(annotations)
                .endMetadata()
                .withNewSpec()
                .withContainers(container)
                .endSpec()
                .build();
    }
}
