package io.interlinkgateway.bench;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/// HTTP servers that take the place of others, such as the API server or MLflow.
public final class LoopbackServer {

    private LoopbackServer() {}

    /// @return a server on a free port of the loopback address, with a virtual thread for each request; not started
    public static HttpServer create() {
        try {
            HttpServer server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            return server;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
