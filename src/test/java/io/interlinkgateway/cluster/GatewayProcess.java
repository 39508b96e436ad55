package io.interlinkgateway.cluster;

import static org.awaitility.Awaitility.await;

import io.interlinkgateway.bench.FreePort;
import io.interlinkgateway.caller.LocalIssuer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The packaged gateway with the profile `kubernetes`, as it is deployed, and an issuer that it trusts. Each request
/// is sent with a token that is good for the workspace that the request names.
final class GatewayProcess implements AutoCloseable {

    private static final Pattern WORKSPACE = Pattern.compile("[?&]workspace=([^&]*)");

    private final LocalIssuer issuer = new LocalIssuer();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Path kubeconfig;
    private final List<String> options;
    private final int port = FreePort.find();
    private Process process;

    GatewayProcess(Path kubeconfig, String... options) {
        this.kubeconfig = kubeconfig;
        this.options = List.of(options);
        this.process = started();
        try {
            awaitReady();
        } catch (RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    private Process started() {
        String trusted = "--gateway.security.issuers[0].";
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                // As in the image.
                                "@bench/image/jvm.options",
                                "-jar",
                                jar().toString(),
                                "--spring.profiles.active=kubernetes",
                                "--server.port=" + port,
                                trusted + "uri=" + issuer.uri(),
                                trusted + "audiences=" + LocalIssuer.AUDIENCE,
                                trusted + "rules[0].claim=groups",
                                trusted + "rules[0].pattern=(w-[0-9a-f-]+)",
                                trusted + "rules[0].workspace=$1",
                                trusted + "rules[0].role=admin",
                                trusted + "rules[1].claim=groups",
                                trusted + "rules[1].value=default",
                                trusted + "rules[1].workspace=default",
                                trusted + "rules[1].role=admin",
                                "--gateway.caller.requests-per-second=1000",
                                "--gateway.caller.burst=10000"));
        command.addAll(options);
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

    /// Waits until it accepts requests.
    void awaitReady() {
        await().atMost(Duration.ofMinutes(5))
                .ignoreExceptions()
                .until(() ->
                        send("GET", "/actuator/health/readiness", "application/json", "")
                                        .statusCode()
                                == 200);
    }

    /// Ends it as Kubernetes does.
    ///
    /// @return how long it took
    Duration stop() {
        long before = System.nanoTime();
        process.destroy();
        process.onExit().join();
        return Duration.ofNanos(System.nanoTime() - before);
    }

    /// Starts it again, and waits for it.
    void startAgain() {
        process = started();
        awaitReady();
    }

    /// Ends it as a power cut would, and starts it again.
    void killAndStartAgain() {
        process.destroyForcibly().onExit().join();
        process = started();
    }

    HttpResponse<String> send(
            String method, String path, String type, String body, String... headers)
            throws IOException, InterruptedException {
        return sendAs(token(path), method, path, type, body, headers);
    }

    HttpResponse<String> sendAs(
            String token, String method, String path, String type, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                request(token, path, headers)
                        .timeout(Duration.ofSeconds(90))
                        .header("Content-Type", type)
                        .method(method, HttpRequest.BodyPublishers.ofString(body));
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /// @return an answer that goes on
    HttpResponse<InputStream> open(String path, String... headers)
            throws IOException, InterruptedException {
        return http.send(
                request(token(path), path, headers).build(),
                HttpResponse.BodyHandlers.ofInputStream());
    }

    private HttpRequest.Builder request(String token, String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + token);
        return headers.length == 0 ? request : request.headers(headers);
    }

    private String token(String path) {
        Matcher workspace = WORKSPACE.matcher(path);
        return issuer.token("tester", workspace.find() ? workspace.group(1) : "default");
    }

    @Override
    public void close() {
        stop();
        issuer.close();
    }
}
