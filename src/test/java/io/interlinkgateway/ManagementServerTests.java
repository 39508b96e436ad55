package io.interlinkgateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;

/// The probes on a port of their own.
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"management.server.port=0", "management.server.address=127.0.0.1"})
@Isolated("it takes all threads that virtual threads run on")
class ManagementServerTests {

    private static final Duration SOON = Duration.ofMinutes(1);
    private static final String LIVENESS =
            "GET /actuator/health/liveness HTTP/1.1\r\nHost: localhost\r\n";

    @LocalServerPort private int port;
    @LocalManagementPort private int managementPort;

    private final AtomicBoolean end = new AtomicBoolean();
    private final List<Thread> spinning = new ArrayList<>();
    private final List<Socket> connections = new ArrayList<>();

    @AfterEach
    void endAll() throws Exception {
        end.set(true);
        for (Thread thread : spinning) {
            thread.join();
        }
        for (Socket connection : connections) {
            connection.close();
        }
    }

    @Test
    void livenessAnswersWhileNoVirtualThreadCanRun() throws Exception {
        for (int number = 0; number < Runtime.getRuntime().availableProcessors(); number++) {
            spinning.add(
                    Thread.startVirtualThread(() -> {
                        while (!end.get()) {
                            Thread.onSpinWait();
                        }
                    }));
        }

        assertThat(answer(managementPort, LIVENESS + "\r\n")).contains("{\"status\":\"UP\"}");
    }

    @Test
    void bodiesThatNeverComeHoldNoThread() throws Exception {
        for (int number = 0; number < 100; number++) {
            Socket connection = new Socket(InetAddress.getLoopbackAddress(), managementPort);
            connections.add(connection);
            connection
                    .getOutputStream()
                    .write((LIVENESS + "Content-Length: 100\r\n\r\n").getBytes(UTF_8));
        }

        assertThat(answer(managementPort, LIVENESS + "\r\n")).contains("{\"status\":\"UP\"}");
    }

    @Test
    void answersThatNobodyReadsHoldFewThreads() throws Exception {
        String metrics = "GET /actuator/prometheus HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(200);
        for (int number = 0; number < 40; number++) {
            Socket slow = new Socket();
            slow.setReceiveBufferSize(1024);
            slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), managementPort));
            connections.add(slow);
            slow.getOutputStream().write(metrics.getBytes(UTF_8));
        }

        assertThat(answer(managementPort, LIVENESS + "\r\n")).contains("{\"status\":\"UP\"}");
    }

    @Test
    void theApiIsNotThereAndTheProbesAreNotElsewhere() throws Exception {
        String nodes = "GET /api/v1/nodes HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

        // Answers of another test may still be written for some seconds.
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(answer(managementPort, nodes)).startsWith("HTTP/1.1 404"));
        assertThat(answer(port, LIVENESS + "Connection: close\r\n\r\n")).startsWith("HTTP/1.1 404");
    }

    private static String answer(int port, String request) throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout(Math.toIntExact(SOON.toMillis()));
            client.getOutputStream().write(request.getBytes(UTF_8));
            byte[] answer = new byte[8192];
            int read = client.getInputStream().read(answer);
            return new String(answer, 0, Math.max(read, 0), UTF_8);
        }
    }
}
