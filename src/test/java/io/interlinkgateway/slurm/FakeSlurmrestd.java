package io.interlinkgateway.slurm;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.interlinkgateway.slurm.NodeProperties.SlurmrestdProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/// Answers what a test puts in, as slurmrestd does or should not.
final class FakeSlurmrestd implements AutoCloseable {

    /// Answers one request.
    interface Handler {

        void handle(HttpExchange exchange) throws IOException;
    }

    private final Map<String, Handler> answers = new ConcurrentHashMap<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger inside = new AtomicInteger();

    /// All requests so far: method, path, user and token.
    final List<String> requests = new CopyOnWriteArrayList<>();

    /// The most requests that were open at a time.
    final AtomicInteger most = new AtomicInteger();

    FakeSlurmrestd() {
        this(null);
    }

    FakeSlurmrestd(@Nullable SSLContext tls) {
        try {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            if (tls == null) {
                server = HttpServer.create(address, 0);
            } else {
                HttpsServer secure = HttpsServer.create(address, 0);
                secure.setHttpsConfigurator(new HttpsConfigurator(tls));
                server = secure;
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
        try (exchange) {
            String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            requests.add(
                    Stream.of(
                                    request,
                                    exchange.getRequestHeaders().getFirst("X-SLURM-USER-NAME"),
                                    exchange.getRequestHeaders().getFirst("X-SLURM-USER-TOKEN"))
                            .filter(text -> text != null)
                            .collect(Collectors.joining(" ")));
            answers.getOrDefault(
                            request,
                            answering(
                                    404,
                                    "Unable find requested URL. Please view /openapi/v3 for API"
                                            + " reference."))
                    .handle(exchange);
        } finally {
            inside.decrementAndGet();
        }
    }

    static Handler answering(int status, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    /// @param request method and path
    void on(String request, Handler handler) {
        answers.put(request, handler);
    }

    void onJobs(String version, Handler handler) {
        on("GET /slurm/" + version + "/jobs", handler);
    }

    /// Jobs with a name, an id and a state each, as v0.0.38 has them.
    static String jobs(String... jobs) {
        return Stream.of(jobs)
                .map(job -> {
                    List<String> parts = List.of(job.split(" ", -1));
                    return """
                    {"name": "%s", "job_id": %s, "job_state": "%s", "user_name": "%s",
                     "command": "/ceph/team-%s/job.slurm", "state_reason": "None"}
                    """
                            .formatted(
                                    parts.get(0),
                                    parts.get(1),
                                    parts.get(2),
                                    parts.size() > 3 ? parts.get(3) : "interlink",
                                    parts.get(0));
                })
                .collect(Collectors.joining(", ", "{\"jobs\": [", "], \"errors\": []}"));
    }

    String address() {
        return (server instanceof HttpsServer ? "https" : "http") + "://localhost:" + port();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /// The defaults, but quick.
    SlurmrestdProperties properties() {
        return properties(null, null, null, false);
    }

    SlurmrestdProperties properties(
            @Nullable String version,
            @Nullable Path tokenFile,
            @Nullable Path caFile,
            boolean cancelOrphans) {
        return properties(version, tokenFile, caFile, DataSize.ofKilobytes(512), cancelOrphans);
    }

    SlurmrestdProperties properties(
            @Nullable String version,
            @Nullable Path tokenFile,
            @Nullable Path caFile,
            DataSize maxAnswer,
            boolean cancelOrphans) {
        return new SlurmrestdProperties(
                address(),
                version,
                tokenFile == null ? null : "interlink",
                tokenFile,
                caFile,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                maxAnswer,
                false,
                cancelOrphans);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
