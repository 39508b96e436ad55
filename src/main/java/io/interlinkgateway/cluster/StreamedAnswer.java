package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// An answer of the API server that comes as it is made, such as a watch's. No more is asked for than the reader
/// takes, and all share the HTTP/2 connections.
final class StreamedAnswer implements AutoCloseable {

    /// What comes out of the queue.
    private sealed interface Part {

        record Bytes(ByteBuffer buffer) implements Part {}

        record End(@Nullable Throwable cause) implements Part {}
    }

    private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
    private final CompletableFuture<HttpResponse<AsyncBody>> response;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private ByteBuffer current = ByteBuffer.allocate(0);

    // What the ignored futures could say, the callbacks have said.
    @SuppressWarnings("FutureReturnValueIgnored")
    private StreamedAnswer(ApiServer apiServer, String path) {
        HttpClient http = apiServer.client().getHttpClient();
        response =
                http.consumeBytes(
                        http.newHttpRequestBuilder()
                                .uri(apiServer.uri(path))
                                .timeout(0, TimeUnit.SECONDS)
                                .build(),
                        (buffers, _) -> add(buffers));
        response.whenComplete((answer, failure) -> {
            if (failure == null) {
                answer.body().done().whenComplete((_, cut) -> parts.add(new Part.End(cut)));
                answer.body().consume();
            } else {
                parts.add(new Part.End(failure));
            }
        });
    }

    /// Asks for a path, and waits for the answer's status.
    ///
    /// @throws io.interlinkgateway.job.GatewayException.ClusterUnavailable if there is none within the deadline
    static StreamedAnswer open(ApiServer apiServer, String path) {
        StreamedAnswer stream = new StreamedAnswer(apiServer, path);
        try {
            apiServer.await(stream.response.copy());
            return stream;
        } catch (RuntimeException failure) {
            stream.close();
            throw failure;
        }
    }

    /// @return the HTTP status
    int code() {
        return response.join().code();
    }

    /// @param patience how long to wait for more
    /// @return the next line, or nothing at the end of the answer
    /// @throws IOException if the connection broke off, or nothing came in time
    Optional<String> nextLine(Duration patience) throws IOException, InterruptedException {
        while (true) {
            while (current.hasRemaining()) {
                byte next = current.get();
                if (next == '\n') {
                    String text = line.toString(StandardCharsets.UTF_8);
                    line.reset();
                    return Optional.of(text);
                }
                line.write(next);
            }
            Optional<ByteBuffer> more = next(patience);
            if (more.isEmpty()) {
                return Optional.empty();
            }
            current = more.get();
        }
    }

    /// @param patience how long to wait for more
    /// @return the next bytes, or nothing at the end of the answer
    /// @throws IOException if the connection broke off, or nothing came in time
    Optional<ByteBuffer> next(Duration patience) throws IOException, InterruptedException {
        return switch (parts.poll(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            case Part.Bytes taken -> {
                response.join().body().consume();
                yield Optional.of(taken.buffer);
            }
            case Part.End end -> {
                parts.add(end);
                if (end.cause != null) {
                    throw new IOException("The answer broke off.", end.cause);
                }
                yield Optional.empty();
            }
            case null -> throw new IOException("The answer fell silent.");
        };
    }

    private void add(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            ByteBuffer copy = ByteBuffer.allocate(buffer.remaining());
            parts.add(new Part.Bytes(copy.put(buffer).flip()));
        }
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // nothing is left to be done
    public void close() {
        response.whenComplete((answer, failure) -> {
            if (failure == null) {
                answer.body().cancel();
            }
        });
    }
}
