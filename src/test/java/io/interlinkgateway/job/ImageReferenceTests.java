package io.interlinkgateway.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.failure.Finding;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker://ghcr.io/interTwin-eu/itwinai:0.0.1",
                "docker://Ubuntu/ubuntu",
                "docker://Ubuntu",
                "docker://Ubuntu:24.04",
                "oras://ghcr.io/a/B@sha256:00"
            })
    void capitalsInTheNameOfAnImageAreWarnedOf(String reference) {
        Optional<Finding> warning = ImageReference.warning("image", reference);

        assertThat(warning.orElseThrow().severity()).isEqualTo(Finding.Severity.WARNING);
        assertThat(warning.orElseThrow().field()).isEqualTo("image");
        assertThat(warning.orElseThrow().message()).contains(reference);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker://ghcr.io/intertwin-eu/itwinai:0.0.1-3dGAN",
                "docker://GHCR.io/intertwin-eu/itwinai@sha256:ABC",
                "docker://localhost:5000/a/b:C",
                "docker://ubuntu:Noble",
                "library://Sylabs/Examples/lolcow:latest",
                "/ceph/Images/A.sif"
            })
    void capitalsElsewhereAreNot(String reference) {
        assertThat(ImageReference.warning("image", reference)).isEmpty();
    }
}
