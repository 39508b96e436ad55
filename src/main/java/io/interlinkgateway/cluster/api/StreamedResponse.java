package io.interlinkgateway.cluster.api;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.interlinkgateway.log.LogStream;
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
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A response of the API server that is read while it is sent, such as a watch. The reader's speed limits how much is
/// requested (backpressure). All such responses share the HTTP/2 connections.
public final class StreamedResponse implements AutoCloseable {

    /// An element of the queue.
    private sealed interface Arrival {

        record Bytes(ByteBuffer buffer) implements Arrival {}

        record End(@Nullable Throwable cause) implements Arrival {}
    }

    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final CompletableFuture<HttpResponse<AsyncBody>> response;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private ByteBuffer current = ByteBuffer.allocate(0);

    // The results of the ignored futures also reach the callbacks.
    @SuppressWarnings("FutureReturnValueIgnored")
    private StreamedResponse(ApiServer apiServer, String path) {
        HttpClient http = apiServer.client().getHttpClient();
        ApiObservation observation = apiServer.observe(ApiOperation.of("GET", path, null));
        response =
                http.consumeBytes(
                        http.newHttpRequestBuilder()
                                .uri(apiServer.uri(path))
                                .timeout(0, TimeUnit.SECONDS)
                                .build(),
                        (buffers, _) -> add(buffers));
        response.whenComplete((answer, failure) -> {
            if (failure == null) {
                observation.answered(answer.code());
                answer.body().done().whenComplete((_, cut) -> arrivals.add(new Arrival.End(cut)));
                answer.body().consume();
            } else {
                observation.failed();
                arrivals.add(new Arrival.End(failure));
            }
        });
    }

    /// Requests a path and waits for the response's status.
    ///
    /// @throws io.interlinkgateway.failure.GatewayException.ClusterUnavailable if there is no response within the
    ///     deadline
    public static StreamedResponse open(ApiServer apiServer, String path) {
        return open(apiServer, path, UnaryOperator.identity());
    }

    /// Requests a path whose response may start late.
    ///
    /// @param patience how long to wait for the response's status; less than the deadline
    /// @throws io.interlinkgateway.failure.GatewayException.ClusterUnavailable if the request failed
    static StreamedResponse openEarly(ApiServer apiServer, String path, Duration patience) {
        return open(
                apiServer,
                path,
                status -> status.completeOnTimeout(0, patience.toMillis(), TimeUnit.MILLISECONDS));
    }

    private static StreamedResponse open(
            ApiServer apiServer, String path, UnaryOperator<CompletableFuture<Integer>> waiting) {
        StreamedResponse stream = new StreamedResponse(apiServer, path);
        try {
            apiServer.await(waiting.apply(stream.response.thenApply(HttpResponse::code)));
            return stream;
        } catch (RuntimeException failure) {
            stream.close();
            throw failure;
        }
    }

    /// @return whether the response has started
    boolean isAnswered() {
        return response.state() == CompletableFuture.State.SUCCESS;
    }

    /// @return the HTTP status, once the response has started
    public int code() {
        return response.join().code();
    }

    /// @param patience how long to wait for more
    /// @return the next line, or nothing at the end of the response
    /// @throws IOException if the connection was lost, or nothing arrived in time
    public Optional<String> nextLine(Duration patience) throws IOException, InterruptedException {
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
            switch (next(patience)) {
                case LogStream.Part.Bytes more -> current = more.buffer();
                case LogStream.Part.Quiet _ -> throw new IOException("The response stalled.");
                case LogStream.Part.End _ -> {
                    return Optional.empty();
                }
            }
        }
    }

    /// @param patience how long to wait for more
    /// @return what arrived
    /// @throws IOException if the connection was lost
    LogStream.Part next(Duration patience) throws IOException, InterruptedException {
        return switch (arrivals.poll(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            case null -> new LogStream.Part.Quiet();
            case Arrival.Bytes taken -> {
                response.join().body().consume();
                yield new LogStream.Part.Bytes(taken.buffer);
            }
            case Arrival.End end -> {
                arrivals.add(end);
                if (end.cause != null) {
                    throw new IOException("The response ended early.", end.cause);
                }
                yield new LogStream.Part.End();
            }
        };
    }

    private void add(List<ByteBuffer> buffers) {
        int size = buffers.stream().mapToInt(ByteBuffer::remaining).sum();
        ByteBuffer copy = ByteBuffer.allocate(size);
        buffers.forEach(copy::put);
        arrivals.add(new Arrival.Bytes(copy.flip()));
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
