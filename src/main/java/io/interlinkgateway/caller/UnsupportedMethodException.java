package io.interlinkgateway.caller;

import org.springframework.security.web.firewall.RequestRejectedException;

/// A request with a method that no address of the gateway takes.
final class UnsupportedMethodException extends RequestRejectedException {

    private final String method;

    /// @param method the request's
    UnsupportedMethodException(String method) {
        super("The gateway does not take the method.");
        this.method = method;
    }

    String method() {
        return method;
    }
}
