package io.interlinkgateway.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;

/// For servers that have to be told their port before they start.
public final class FreePort {

    private FreePort() {}

    /// @return a port of this machine that nobody listened on a moment ago
    public static int find() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
