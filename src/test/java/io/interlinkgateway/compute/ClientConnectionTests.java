package io.interlinkgateway.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.LocalConnector.LocalEndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A connection on which more arrives, or which ends, while Jetty handles its first request.
class ClientConnectionTests {

    private final Server server = new Server();
    private final LocalConnector connector = new LocalConnector(server);
    private final List<Boolean> closed = new ArrayList<>();
    private Consumer<LocalEndPoint> meanwhile = client -> {};

    @BeforeEach
    void start() throws Exception {
        server.addConnector(connector);
        server.setHandler(
                new Handler.Abstract() {
                    @Override
                    public boolean handle(Request request, Response response, Callback callback) {
                        String path = Request.getPathInContext(request);
                        if (path.equals("/first")) {
                            var connection = request.getConnectionMetaData().getConnection();
                            meanwhile.accept((LocalEndPoint) connection.getEndPoint());
                            ClientConnection client = new ClientConnection(connection);
                            closed.add(client.isClosed());
                            closed.add(client.isClosed());
                        }
                        String answer = "answer to " + request.getMethod() + " " + path;
                        response.write(true, StandardCharsets.UTF_8.encode(answer), callback);
                        return true;
                    }
                });
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    private String answer(LocalEndPoint client) throws Exception {
        return client.getResponse(false, 20, TimeUnit.SECONDS);
    }

    @Test
    void whatAClientSendsMeanwhileIsItsNextRequest() throws Exception {
        meanwhile = client -> client.addInput(get("/second"));

        LocalEndPoint client = connector.executeRequest(get("/first"));

        assertThat(answer(client)).endsWith("answer to GET /first");
        assertThat(answer(client)).endsWith("answer to GET /second");
        assertThat(closed).containsExactly(false, false);
    }

    @Test
    void aSilentClientIsStillThere() throws Exception {
        assertThat(answer(connector.executeRequest(get("/first"))))
                .endsWith("answer to GET /first");
        assertThat(closed).containsExactly(false, false);
    }

    @Test
    void aClientThatEndsItsSideLeft() throws Exception {
        meanwhile = LocalEndPoint::addInputEOF;

        assertThat(answer(connector.executeRequest(get("/first"))))
                .endsWith("answer to GET /first");
        assertThat(closed).containsExactly(true, true);
    }
}
