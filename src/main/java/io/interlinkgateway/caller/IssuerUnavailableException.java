package io.interlinkgateway.caller;

import org.springframework.security.core.AuthenticationException;

/// The issuer of a token can't be asked now, so the token is neither good nor bad.
final class IssuerUnavailableException extends AuthenticationException {

    IssuerUnavailableException(String issuer, Throwable cause) {
        super("The issuer " + issuer + " can't be reached to check the token.", cause);
    }
}
