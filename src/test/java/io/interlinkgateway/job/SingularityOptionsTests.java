package io.interlinkgateway.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.interlinkgateway.failure.InvalidValueException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SingularityOptionsTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--nv --no-home --compat",
                "--env A=b --bind /a:/b,/c -B /d -B/e -eB /f",
                "--no-mount /exa5 --env POD_IP=$POD_IP --env A=1,B=${C}",
                "--workdir=$TMPDIR --oci",
                "--unheard-of=true  -e",
                "--env A=$_B,C=$PS10,D=${IFSX}"
            })
    void optionsAreTaken(String options) {
        assertThat(options(options).options()).contains(options);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--no-home /other.sif",
                "--nv sh",
                "-e /other.sif",
                "--env A=b c",
                "--",
                "-- /other.sif",
                "--nv -",
                "--nv --env",
                "-B",
                "-eB",
                "--workdir $TMPDIR",
                "--unheard-of",
                "--unheard-of /other.sif",
                "-h",
                "--nv --=x",
                "--bind=/a${IFS}/other.sif",
                "--bind=/a$IFS/other.sif",
                "--env A=$_"
            })
    void noWordMayBecomeTheImageOrSwallowWhatFollows(String options) {
        assertThatExceptionOfType(InvalidValueException.class).isThrownBy(() -> options(options));
    }

    private static SingularityOptions options(String text) {
        return new SingularityOptions(List.of(), Optional.of(text));
    }
}
