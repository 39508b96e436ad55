package io.interlinkgateway.caller;

import io.interlinkgateway.failure.GatewayException;
import org.springframework.security.core.AuthenticationException;

/// A token can't be verified now, because its issuer or the cluster does not respond.
final class TokenUnverifiableException extends AuthenticationException {

    private final transient GatewayException failure;

    /// @param failure the problem for the response
    TokenUnverifiableException(GatewayException failure, Throwable cause) {
        super(String.valueOf(failure.getMessage()), cause);
        this.failure = failure;
    }

    GatewayException failure() {
        return failure;
    }
}
