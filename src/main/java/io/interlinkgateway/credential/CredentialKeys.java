package io.interlinkgateway.credential;

import io.interlinkgateway.job.MlflowAccess;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The keys of a Secret that is an MLflow credential: `username` and `password`, or `mlflow-token`. Where all three
/// are, the username and the password count, as they do for MLflow's own client.
public final class CredentialKeys {

    private CredentialKeys() {}

    /// @param keys of any Secret
    /// @return what it is, unless it is no credential
    public static Optional<MlflowAccess.Kind> kindOf(Set<String> keys) {
        return Stream.of(MlflowAccess.Kind.values())
                .filter(kind -> keys.containsAll(kind.keys()))
                .findFirst();
    }

    /// @param login any login
    /// @return the keys and values of its Secret
    public static Map<String, String> of(MlflowLogin login) {
        return switch (login) {
            case MlflowLogin.Password user ->
                    Map.of(
                            MlflowAccess.USERNAME_KEY, user.username(),
                            MlflowAccess.PASSWORD_KEY, user.password());
            case MlflowLogin.Token token -> Map.of(MlflowAccess.TOKEN_KEY, token.token());
        };
    }

    /// @param values the keys and values of a Secret
    /// @return the login, unless it is no credential
    /// @throws io.interlinkgateway.failure.InvalidValueException if no login can have these values
    public static Optional<MlflowLogin> loginOf(Map<String, String> values) {
        String username = values.get(MlflowAccess.USERNAME_KEY);
        String password = values.get(MlflowAccess.PASSWORD_KEY);
        return username != null && password != null
                ? Optional.of(new MlflowLogin.Password(username, password))
                : Optional.ofNullable(values.get(MlflowAccess.TOKEN_KEY))
                        .map(MlflowLogin.Token::new);
    }

    /// @param values the keys and values of any Secret
    /// @return all forms in which its password and its token may turn up, also those that no login can have
    public static Stream<String> secretForms(Map<String, String> values) {
        String password = values.get(MlflowAccess.PASSWORD_KEY);
        String username = values.get(MlflowAccess.USERNAME_KEY);
        String token = values.get(MlflowAccess.TOKEN_KEY);
        return Stream.concat(
                username == null || password == null
                        ? Stream.empty()
                        : PasswordForms.of(username, password),
                token == null ? Stream.empty() : PasswordForms.of(token));
    }
}
