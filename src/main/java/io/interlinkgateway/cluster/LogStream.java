package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.interlinkgateway.job.GatewayException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A log as it comes. No thread waits for it but its reader, and no more is asked for than the reader takes:
/// the client's own log watch keeps its connection when it is closed, and can't skip the kubelet's
/// certificate.
final class LogStream extends InputStream {

    private static final int LONGEST_REFUSAL = 4096;

    /// What comes out of the queue.
    private sealed interface Part {

        record Bytes(ByteBuffer buffer) implements Part {}

        record End() implements Part {}

        record Failure(Throwable cause) implements Part {}
    }

    private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
    private final CompletableFuture<HttpResponse<AsyncBody>> response;
    private ByteBuffer current = ByteBuffer.allocate(0);
    private @Nullable Part last;

    // What the ignored futures could say, the callbacks have said.
    @SuppressWarnings("FutureReturnValueIgnored")
    private LogStream(HttpClient http, HttpRequest request) {
        response = http.consumeBytes(request, (buffers, _) -> add(buffers));
        response.whenComplete((answer, failure) -> {
            if (failure == null) {
                answer.body().done().whenComplete((_, cut) -> end(cut));
                answer.body().consume();
            } else {
                end(failure);
            }
        });
    }

    /// Opens a log, and waits for the first sign of it. A silent job may send that late when it is followed:
    /// then the stream is given out without it.
    ///
    /// @throws GatewayException by what the API server answered
    static LogStream open(ApiServer apiServer, String path, boolean follow) {
        HttpClient http = apiServer.client().getHttpClient();
        LogStream stream =
                new LogStream(
                        http,
                        http.newHttpRequestBuilder()
                                .uri(apiServer.uri(path))
                                .timeout(0, TimeUnit.SECONDS)
                                .build());
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
                throw refusal(answer.code(), stream);
            }
            return stream;
        } catch (GatewayException failure) {
            stream.close();
            throw failure;
        }
    }

    private static GatewayException refusal(int code, LogStream stream) {
        try {
            String text = new String(stream.readNBytes(LONGEST_REFUSAL), StandardCharsets.UTF_8);
            ApiServer.Answer answer = new ApiServer.Answer(code, text);
            return switch (code) {
                case 404 -> new GatewayException.NotFound("log of this job", "");
                case 400 ->
                        new GatewayException.ClusterUnavailable(
                                String.valueOf(answer.status().getMessage()));
                default -> ApiServer.refused(code, answer.status());
            };
        } catch (IOException cut) {
            return ApiServer.silent(cut);
        }
    }

    private void add(List<ByteBuffer> buffers) {
        int size = buffers.stream().mapToInt(ByteBuffer::remaining).sum();
        ByteBuffer copy = ByteBuffer.allocate(size);
        buffers.forEach(copy::put);
        parts.add(new Part.Bytes(copy.flip()));
    }

    private void end(@Nullable Throwable cut) {
        parts.add(cut == null ? new Part.End() : new Part.Failure(cut));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        while (!current.hasRemaining()) {
            switch (next()) {
                case Part.Bytes taken -> {
                    current = taken.buffer;
                    response.join().body().consume();
                }
                case Part.End _ -> {
                    return -1;
                }
                case Part.Failure failure ->
                        throw new IOException("The log broke off.", failure.cause);
            }
        }
        int taken = Math.min(length, current.remaining());
        current.get(bytes, offset, taken);
        return taken;
    }

    private Part next() throws IOException {
        if (last != null) {
            return last;
        }
        try {
            Part part = parts.take();
            if (!(part instanceof Part.Bytes)) {
                last = part;
            }
            return part;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Stopped while waiting for a log.");
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
