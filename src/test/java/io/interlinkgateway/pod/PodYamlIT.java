package io.interlinkgateway.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.LocalKubectl;
import io.interlinkgateway.bench.Requires;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.json.JsonMapper;

/// The manifest that is shown is the pod, also for kubectl.
@Requires(Component.OWN_CONTROL_PLANE)
class PodYamlIT {

    @Test
    void kubectlReadsAmbiguousTextsUnchanged() {
        assertSame(AmbiguousTexts.pod(AmbiguousTexts.texts(3000)));
    }

    @TestFactory
    Stream<DynamicTest> kubectlReadsTheGoldenPods() {
        return PodCase.all().stream()
                .filter(podCase -> !podCase.name().startsWith("refused"))
                .map(podCase ->
                        dynamicTest(
                                podCase.name(),
                                () ->
                                        assertSame(
                                                PodTranslation.translate(podCase.job())
                                                        .orReject()
                                                        .pod())));
    }

    private static void assertSame(Pod pod) {
        assertThat(LocalKubectl.read(PodYaml.of(pod)))
                .isEqualTo(new JsonMapper().readTree(PodCase.SERIALIZATION.asJson(pod)));
    }
}
