package io.interlinkgateway.history;

import java.util.Optional;

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
}
