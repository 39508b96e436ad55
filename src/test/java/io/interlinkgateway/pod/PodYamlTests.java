package io.interlinkgateway.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class PodYamlTests {

    @Test
    void readersOfYaml11AndOf12ReadThePodThatWasWritten() {
        Pod pod = AmbiguousTexts.pod(AmbiguousTexts.texts(3000));
        Map<?, ?> tree = PodCase.SERIALIZATION.convertValue(pod, Map.class);

        String yaml = PodYaml.of(pod);

        assertThat(new Yaml().<Map<?, ?>>load(yaml)).isEqualTo(tree);
        assertThat(PodCase.SERIALIZATION.unmarshal(yaml, Pod.class)).isEqualTo(pod);
        assertThat(yaml.replace("\n", "")).matches("[ -~]*+");
    }

    @Test
    void scriptsKeepTheirLines() {
        String yaml = PodYaml.of(AmbiguousTexts.pod(List.of("cd /tmp\nif x; then\n  y\nfi\n")));

        assertThat(yaml)
                .contains("- |\n      cd /tmp\n      if x; then\n        y\n      fi\n")
                .contains("    - ");
    }

    @Test
    void ordinaryTextsStandBare() {
        String yaml =
                PodYaml.of(AmbiguousTexts.pod(List.of("docker://ghcr.io/a/b:1.0", "/bin/sh")));

        assertThat(yaml).contains("- docker://ghcr.io/a/b:1.0\n", "- /bin/sh\n", "name: main\n");
    }
}
