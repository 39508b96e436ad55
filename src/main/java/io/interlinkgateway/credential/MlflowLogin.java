package io.interlinkgateway.credential;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;

/// The data with which a client logs in to an MLflow server.
public sealed interface MlflowLogin {

    /// @return the value of the header `Authorization`, as MLflow's own client sends it
    String authorization();

    /// @return all forms in which the secret may appear in the output of programs
    Stream<String> secretForms();

    /// @return the username, if the login has one
    Optional<String> user();

    /// A username with a password.
    ///
    /// @param username 1 to 255 characters without control characters and colons (the separator of Basic
    ///     authentication)
    /// @param password 1 to 1024 characters without control characters
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

        // Encoded as UTF-8, as by MLflow's own client.
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

        /// Omits the password.
        @Override
        public String toString() {
            return "Password[username=" + username + "]";
        }
    }

    /// A token that identifies its user by itself.
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

        /// Omits the token.
        @Override
        public String toString() {
            return "Token[]";
        }
    }
}
