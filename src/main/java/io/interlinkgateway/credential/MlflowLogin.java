package io.interlinkgateway.credential;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;

/// What a client logs in to an MLflow server with.
public sealed interface MlflowLogin {

    /// @return the value of the header `Authorization`, as MLflow's own client sends it
    String authorization();

    /// @return all forms in which the secret may turn up in what programs print
    Stream<String> secretForms();

    /// @return whose it is, if the login says so
    Optional<String> user();

    /// A user with the password.
    ///
    /// @param username 1 to 255 characters, none a control character, no colon (Basic authentication splits there)
    /// @param password 1 to 1024 characters, none a control character
    record Password(String username, String password) implements MlflowLogin {

        /// @throws InvalidValueException if the username or password can't be used with Basic authentication
        public Password {
            requireUsername(username);
            requirePassword(password);
        }

        static String requireUsername(String username) {
            if (!username.matches("[^\\p{Cntrl}:]{1,255}")) {
                throw new InvalidValueException(
                        "The username can't be used.",
                        "Use 1 to 255 characters without ':' and control characters.");
            }
            return Text.requireUnicode("The username", username);
        }

        static String requirePassword(String password) {
            if (!password.matches("[^\\p{Cntrl}]{1,1024}")) {
                throw new InvalidValueException(
                        "The password can't be used.",
                        "Use 1 to 1024 characters without control characters.");
            }
            return Text.requireUnicode("The password", password);
        }

        // As MLflow's own client does: UTF-8.
        @Override
        public String authorization() {
            String pair = username + ":" + password;
            return "Basic "
                    + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Stream<String> secretForms() {
            return PasswordForms.of(username, password);
        }

        @Override
        public Optional<String> user() {
            return Optional.of(username);
        }

        /// Without the password.
        @Override
        public String toString() {
            return "Password[username=" + username + "]";
        }
    }

    /// A token that says by itself whose it is.
    ///
    /// @param token 1 to 8192 printable ASCII characters without blanks
    record Token(String token) implements MlflowLogin {

        /// @throws InvalidValueException if it can't be sent in a header
        public Token {
            requireToken(token);
        }

        static String requireToken(String token) {
            if (!token.matches("[\\x21-\\x7e]{1,8192}")) {
                throw new InvalidValueException(
                        "The token can't be used.",
                        "Use 1 to 8192 printable ASCII characters without blanks and line breaks.");
            }
            return token;
        }

        @Override
        public String authorization() {
            return "Bearer " + token;
        }

        @Override
        public Stream<String> secretForms() {
            return PasswordForms.of(token);
        }

        @Override
        public Optional<String> user() {
            return Optional.empty();
        }

        /// Without the token.
        @Override
        public String toString() {
            return "Token[]";
        }
    }
}
