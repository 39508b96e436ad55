package io.interlinkgateway.caller;

import io.interlinkgateway.web.Refusals;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;

/// A token that is refused, and the cause, for those who run the gateway.
public final class RefusedTokenException extends InvalidBearerTokenException {

    private final Refusals.Cause cause;

    /// @param cause as which it is counted
    /// @param message what the caller is answered
    /// @param failure what was wrong, if more is known
    public RefusedTokenException(
            Refusals.Cause cause, String message, @Nullable Throwable failure) {
        super(message, failure);
        this.cause = cause;
    }

    Refusals.Cause counted() {
        return cause;
    }
}
