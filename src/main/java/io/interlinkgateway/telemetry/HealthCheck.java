package io.interlinkgateway.telemetry;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/// The container image's health check, for it has no other program that can ask.
final class HealthCheck {

    private HealthCheck() {}

    static void main(String[] arguments) throws IOException, InterruptedException {
        String port = arguments.length == 0 ? "8080" : arguments[0];
        URI liveness = URI.create("http://127.0.0.1:" + port + "/actuator/health/liveness");
        try (HttpClient http = HttpClient.newHttpClient()) {
            int status =
                    http.send(
                                    HttpRequest.newBuilder(liveness)
                                            .timeout(Duration.ofSeconds(2))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode();
            if (status != 200) {
                throw new IOException("The gateway answered " + status + ".");
            }
        }
    }
}
