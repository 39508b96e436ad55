package io.interlinkgateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.caller.LocalIssuer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/// More connections than the gateway has threads, bodies that never come and headers that never end. None of it may keep
/// the gateway from answering.
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "gateway.security.mode=authenticated",
            "server.jetty.threads.max=40",
            "gateway.connections.max=30",
            "gateway.connections.unauthenticated-timeout=8s",
            "gateway.body.longest-pause=2s",
            "gateway.body.deadline=6s",
            "gateway.events.heartbeat=1s"
        })
class UnauthenticatedConnectionsTests {

    private static final LocalIssuer ISSUER = new LocalIssuer();

    /// Before the fix such connections were silent for five minutes.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String UNFINISHED = "Content-Length: 100000\r\n\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";

    private final List<Socket> opened = new ArrayList<>();

    @LocalServerPort private int port;

    @Autowired private MeterRegistry meters = new SimpleMeterRegistry();

    @DynamicPropertySource
    static void issuer(DynamicPropertyRegistry properties) {
        properties.add("gateway.security.issuers[0].uri", ISSUER::uri);
        properties.add("gateway.security.issuers[0].audiences", () -> LocalIssuer.AUDIENCE);
        properties.add("gateway.security.issuers[0].rules[0].claim", () -> "sub");
        properties.add("gateway.security.issuers[0].rules[0].value", () -> "ada");
        properties.add("gateway.security.issuers[0].rules[0].workspace", () -> "ada");
    }

    @AfterEach
    void closeAll() throws IOException {
        for (Socket socket : opened) {
            socket.close();
        }
    }

    @AfterAll
    static void stopIssuer() {
        ISSUER.close();
    }

    private Socket send(String request) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        opened.add(socket);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.getOutputStream().write(request.getBytes(UTF_8));
        return socket;
    }

    private Socket sendHead(String line, String... headers) throws IOException {
        return send(line + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("", headers));
    }

    private static String known() {
        return "Authorization: Bearer " + ISSUER.token("ada") + "\r\n";
    }

    private static String answer(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }

    private void assertAlive() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> liveness =
                    http.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    "http://localhost:"
                                                            + port
                                                            + "/actuator/health/liveness"))
                                    .timeout(PATIENCE)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(liveness.statusCode()).as(liveness.body()).isEqualTo(200);
        }
    }

    private double refusals(String cause) {
        return meters.get("gateway.refusals").tag("cause", cause).counter().count();
    }

    /// Beginnings of requests without a token, with a made-up one, and to open addresses.
    private static final List<String> UNAUTHENTICATED =
            List.of(
                    "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\n" + JSON,
                    "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\n"
                            + JSON
                            + "Authorization: Bearer made-up\r\n",
                    "PUT /api/v1/jobs/x HTTP/1.1\r\nHost: localhost\r\n" + FORM,
                    "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\n" + FORM,
                    "POST /error HTTP/1.1\r\nHost: localhost\r\n" + FORM,
                    "GET /actuator/health HTTP/1.1\r\nHost: localhost\r\n",
                    "GET /v3/api-docs HTTP/1.1\r\nHost: localhost\r\n",
                    "GET /problems/not-found HTTP/1.1\r\nHost: localhost\r\n");

    @Test
    void theBodyOfAnUnauthenticatedRequestIsNotAwaited() throws IOException {
        // It is created once, which may take longer than the timeout.
        assertThat(answer(sendHead("GET /v3/api-docs", known(), "Connection: close\r\n\r\n")))
                .contains(" 200 ");
        for (String head : UNAUTHENTICATED) {
            Socket socket = send(head + UNFINISHED);

            assertThat(answer(socket))
                    .as(head)
                    .matches("(?s)HTTP/1.1 (401|200|404).*")
                    .containsIgnoringCase("\r\nConnection: close\r\n");
        }
    }

    @Test
    void moreConnectionsThanThreadsDoNotBlockOthers() throws Exception {
        double before = refusals("no-token");
        for (int round = 0; round < 10; round++) {
            for (String head : UNAUTHENTICATED) {
                send(head + UNFINISHED);
                // Refused requests' connections end, unfinished ones are held.
                send(head);
            }
            assertAlive();
        }
        assertThat(refusals("too-many-connections")).isPositive();
        assertThat(refusals("no-token")).isGreaterThan(before);

        closeAll();

        for (int sent = 0; sent < 20; sent++) {
            sendHead("GET /api/v1/workspaces", known(), "\r\n");
        }
        for (Socket socket : opened.subList(opened.size() - 20, opened.size())) {
            assertThat(statusLine(socket)).contains(" 200 ");
        }
    }

    @Test
    void slowBodiesEndWhileOthersAreServed() throws Exception {
        double before = refusals("body-too-slow");
        List<Socket> slow = new ArrayList<>();
        for (int sent = 0; sent < 20; sent++) {
            slow.add(sendHead("POST /api/v1/jobs", JSON, known(), UNFINISHED));
        }
        assertAlive();

        for (Socket socket : slow) {
            assertThat(answer(socket))
                    .startsWith("HTTP/1.1 408 ")
                    .contains("/problems/body-too-slow");
        }
        assertThat(refusals("body-too-slow") - before).isEqualTo(20);
    }

    /// Each byte comes before the longest pause ends, but all of them would take a day.
    @Test
    void aBodyThatTricklesEnds() throws IOException {
        Socket socket = sendHead("POST /api/v1/jobs", JSON, known(), UNFINISHED);
        FutureTask<String> answer = new FutureTask<>(() -> statusLine(socket));
        Thread.startVirtualThread(answer);

        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    writeIfOpen(socket);
                    return answer.isDone();
                });

        assertThat(answer.resultNow()).startsWith("HTTP/1.1 408 ");
    }

    private static void writeIfOpen(Socket socket) {
        try {
            socket.getOutputStream().write(' ');
        } catch (IOException closed) {
            // The answer was sent before.
        }
    }

    private static String statusLine(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
    }

    @Test
    void whoSendsTooMuchGetsToTheAnswer() throws IOException {
        int size = 5_000_000;
        Socket socket =
                sendHead(
                        "POST /api/v1/jobs", JSON, known(), "Content-Length: " + size + "\r\n\r\n");

        socket.getOutputStream().write("\"".getBytes(UTF_8));
        socket.getOutputStream().write("x".repeat(size - 1).getBytes(UTF_8));
        socket.shutdownOutput();

        assertThat(answer(socket)).startsWith("HTTP/1.1 413 ");
    }

    /// Too large, and the rest of it never comes.
    @Test
    void theRestOfARefusedBodyIsNotWaitedForLong() throws IOException {
        Socket socket =
                sendHead("POST /api/v1/jobs", JSON, known(), "Content-Length: 5000000\r\n\r\n");

        socket.getOutputStream().write(("\"" + "x".repeat(2_000_000)).getBytes(UTF_8));

        assertThat(answer(socket)).startsWith("HTTP/1.1 413 ");
    }

    @Test
    void unfinishedHeadersEnd() throws IOException {
        Socket silent = send("");
        Socket trickling = send("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ");
        silent.setSoTimeout(1);
        trickling.setSoTimeout(1);

        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> {
                    writeIfOpen(trickling);
                    assertThat(isEnded(trickling)).isTrue();
                    assertThat(isEnded(silent)).isTrue();
                });
    }

    private static boolean isEnded(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void aStreamOutlastsTheTimeoutOfUnauthenticatedConnections() throws Exception {
        Socket socket = sendHead("GET /api/v1/events", known(), "\r\n");
        BufferedReader stream =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        assertThat(stream.readLine()).contains(" 200 ");

        for (int sent = 0; sent < 100; sent++) {
            send(UNAUTHENTICATED.getFirst() + UNFINISHED);
        }

        Socket unauthenticated = send("");
        Socket slow = sendHead("POST /api/v1/jobs", JSON, known(), UNFINISHED);
        assertThat(isEnded(unauthenticated)).isTrue();
        assertThat(answer(slow)).startsWith("HTTP/1.1 408 ");

        // What was sent until now, and then the next heartbeat.
        while (stream.ready()) {
            stream.readLine();
        }
        assertThat(stream.readLine()).isNotNull();
    }
}
