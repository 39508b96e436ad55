package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The MLflow server that a job logs to, and the credential that it logs in with.
///
/// @param credential the Secret that holds it
/// @param trackingUri that server
/// @param kind what the Secret holds
public record MlflowAccess(CredentialName credential, TrackingUri trackingUri, Kind kind) {

    /// The variable that names the server to MLflow's clients.
    public static final String TRACKING_URI = "MLFLOW_TRACKING_URI";

    /// The Secret's key of the user's name.
    public static final String USERNAME_KEY = "username";

    /// The Secret's key of the password.
    public static final String PASSWORD_KEY = "password";

    /// The Secret's key of a token. Not `token`, which Secrets for other purposes have.
    public static final String TOKEN_KEY = "mlflow-token";

    /// What a credential is. The first of these that a Secret has all keys of counts.
    public enum Kind {
        /// A username and a password.
        PASSWORD,
        /// A token, sent as `Bearer`.
        TOKEN;

        /// @return the variables that MLflow's clients log in with
        public List<Variable> variables() {
            return switch (this) {
                case PASSWORD ->
                        List.of(
                                new Variable("MLFLOW_TRACKING_USERNAME", USERNAME_KEY),
                                new Variable("MLFLOW_TRACKING_PASSWORD", PASSWORD_KEY));
                case TOKEN -> List.of(new Variable("MLFLOW_TRACKING_TOKEN", TOKEN_KEY));
            };
        }

        /// @return the keys of the Secret
        public Set<String> keys() {
            return variables().stream().map(Variable::key).collect(Collectors.toUnmodifiableSet());
        }
    }

    /// A variable that a job gets from the Secret.
    ///
    /// @param name the variable's
    /// @param key the Secret's, where the value is
    public record Variable(String name, String key) {}

    /// With a username and a password.
    ///
    /// @param credential the Secret that holds them
    /// @param trackingUri the server
    public MlflowAccess(CredentialName credential, TrackingUri trackingUri) {
        this(credential, trackingUri, Kind.PASSWORD);
    }

    /// @param name the name of an environment variable
    /// @return whether it is one that logs in
    public static boolean isLogin(String name) {
        return Stream.of(Kind.values())
                .flatMap(kind -> kind.variables().stream())
                .anyMatch(variable -> variable.name().equals(name));
    }

    /// @param name the name of an environment variable given by hand beside `mlflow`
    /// @throws InvalidValueException if `mlflow` sets it, or it would log in otherwise
    public static void requireNotByHand(String name) {
        if (name.equals(TRACKING_URI) || isLogin(name)) {
            throw new InvalidValueException(
                    "The environment variable " + name + " is set by mlflow.",
                    "Give either mlflow or the variable.");
        }
    }
}
