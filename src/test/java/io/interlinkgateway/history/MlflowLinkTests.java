package io.interlinkgateway.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.job.ComputeResources;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.ImageReference;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.SingularityOptions;
import io.interlinkgateway.job.SlurmOptions;
import io.interlinkgateway.job.TrackingUri;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class MlflowLinkTests {

    private static final String SERVER = "https://mlflow.example.org/";
    private static final String RUN = "0123456789abcdef0123456789abcdef";

    private static JobSpec spec(Map<String, String> environment, Optional<MlflowAccess> mlflow) {
        return new JobSpec(
                ImageReference.of("/images/a.sif"),
                List.of("true"),
                List.of(),
                environment,
                mlflow,
                new ComputeResources(Map.of(), Map.of()),
                SlurmOptions.NONE,
                Optional.empty(),
                SingularityOptions.NONE,
                Map.of(),
                Optional.empty());
    }

    private static PodManifest pod(Map<String, String> environment) {
        List<Map<String, String>> variables =
                Stream.concat(
                                Stream.of(Map.of("name", "EMPTY")),
                                environment.entrySet().stream()
                                        .map(variable ->
                                                Map.of(
                                                        "name",
                                                        variable.getKey(),
                                                        "value",
                                                        variable.getValue())))
                        .toList();
        return new PodManifest(
                Map.of(
                        "spec",
                        Map.of(
                                "containers",
                                List.of(Map.of("name", "a"), Map.of("env", variables), "b"))));
    }

    private static MlflowLink link(String uri, String experiment, String run) {
        return new MlflowLink(Optional.of(uri), Optional.of(experiment), Optional.of(run));
    }

    @Test
    void aSpecHasTheAddressOfItsCredential() {
        MlflowAccess access =
                new MlflowAccess(new CredentialName("mine"), TrackingUri.parse(SERVER));

        assertThat(
                        MlflowLink.of(
                                spec(
                                        Map.of(
                                                "MLFLOW_EXPERIMENT_NAME",
                                                "3dgan",
                                                "MLFLOW_RUN_ID",
                                                RUN),
                                        Optional.of(access))))
                .isEqualTo(link(SERVER, "3dgan", RUN));
    }

    @Test
    void plainVariablesAreRead() {
        Map<String, String> environment =
                Map.of(
                        "MLFLOW_TRACKING_URI",
                        SERVER,
                        "MLFLOW_EXPERIMENT_ID",
                        "17",
                        "MLFLOW_RUN_ID",
                        RUN);

        assertThat(MlflowLink.of(spec(environment, Optional.empty())))
                .isEqualTo(link(SERVER, "17", RUN));
        assertThat(MlflowLink.of(pod(environment))).isEqualTo(link(SERVER, "17", RUN));
    }

    @Test
    void aJobWithoutVariablesHasNone() {
        assertThat(MlflowLink.of(pod(Map.of()))).isEqualTo(MlflowLink.NONE);
        assertThat(MlflowLink.of(new PodManifest(Map.of("spec", "x")))).isEqualTo(MlflowLink.NONE);
        assertThat(
                        MlflowLink.of(
                                new PodManifest(
                                        Map.of(
                                                "spec",
                                                Map.of(
                                                        "containers",
                                                        List.of(Map.of("env", List.of("x"))))))))
                .isEqualTo(MlflowLink.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://ada:s3cret@mlflow.example.org", "file:///tmp", "no address", " "})
    void otherAddressesAreOmitted(String address) {
        assertThat(
                        MlflowLink.of(
                                pod(
                                        Map.of(
                                                "MLFLOW_TRACKING_URI",
                                                address,
                                                "MLFLOW_RUN_ID",
                                                "../" + RUN))))
                .isEqualTo(MlflowLink.NONE);
    }
}
