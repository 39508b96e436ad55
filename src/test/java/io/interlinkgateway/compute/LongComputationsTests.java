package io.interlinkgateway.compute;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.SharedGateway;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;

/// Requests beside computations that take all threads for as long as a test wants.
@SharedGateway
@Isolated("it takes all processors")
class LongComputationsTests {

    private static final Duration SOON = Duration.ofMinutes(1);
    private static final String JOB =
            "{\"node\": \"sandbox\", \"image\": \"/i.sif\", \"command\": [\"true\"]}";
    private static final String PREFLIGHT =
            "POST /api/v1/jobs/preflight HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/json\r\nContent-Length: "
                    + JOB.length()
                    + "\r\n\r\n"
                    + JOB;

    @LocalServerPort private int port;
    @Autowired private ComputeThreads compute;
    @Autowired private MeterRegistry meters;

    private final ExecutorService others = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicBoolean end = new AtomicBoolean();

    /// Each computation is another caller's, for one caller gets half of the threads.
    @BeforeEach
    void takeAllThreads() {
        int threads = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());
        AtomicInteger running = new AtomicInteger();
        for (int number = 0; number < threads; number++) {
            String caller = "caller-" + number;
            others.execute(() -> {
                SecurityContextHolder.getContext()
                        .setAuthentication(new TestingAuthenticationToken(caller, ""));
                compute.run(() -> {
                    running.incrementAndGet();
                    while (!end.get()) {
                        Thread.onSpinWait();
                    }
                    return true;
                });
            });
        }
        await().until(() -> running.get() == threads);
    }

    @AfterEach
    void giveThemBack() {
        end.set(true);
        others.close();
    }

    @Test
    void livenessAnswersWhileAllThreadsCompute() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest liveness =
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "http://localhost:"
                                                    + port
                                                    + "/actuator/health/liveness"))
                            .timeout(SOON)
                            .build();

            assertThat(client.send(liveness, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aClientThatLeftEndsItsRequest() throws Exception {
        long before = left();

        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.getOutputStream().write(PREFLIGHT.getBytes(UTF_8));
        }

        await().atMost(SOON).until(() -> left() == before + 1);
    }

    private long left() {
        return meters.find("http.server.requests").tag("status", "499").timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }
}
