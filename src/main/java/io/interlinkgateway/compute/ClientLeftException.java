package io.interlinkgateway.compute;

/// The client closed its connection before the response. No response can be sent.
public final class ClientLeftException extends RuntimeException {

    ClientLeftException() {
        super("The client closed the connection.", null, false, false);
    }
}
