package io.interlinkgateway.credential;

import io.interlinkgateway.job.InvalidValueException;
import io.interlinkgateway.job.Text;
import io.interlinkgateway.job.TrackingUri;
import java.util.Optional;

/// A user of an MLflow server, with the password.
///
/// @param username 1 to 255 characters, none a control character, no colon (Basic authentication splits there)
/// @param password 1 to 1024 characters, none a control character
/// @param trackingUri the one server it may be used for; empty for any
public record MlflowCredential(
        String username, String password, Optional<TrackingUri> trackingUri) {

    /// @throws InvalidValueException if the username or password can't be used with Basic authentication
    public MlflowCredential {
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

    /// Without the password.
    @Override
    public String toString() {
        return "MlflowCredential[username=" + username + ", trackingUri=" + trackingUri + "]";
    }
}
