package io.interlinkgateway.job;

/// The MLflow server that a job logs to, and the credential that it logs in with.
///
/// @param credential the Secret that holds `username` and `password`
/// @param trackingUri that server
public record MlflowAccess(CredentialName credential, TrackingUri trackingUri) {

    /// The variable that names the server to MLflow's clients.
    public static final String TRACKING_URI = "MLFLOW_TRACKING_URI";

    /// The variable that holds the user's name.
    public static final String USERNAME = "MLFLOW_TRACKING_USERNAME";

    /// The variable that holds the password.
    public static final String PASSWORD = "MLFLOW_TRACKING_PASSWORD";

    /// @param name the name of an environment variable given by hand beside `mlflow`
    /// @throws InvalidValueException if `mlflow` sets it
    public static void requireNotByHand(String name) {
        if (name.equals(TRACKING_URI) || name.equals(USERNAME) || name.equals(PASSWORD)) {
            throw new InvalidValueException(
                    "The environment variable " + name + " is set by mlflow.",
                    "Give either mlflow or the variable.");
        }
    }
}
