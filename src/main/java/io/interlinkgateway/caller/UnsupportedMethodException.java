package io.interlinkgateway.caller;

import org.springframework.security.web.firewall.RequestRejectedException;

/// A request has a method that no address of the gateway accepts.
final class UnsupportedMethodException extends RequestRejectedException {

    private final String method;

    /// @param method the request's method
    UnsupportedMethodException(String method) {
        super("The gateway does not accept the method.");
        this.method = method;
    }

    String method() {
        return method;
    }
}
