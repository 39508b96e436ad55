package io.interlinkgateway.load;

import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.vertx5.Vertx5HttpClientFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/// The running gateway, asked with the HTTP library that the Kubernetes client uses too.
final class Gateway implements AutoCloseable {

    /// More than any request takes on a busy machine. Without it, a lost response would stop the benchmark for ever.
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private static final Pattern HEAP =
            Pattern.compile("(?m)^jvm_memory_used_bytes\\{area=\"heap\"[^}]*\\} (\\S+)$");

    private final HttpClient http = new Vertx5HttpClientFactory().newBuilder().build();
    private final URI address;
    private final RunningProcess process;

    Gateway(URI address, RunningProcess process) {
        this.address = address;
        this.process = process;
    }

    RunningProcess process() {
        return process;
    }

    /// @return the response's body
    /// @throws IllegalStateException if it is no success, or there is none in time
    String send(String method, String path, String body)
            throws InterruptedException, ExecutionException {
        HttpRequest request =
                http.newHttpRequestBuilder()
                        .uri(address.resolve(path))
                        .method(method, "application/json", body)
                        .build();
        try {
            HttpResponse<String> response =
                    http.sendAsync(request, String.class)
                            .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (!response.isSuccessful()) {
                throw new IllegalStateException(response.code() + ": " + response.body());
            }
            return response.body();
        } catch (TimeoutException noResponse) {
            throw new IllegalStateException(
                    method + " " + path + " had no response within " + TIMEOUT, noResponse);
        }
    }

    String get(String path) throws InterruptedException, ExecutionException {
        return send("GET", path, "");
    }

    /// What of the heap is left after a collection, in megabytes.
    double liveHeap() throws IOException, InterruptedException, ExecutionException {
        new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.id()),
                        "GC.run")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        return HEAP.matcher(get("/actuator/prometheus"))
                        .results()
                        .mapToDouble(sample -> Double.parseDouble(sample.group(1)))
                        .sum()
                / 1e6;
    }

    @Override
    public void close() {
        http.close();
    }
}
