package io.interlinkgateway.caller;

import io.interlinkgateway.web.Refusals;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;

/// A token is refused; the cause is counted and logged for operators.
public final class RefusedTokenException extends InvalidBearerTokenException {

    private final Refusals.Cause cause;

    /// @param cause the cause to count
    /// @param message the message for the caller
    /// @param failure the underlying exception, if there is one
    public RefusedTokenException(
            Refusals.Cause cause, String message, @Nullable Throwable failure) {
        super(message, failure);
        this.cause = cause;
    }

    Refusals.Cause counted() {
        return cause;
    }
}
