package io.interlinkgateway.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.LocalKubectl;
import io.interlinkgateway.bench.Requires;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/// The types of a pod's fields are Kubernetes' own.
@Requires(Component.OWN_CONTROL_PLANE)
class PodShapeIT {

    @ParameterizedTest
    @MethodSource("io.interlinkgateway.pod.PodShapeTests#misfits")
    void kubectlAlsoRefusesAValueOfTheWrongType(
            Map<String, Object> container, String path, String read) {
        assertThat(LocalKubectl.takes(yaml(container))).as(path).isFalse();
    }

    @Test
    void kubectlAcceptsValuesOfTheRightTypes() {
        assertThat(LocalKubectl.takes(yaml(PodShapeTests.FITTING))).isTrue();
    }

    private static String yaml(Map<String, Object> container) {
        Map<String, Object> pod = new java.util.HashMap<>(PodShapeTests.pod(container));
        pod.put("apiVersion", "v1");
        // The mark makes kubectl read it as YAML.
        return "---\n" + new JsonMapper().writeValueAsString(pod);
    }
}
