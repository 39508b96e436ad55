package io.interlinkgateway.credential;

import io.interlinkgateway.job.MlflowAccess;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The keys of a Secret that is an MLflow credential: `username` and `password`, or `mlflow-token`. If it has all
/// three, username and password are used, as MLflow's own client does.
public final class CredentialKeys {

    private CredentialKeys() {}

    /// @param keys the keys of any Secret
    /// @return the kind of the credential, or nothing if the Secret is not a credential
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
    /// @return the login, or nothing if the Secret is not a credential
    /// @throws io.interlinkgateway.failure.InvalidValueException if the values are not valid for a login
    public static Optional<MlflowLogin> loginOf(Map<String, String> values) {
        String username = values.get(MlflowAccess.USERNAME_KEY);
        String password = values.get(MlflowAccess.PASSWORD_KEY);
        return username != null && password != null
                ? Optional.of(new MlflowLogin.Password(username, password))
                : Optional.ofNullable(values.get(MlflowAccess.TOKEN_KEY))
                        .map(MlflowLogin.Token::new);
    }

    /// @param values the keys and values of any Secret
    /// @return all forms in which its password and token may appear, even if they are not valid for a login
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
