package io.interlinkgateway.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.ComputeResources;
import io.interlinkgateway.job.ImageReference;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.NamedJob;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.SingularityOptions;
import io.interlinkgateway.job.SlurmOptions;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.status.PodReading;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class SubmitterAndTtlTests {

    private static Pod pod(Optional<String> submittedBy, Optional<Duration> ttl) {
        return PodTranslation.translate(
                        new NamedJob(
                                new JobName("train"),
                                new Workspace("stars"),
                                new NodeName("vega-new-vk"),
                                spec(ttl),
                                submittedBy,
                                Optional.empty()))
                .orReject()
                .pod();
    }

    private static JobSpec spec(Optional<Duration> ttl) {
        return new JobSpec(
                ImageReference.of("/images/a.sif"),
                List.of("true"),
                List.of(),
                Map.of(),
                Optional.empty(),
                new ComputeResources(Map.of(), Map.of()),
                SlurmOptions.NONE,
                Optional.empty(),
                SingularityOptions.NONE,
                Map.of(),
                ttl);
    }

    private static String digest(Pod pod) {
        return Objects.requireNonNull(pod.getMetadata().getAnnotations().get(MetadataNames.DIGEST));
    }

    @Test
    void thePodHasItsSubmitterButItsDefinitionHasNot() {
        Pod ada = pod(Optional.of("https://login.example.org/#ada"), Optional.empty());
        Pod bob = pod(Optional.of("https://login.example.org/#bob"), Optional.empty());

        assertThat(PodReading.jobFrom(ada, Instant.EPOCH).submittedBy())
                .contains("https://login.example.org/#ada");
        assertThat(digest(ada)).isEqualTo(digest(bob));
        assertThat(DefinitionReading.submittedPod(ada))
                .isEqualTo(DefinitionReading.submittedPod(bob));
    }

    @Test
    void aSpecWithoutAPeriodHasNoAnnotationForIt() {
        assertThat(pod(Optional.empty(), Optional.empty()).getMetadata().getAnnotations())
                .doesNotContainKey(MetadataNames.TTL_AFTER_FINISHED);
    }

    @Test
    void thePeriodIsPartOfTheDefinition() {
        Pod hour = pod(Optional.empty(), Optional.of(Duration.ofHours(1)));

        assertThat(DefinitionReading.definitionOf(hour))
                .isEqualTo(spec(Optional.of(Duration.ofHours(1))));
        assertThat(digest(hour)).isNotEqualTo(digest(pod(Optional.empty(), Optional.empty())));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 2_592_001, Long.MAX_VALUE, Long.MIN_VALUE})
    void aPeriodOutOfItsRangeIsRefused(long seconds) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> JobSpec.requireTtl(seconds));
    }
}
