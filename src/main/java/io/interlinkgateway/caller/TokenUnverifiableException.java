package io.interlinkgateway.caller;

import io.interlinkgateway.failure.GatewayException;
import org.springframework.security.core.AuthenticationException;

/// Whether a token is good can't be known now: who could say so does not answer.
final class TokenUnverifiableException extends AuthenticationException {

    private final transient GatewayException failure;

    /// @param failure what the answer says
    TokenUnverifiableException(GatewayException failure, Throwable cause) {
        super(String.valueOf(failure.getMessage()), cause);
        this.failure = failure;
    }

    GatewayException failure() {
        return failure;
    }
}
