package io.interlinkgateway.history;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.TrackingUri;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where a job's results are in MLflow, as far as known.
///
/// @param trackingUri the address of the tracking server, from the job's definition
/// @param experiment the experiment's name or id, from the job's environment or its log
/// @param run the run's id, 32 hexadecimal digits, from the job's environment or its log
public record MlflowLink(
        Optional<String> trackingUri, Optional<String> experiment, Optional<String> run) {

    /// Nothing is known.
    public static final MlflowLink NONE =
            new MlflowLink(Optional.empty(), Optional.empty(), Optional.empty());

    private static final Pattern RUN = Pattern.compile("[0-9a-f]{32}");

    /// Reads where a job finds MLflow: by its access to a server, or by plain environment variables of its
    /// containers. An address with a user or a password is omitted.
    ///
    /// @param definition a job's definition
    /// @return what it shows; a job may use others, which its log may show
    public static MlflowLink of(JobDefinition definition) {
        return switch (definition) {
            case JobSpec spec ->
                    of(spec.environment(), spec.mlflow().map(MlflowAccess::trackingUri));
            case PodManifest manifest -> of(manifest.environment(), Optional.empty());
        };
    }

    private static MlflowLink of(
            Map<String, String> environment, Optional<TrackingUri> ofCredential) {
        return new MlflowLink(
                ofCredential
                        .or(() ->
                                variable(environment, MlflowAccess.TRACKING_URI)
                                        .flatMap(MlflowLink::address))
                        .map(uri -> uri.value().toString()),
                variable(environment, "MLFLOW_EXPERIMENT_NAME")
                        .or(() -> variable(environment, "MLFLOW_EXPERIMENT_ID")),
                variable(environment, "MLFLOW_RUN_ID").filter(id -> RUN.matcher(id).matches()));
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    private static Optional<TrackingUri> address(String text) {
        try {
            return Optional.of(TrackingUri.parse(text));
        } catch (InvalidValueException _) {
            return Optional.empty();
        }
    }
}
