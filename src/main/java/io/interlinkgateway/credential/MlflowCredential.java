package io.interlinkgateway.credential;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.TrackingUri;
import java.util.Optional;

/// A login for MLflow servers, and the server for which it may be used.
///
/// @param login the login
/// @param trackingUri the only server for which it may be used; empty for any
public record MlflowCredential(MlflowLogin login, Optional<TrackingUri> trackingUri) {

    /// A credential with a username and a password.
    ///
    /// @param username see [MlflowLogin.Password]
    /// @param password see [MlflowLogin.Password]
    /// @param trackingUri the only server for which it may be used; empty for any
    /// @throws InvalidValueException if the username or password can't be used with Basic authentication
    public MlflowCredential(String username, String password, Optional<TrackingUri> trackingUri) {
        this(new MlflowLogin.Password(username, password), trackingUri);
    }

    /// @return the kind, which determines the variables of a job
    public MlflowAccess.Kind kind() {
        return switch (login) {
            case MlflowLogin.Password _ -> MlflowAccess.Kind.PASSWORD;
            case MlflowLogin.Token _ -> MlflowAccess.Kind.TOKEN;
        };
    }
}
