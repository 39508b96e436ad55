package io.interlinkgateway.replay;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// An answer of the API server that goes on: a watch, or a log that is followed.
final class OpenResponse implements AutoCloseable {

    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final List<Instant> arrivals = new ArrayList<>();
    private final AsyncBody body;

    OpenResponse(KubernetesClient client, String path) {
        HttpClient http = client.getHttpClient();
        HttpResponse<AsyncBody> response =
                http.consumeBytes(
                                http.newHttpRequestBuilder()
                                        .uri(address(client, path))
                                        .timeout(0, TimeUnit.SECONDS)
                                        .build(),
                                (buffers, more) -> {
                                    receive(buffers);
                                    more.consume();
                                })
                        .orTimeout(20, TimeUnit.SECONDS)
                        .join();
        this.body = response.body();
        body.consume();
    }

    private static URI address(KubernetesClient client, String path) {
        return client.getMasterUrl().toString().endsWith("/")
                ? URI.create(client.getMasterUrl() + path.substring(1))
                : URI.create(client.getMasterUrl() + path);
    }

    private synchronized void receive(List<ByteBuffer> buffers) {
        arrivals.add(Instant.now());
        for (ByteBuffer buffer : buffers) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            received.writeBytes(bytes);
        }
    }

    /// @return all that came so far
    synchronized String text() {
        return received.toString(StandardCharsets.UTF_8);
    }

    /// @return the pauses between what came, those aside that are too short to be meant
    synchronized List<Duration> pauses() {
        List<Duration> pauses = new ArrayList<>();
        for (int i = 1; i < arrivals.size(); i++) {
            Duration pause = Duration.between(arrivals.get(i - 1), arrivals.get(i));
            if (pause.toMillis() > 500) {
                pauses.add(pause);
            }
        }
        return pauses;
    }

    boolean ended() {
        return body.done().isDone();
    }

    @Override
    public void close() {
        body.cancel();
    }
}
