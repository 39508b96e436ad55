package io.interlinkgateway.load;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Jobs that come and go while they are asked for and followed, and each minute what the gateway holds: of what it
/// does not let go of there is more and more.
final class Soak {

    private static final String QUERY = "?workspace=" + LoadBenchmark.SUBMITS;
    private static final String JOB =
            """
            {"name": "NAME", "node": "hpc-1", "image": "/images/busybox.sif", "command": ["true"],
             "labels": {"ends": "ENDS"}, "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}
            """;

    /// How many jobs there are at a time.
    private static final int JOBS = 200;

    private static final int CLIENTS = 4;
    private static final long PACE_MILLIS = 800;
    private static final long STREAM_SECONDS = 3;

    private final Gateway gateway;
    private final URI address;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2 * CLIENTS);
    private final AtomicInteger last = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();

    private Soak(Gateway gateway, URI address) {
        this.gateway = gateway;
        this.address = address;
    }

    /// @param arguments the control plane's folder, the gateway's address, and how many minutes
    static void main(String[] arguments) throws Exception {
        URI address = URI.create(arguments[1]);
        RunningProcess process =
                RunningProcess.of(Files.readString(Path.of(arguments[0], "gateway.pid")));
        try (Gateway gateway = new Gateway(address, process)) {
            new Soak(gateway, address).run(Integer.parseInt(arguments[2]));
        }
    }

    private void run(int minutes) throws Exception {
        for (int client = 0; client < CLIENTS; client++) {
            every(PACE_MILLIS, this::comeAndGo);
            every(PACE_MILLIS, this::follow);
        }
        System.out.print(
                """
                | minute | requests | streams | failures | resident, MB | live heap, MB | threads | open files | of them sockets |
                |---|---|---|---|---|---|---|---|---|
                """);
        CountDownLatch end = new CountDownLatch(minutes);
        every(60_000, () -> print(minutes, end));
        end.await();
        clock.shutdownNow();
    }

    private interface Step {
        void take() throws IOException, InterruptedException, ExecutionException;
    }

    // What a step could say is counted.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void every(long millis, Step step) {
        clock.scheduleAtFixedRate(
                () -> {
                    try {
                        step.take();
                    } catch (IOException | ExecutionException | RuntimeException failure) {
                        failures.incrementAndGet();
                        System.err.println(failure.getMessage());
                    } catch (InterruptedException stopped) {
                        Thread.currentThread().interrupt();
                    }
                },
                millis,
                millis,
                TimeUnit.MILLISECONDS);
    }

    private static String job(int number) {
        return "/api/v1/jobs/soak-" + number;
    }

    private void comeAndGo() throws InterruptedException, ExecutionException {
        int number = last.incrementAndGet();
        String job =
                JOB.replace("NAME", "soak-" + number)
                        .replace("ENDS", number % 2 == 0 ? "running" : "queued");
        gateway.send("POST", "/api/v1/jobs" + QUERY, job);
        gateway.get(job(number) + QUERY);
        gateway.get("/api/v1/jobs" + QUERY + "&limit=50");
        gateway.get("/api/v1/nodes" + QUERY);
        requests.addAndGet(4);
        if (number > JOBS) {
            gateway.send("DELETE", job(number - JOBS) + QUERY, "");
            requests.incrementAndGet();
        }
    }

    /// Streams that their readers leave, as browsers do.
    private void follow() throws IOException, InterruptedException {
        leaveLater("/api/v1/events" + QUERY);
        if (last.get() > CLIENTS) {
            leaveLater(job(last.get() - CLIENTS) + "/logs" + QUERY + "&follow=true");
        }
    }

    // Nobody waits for the end.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void leaveLater(String path) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer =
                http.send(
                        HttpRequest.newBuilder(address.resolve(path))
                                .header("Accept", "text/event-stream")
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        streams.incrementAndGet();
        if (answer.statusCode() != 200) {
            failures.incrementAndGet();
        }
        clock.schedule(
                () -> {
                    answer.body().close();
                    return answer;
                },
                STREAM_SECONDS,
                TimeUnit.SECONDS);
    }

    private void print(int minutes, CountDownLatch end)
            throws IOException, InterruptedException, ExecutionException {
        double live = gateway.liveHeap();
        RunningProcess process = gateway.process();
        System.out.printf(
                "| %d | %d | %d | %d | %.0f | %.1f | %d | %d | %d |%n",
                minutes - end.getCount() + 1,
                requests.get(),
                streams.get(),
                failures.get(),
                process.resident(),
                live,
                process.threads(),
                process.openFiles(),
                process.sockets());
        end.countDown();
    }
}
