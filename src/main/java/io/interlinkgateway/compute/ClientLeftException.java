package io.interlinkgateway.compute;

/// The client closed its connection before its request was answered. No answer can be sent.
public final class ClientLeftException extends RuntimeException {

    ClientLeftException() {
        super("The client closed the connection.", null, false, false);
    }
}
