package io.interlinkgateway.cluster;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// The packaged gateway with the profile `kubernetes`, as it is deployed.
final class GatewayProcess implements AutoCloseable {

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path kubeconfig;
    private final int port = freePort();
    private Process process;

    GatewayProcess(Path kubeconfig) {
        this.kubeconfig = kubeconfig;
        this.process = started();
        awaitReady();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Process started() {
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        jar().toString(),
                        "--spring.profiles.active=kubernetes",
                        "--server.port=" + port);
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(
                                        Path.of("target/gateway-process.log").toFile()));
        builder.environment().put("KUBECONFIG", kubeconfig.toString());
        try {
            return builder.start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Path jar() {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("Nothing is packaged."));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void awaitReady() {
        await().atMost(Duration.ofMinutes(3))
                .ignoreExceptions()
                .until(() ->
                        send("GET", "/actuator/health/readiness", "application/json", "")
                                        .statusCode()
                                == 200);
    }

    /// Ends it as a power cut would, and starts it again.
    void killAndStartAgain() {
        process.destroyForcibly().onExit().join();
        process = started();
    }

    HttpResponse<String> send(
            String method, String path, String type, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(90))
                        .header("Content-Type", type)
                        .method(method, HttpRequest.BodyPublishers.ofString(body));
        return http.send(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
