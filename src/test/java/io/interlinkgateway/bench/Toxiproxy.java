package io.interlinkgateway.bench;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// A network between two programs that can be bad: toxiproxy, driven by its HTTP API.
public final class Toxiproxy implements AutoCloseable {

    private static final Path PROGRAM = Path.of(".cache/toxiproxy/toxiproxy");
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final String api;
    private final Process process;
    private final int port;

    private Toxiproxy(int upstream) {
        int apiPort = FreePort.find();
        api = "http://127.0.0.1:" + apiPort;
        process = started(apiPort);
        await().atMost(Duration.ofMinutes(1))
                .ignoreExceptions()
                .until(() -> ask("GET", "/version", "").contains("version"));
        String listen =
                JSON.readTree(
                                ask(
                                        "POST",
                                        "/proxies",
                                        "{\"name\": \"network\", \"listen\": \"127.0.0.1:0\","
                                                + " \"upstream\": \"127.0.0.1:"
                                                + upstream
                                                + "\"}"))
                        .path("listen")
                        .asString();
        port = Integer.parseInt(listen.substring(listen.lastIndexOf(':') + 1));
    }

    /// @param upstream the port of this machine that is passed on to
    /// @return a good network
    public static Toxiproxy before(int upstream) {
        return new Toxiproxy(upstream);
    }

    private static Process started(int apiPort) {
        try {
            return new ProcessBuilder(PROGRAM.toString(), "-port", Integer.toString(apiPort))
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(
                                    Path.of("target/toxiproxy.log").toFile()))
                    .start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// @return the port of this machine where the network begins
    public int port() {
        return port;
    }

    /// Makes the network bad, in both directions, for connections that are open too.
    ///
    /// @param toxic a kind that toxiproxy knows
    /// @param attributes the kind's own
    public void poison(String toxic, Map<String, Integer> attributes) {
        for (String direction : new String[] {"upstream", "downstream"}) {
            ask(
                    "POST",
                    "/proxies/network/toxics",
                    JSON.writeValueAsString(
                            Map.of("type", toxic, "stream", direction, "attributes", attributes)));
        }
    }

    /// Makes it good again.
    public void heal() {
        ask("POST", "/reset", "");
    }

    /// Ends all connections, and refuses new ones until it is healed.
    public void breakDown() {
        ask("PATCH", "/proxies/network", "{\"enabled\": false}");
    }

    /// Ends all connections.
    public void cut() {
        breakDown();
        heal();
    }

    /// Ends all connections, and leads the next ones elsewhere.
    ///
    /// @param upstream a port of this machine
    public void leadTo(int upstream) {
        ask("PATCH", "/proxies/network", "{\"upstream\": \"127.0.0.1:" + upstream + "\"}");
    }

    private String ask(String method, String path, String body) {
        try {
            HttpResponse<String> answer =
                    http.send(
                            HttpRequest.newBuilder(URI.create(api + path))
                                    .method(method, HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new IllegalStateException(path + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        http.close();
    }
}
