package io.interlinkgateway.load;

import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.vertx5.Vertx5HttpClientFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The running gateway, asked with the HTTP library that the Kubernetes client uses too.
final class Gateway implements AutoCloseable {

    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern HEAP =
            Pattern.compile("(?m)^jvm_memory_used_bytes\\{area=\"heap\"[^}]*\\} (\\S+)$");

    private final HttpClient http = new Vertx5HttpClientFactory().newBuilder().build();
    private final URI address;
    private final long process;

    Gateway(URI address, long process) {
        this.address = address;
        this.process = process;
    }

    /// @return the answer's body
    /// @throws IllegalStateException if it is no success
    String send(String method, String path, String body)
            throws InterruptedException, ExecutionException {
        HttpRequest request =
                http.newHttpRequestBuilder()
                        .uri(address.resolve(path))
                        .method(method, "application/json", body)
                        .build();
        HttpResponse<String> response = http.sendAsync(request, String.class).get();
        if (!response.isSuccessful()) {
            throw new IllegalStateException(response.code() + ": " + response.body());
        }
        return response.body();
    }

    String get(String path) throws InterruptedException, ExecutionException {
        return send("GET", path, "");
    }

    /// What of the heap is left after a collection, in megabytes.
    double liveHeap() throws IOException, InterruptedException, ExecutionException {
        new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process),
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

    /// Resident memory, in megabytes.
    double resident() throws IOException {
        Matcher matcher =
                RESIDENT.matcher(Files.readString(Path.of("/proc/" + process + "/status")));
        if (!matcher.find()) {
            throw new IllegalStateException("The gateway is gone.");
        }
        return Double.parseDouble(matcher.group(1)) * 1024 / 1e6;
    }

    @Override
    public void close() {
        http.close();
    }
}
