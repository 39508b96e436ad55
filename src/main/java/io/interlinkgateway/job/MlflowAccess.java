package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The MLflow server that a job logs to, and the credential that it uses.
///
/// @param credential the name of the credential and its Secret
/// @param trackingUri the server
/// @param kind the kind of the credential
public record MlflowAccess(CredentialName credential, TrackingUri trackingUri, Kind kind) {

    /// The environment variable with the server's address for MLflow's clients.
    public static final String TRACKING_URI = "MLFLOW_TRACKING_URI";

    /// The Secret's key for the username.
    public static final String USERNAME_KEY = "username";

    /// The Secret's key for the password.
    public static final String PASSWORD_KEY = "password";

    /// The Secret's key for a token. It is not `token`, which Secrets for other purposes use.
    public static final String TOKEN_KEY = "mlflow-token";

    /// The kinds of credentials. A Secret is of the first kind of which it has all keys.
    public enum Kind {
        /// A username and a password.
        PASSWORD,
        /// A token, sent as `Bearer`.
        TOKEN;

        /// @return the environment variables from which MLflow's clients take the login
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

    /// An environment variable that is set from the Secret.
    ///
    /// @param name the variable's name
    /// @param key the Secret's key for its value
    public record Variable(String name, String key) {}

    /// Access with a username and a password.
    ///
    /// @param credential the name of the credential and its Secret
    /// @param trackingUri the server
    public MlflowAccess(CredentialName credential, TrackingUri trackingUri) {
        this(credential, trackingUri, Kind.PASSWORD);
    }

    /// @param name the name of an environment variable
    /// @return whether it is a variable for the login
    public static boolean isLogin(String name) {
        return Stream.of(Kind.values())
                .flatMap(kind -> kind.variables().stream())
                .anyMatch(variable -> variable.name().equals(name));
    }

    /// @param name the name of an environment variable that a caller gives in addition to `mlflow`
    /// @throws InvalidValueException if `mlflow` sets the variable, or the variable gives another login
    public static void requireNotSetByMlflow(String name) {
        if (name.equals(TRACKING_URI) || isLogin(name)) {
            throw new InvalidValueException(
                    "The environment variable " + name + " is set by mlflow.",
                    "Give either mlflow or the variable.");
        }
    }
}
