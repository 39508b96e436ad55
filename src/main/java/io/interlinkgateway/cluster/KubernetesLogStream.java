package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.log.LogStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A log as it comes. No thread waits for it but its reader, and no more is asked for than the reader takes:
/// the client's own log watch keeps its connection when it is closed, and can't skip the kubelet's
/// certificate.
final class KubernetesLogStream implements LogStream {

    private static final int LONGEST_REFUSAL = 4096;

    /// What comes out of the queue.
    private sealed interface Arrival {

        record Bytes(ByteBuffer buffer) implements Arrival {}

        record End(@Nullable Throwable cut) implements Arrival {}
    }

    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final CompletableFuture<HttpResponse<AsyncBody>> response;
    private final ApiServer apiServer;

    // What the ignored futures could say, the callbacks have said.
    @SuppressWarnings("FutureReturnValueIgnored")
    private KubernetesLogStream(HttpClient http, HttpRequest request, ApiServer apiServer) {
        this.apiServer = apiServer;
        response = http.consumeBytes(request, (buffers, _) -> add(buffers));
        response.whenComplete((answer, failure) -> {
            if (failure == null) {
                answer.body().done().whenComplete((_, cut) -> arrivals.add(new Arrival.End(cut)));
                answer.body().consume();
            } else {
                arrivals.add(new Arrival.End(failure));
            }
        });
    }

    /// Opens a log, and waits for the first sign of it. A silent job may send that late when it is followed:
    /// then the stream is given out without it.
    ///
    /// @throws GatewayException by what the API server answered
    static KubernetesLogStream open(ApiServer apiServer, String path, boolean follow) {
        HttpClient http = apiServer.client().getHttpClient();
        KubernetesLogStream stream =
                new KubernetesLogStream(
                        http,
                        http.newHttpRequestBuilder()
                                .uri(apiServer.uri(path))
                                .timeout(0, TimeUnit.SECONDS)
                                .build(),
                        apiServer);
        try {
            HttpResponse<AsyncBody> answer =
                    apiServer.await(
                            stream.response
                                    .copy()
                                    .completeOnTimeout(
                                            null,
                                            follow
                                                    ? apiServer.deadline().toMillis() / 2
                                                    : Long.MAX_VALUE,
                                            TimeUnit.MILLISECONDS));
            if (answer != null && answer.code() != 200) {
                throw stream.refusal();
            }
            return stream;
        } catch (GatewayException failure) {
            stream.close();
            throw failure;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            stream.close();
            throw apiServer.silent(stopped);
        }
    }

    private GatewayException refusal() throws InterruptedException {
        ByteArrayOutputStream words = new ByteArrayOutputStream();
        while (words.size() < LONGEST_REFUSAL
                && arrivals.poll(apiServer.deadline().toMillis(), TimeUnit.MILLISECONDS)
                        instanceof Arrival.Bytes bytes) {
            byte[] part = new byte[bytes.buffer.remaining()];
            bytes.buffer.get(part);
            words.writeBytes(part);
            response.join().body().consume();
        }
        int code = response.join().code();
        ApiServer.Answer answer =
                new ApiServer.Answer(code, words.toString(StandardCharsets.UTF_8));
        return switch (code) {
            case 404 -> new GatewayException.NotFound("log of this job", "");
            case 400 ->
                    new GatewayException.ClusterUnavailable(
                            String.valueOf(answer.status().getMessage()));
            default -> apiServer.refused(code, answer.status());
        };
    }

    private void add(List<ByteBuffer> buffers) {
        int size = buffers.stream().mapToInt(ByteBuffer::remaining).sum();
        ByteBuffer copy = ByteBuffer.allocate(size);
        buffers.forEach(copy::put);
        arrivals.add(new Arrival.Bytes(copy.flip()));
    }

    @Override
    public Part next(Duration patience) throws IOException, InterruptedException {
        if (response.state() == CompletableFuture.State.SUCCESS && response.join().code() != 200) {
            throw refusal();
        }
        return switch (arrivals.poll(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            case null -> new Part.Quiet();
            case Arrival.Bytes bytes -> {
                response.join().body().consume();
                yield new Part.Bytes(bytes.buffer);
            }
            case Arrival.End end -> {
                arrivals.add(end);
                if (end.cut != null) {
                    throw new IOException("The log broke off.", end.cut);
                }
                yield new Part.End();
            }
        };
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
