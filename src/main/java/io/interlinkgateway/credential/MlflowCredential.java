package io.interlinkgateway.credential;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.TrackingUri;
import java.util.Optional;

/// A login to MLflow servers, and where it may be used.
///
/// @param login what is sent
/// @param trackingUri the one server it may be used for; empty for any
public record MlflowCredential(MlflowLogin login, Optional<TrackingUri> trackingUri) {

    /// A user with the password.
    ///
    /// @param username as [MlflowLogin.Password] takes it
    /// @param password as [MlflowLogin.Password] takes it
    /// @param trackingUri the one server it may be used for; empty for any
    /// @throws InvalidValueException if the username or password can't be used with Basic authentication
    public MlflowCredential(String username, String password, Optional<TrackingUri> trackingUri) {
        this(new MlflowLogin.Password(username, password), trackingUri);
    }

    /// @return which variables a job gets it in
    public MlflowAccess.Kind kind() {
        return switch (login) {
            case MlflowLogin.Password _ -> MlflowAccess.Kind.PASSWORD;
            case MlflowLogin.Token _ -> MlflowAccess.Kind.TOKEN;
        };
    }
}
