package io.interlinkgateway.cluster;

import io.interlinkgateway.job.Workspace;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Requests of every kind in one workspace, each kind at its pace, whatever becomes of those before.
final class Traffic {

    private static final String JSON = "application/json";
    private static final Duration PACE = Duration.ofMillis(500);

    private final GatewayProcess gateway;
    private final Workspace workspace;
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());

    /// What can be asked.
    enum Kind {
        SUBMIT,
        PREFLIGHT,
        GET,
        LIST,
        DELETE,
        LOG,
        NODES,
        PUT_CREDENTIAL,
        CREDENTIALS,
        HISTORY,
        LIVENESS
    }

    /// How a request ended.
    ///
    /// @param number of the request among those of its kind
    /// @param status 0 if the connection was cut
    record Answer(
            Kind kind,
            int number,
            int status,
            @Nullable String retryAfter,
            String body,
            Duration took) {

        boolean succeeded() {
            return status / 100 == 2;
        }

        /// Whether the client is told to come back.
        boolean isForLater() {
            return (status == 503 || status == 504)
                    && retryAfter != null
                    && body.contains("\"/problems/");
        }

        /// A log's answer that has begun can only be cut off.
        boolean isCutLog() {
            return kind == Kind.LOG && status == 0;
        }
    }

    Traffic(GatewayProcess gateway, Workspace workspace) {
        this.gateway = gateway;
        this.workspace = workspace;
    }

    // What a task could say is in the answers.
    @SuppressWarnings("FutureReturnValueIgnored")
    void start() {
        for (Kind kind : Kind.values()) {
            Runnable one =
                    new Runnable() {
                        private int number;

                        @Override
                        public void run() {
                            int now = number++;
                            threads.submit(() -> answers.add(ask(kind, now)));
                        }
                    };
            clock.scheduleAtFixedRate(
                    one,
                    ThreadLocalRandom.current().nextLong(PACE.toMillis()),
                    PACE.toMillis(),
                    TimeUnit.MILLISECONDS);
        }
    }

    /// Sends no more.
    void stop() {
        clock.shutdownNow();
    }

    /// @return all answers, once they are there
    List<Answer> answers() throws InterruptedException {
        clock.awaitTermination(1, TimeUnit.SECONDS);
        threads.shutdown();
        if (!threads.awaitTermination(100, TimeUnit.SECONDS)) {
            throw new AssertionError("A request has no answer.");
        }
        return List.copyOf(answers);
    }

    /// Sends one request.
    Answer ask(Kind kind, int number) throws InterruptedException {
        long before = System.nanoTime();
        try {
            HttpResponse<String> answer = send(kind, number);
            return new Answer(
                    kind,
                    number,
                    answer.statusCode(),
                    answer.headers().firstValue("Retry-After").orElse(null),
                    answer.body(),
                    Duration.ofNanos(System.nanoTime() - before));
        } catch (IOException cut) {
            Duration took = Duration.ofNanos(System.nanoTime() - before);
            return new Answer(kind, number, 0, null, cut.toString(), took);
        }
    }

    private HttpResponse<String> send(Kind kind, int number)
            throws IOException, InterruptedException {
        return switch (kind) {
            case SUBMIT -> send("POST", "/jobs", FaultsIT.JOB, "Idempotency-Key", "key-" + number);
            case PREFLIGHT -> send("POST", "/jobs/preflight", FaultsIT.JOB);
            case GET -> send("GET", "/jobs/logs", "");
            case LIST -> send("GET", "/jobs?limit=500", "");
            case DELETE -> send("DELETE", "/jobs/doomed-" + number, "");
            case LOG -> send("GET", "/jobs/logs/logs?tailLines=5", "");
            case NODES -> send("GET", "/nodes", "");
            case PUT_CREDENTIAL ->
                    send(
                            "PUT",
                            "/mlflow-credentials/c-" + number % 5,
                            "{\"username\": \"u\", \"password\": \"p-" + number + "\"}");
            case CREDENTIALS -> send("GET", "/mlflow-credentials", "");
            case HISTORY -> send("GET", "/history/jobs", "");
            case LIVENESS -> gateway.send("GET", "/actuator/health/liveness", JSON, "");
        };
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        String address =
                "/api/v1" + path + (path.contains("?") ? "&" : "?") + "workspace=" + workspace;
        return gateway.send(method, address, JSON, body, headers);
    }
}
