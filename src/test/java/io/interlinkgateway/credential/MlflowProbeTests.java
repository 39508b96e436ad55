package io.interlinkgateway.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.TrackingUri;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// Servers that are none of MLflow's, or do their worst.
@ExtendWith(OutputCaptureExtension.class)
class MlflowProbeTests {

    private static final MlflowCredential ADA =
            new MlflowCredential("ada", "s3cret-marker", Optional.empty());

    private final BlockingQueue<String> logins = new LinkedBlockingQueue<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final MlflowProbe probe =
            new MlflowProbe(new MlflowProperties(List.of(), true, Duration.ofSeconds(1)));
    private HttpServer server = create();

    private static HttpServer create() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /// How a server answers.
    @FunctionalInterface
    private interface Manner {
        void answer(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() {
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    @AfterEach
    void stop() throws IOException {
        end.countDown();
        server.stop(0);
        probe.destroy();
    }

    @Test
    void aRedirectIsNotFollowed() {
        manner(exchange -> {
            exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/");
            exchange.sendResponseHeaders(302, -1);
        });

        assertThat(ask()).isEqualTo(Verdict.NOT_MLFLOW);
        assertThat(logins).containsExactly("none");
    }

    @Test
    void aRedirectAfterTheLoginIsNotFollowedEither() {
        manner(exchange -> {
            if (exchange.getRequestHeaders().containsKey("Authorization")) {
                exchange.getResponseHeaders().add("Location", "/elsewhere");
                exchange.sendResponseHeaders(307, -1);
            } else {
                exchange.sendResponseHeaders(401, -1);
            }
        });

        assertThat(ask()).isEqualTo(Verdict.NOT_MLFLOW);
        assertThat(logins).hasSize(2);
    }

    @Test
    void aLoginPageIsNoMlflow() {
        manner(exchange -> send(exchange, 200, "text/html", "<html>log in</html>"));

        assertThat(ask()).isEqualTo(Verdict.NOT_MLFLOW);
        assertThat(logins).as("the password went nowhere").containsExactly("none");
    }

    @Test
    void jsonThatIsNoObjectIsNoMlflow() {
        manner(exchange -> send(exchange, 200, "application/json", "[]"));

        assertThat(ask()).isEqualTo(Verdict.NOT_MLFLOW);
    }

    @Test
    void aServerErrorIsNoVerdictOnTheCredential() {
        manner(exchange -> send(exchange, 500, "application/json", "{}"));

        assertThat(ask()).isEqualTo(Verdict.NOT_MLFLOW);
    }

    @Test
    void forbiddenIsTold() {
        manner(exchange ->
                exchange.sendResponseHeaders(
                        exchange.getRequestHeaders().containsKey("Authorization") ? 403 : 401, -1));

        assertThat(ask()).isEqualTo(Verdict.FORBIDDEN);
    }

    @Test
    void silenceEndsAtTheDeadline() {
        manner(exchange -> awaitEnd());

        assertThat(ask()).isEqualTo(Verdict.UNREACHABLE);
    }

    @Test
    void aBodyThatNeverEndsEndsAtTheDeadline() {
        manner(exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, 0);
            OutputStream body = exchange.getResponseBody();
            body.write('{');
            body.flush();
            awaitEnd();
        });

        assertThat(ask()).isEqualTo(Verdict.UNREACHABLE);
    }

    @Test
    void aClosedPortIsUnreachable() {
        server.stop(0);

        assertThat(ask()).isEqualTo(Verdict.UNREACHABLE);
    }

    @Test
    void anAddressThatMustNotBeCalledIsNotCalled() throws IOException {
        manner(exchange -> exchange.sendResponseHeaders(200, -1));
        MlflowProbe careful =
                new MlflowProbe(new MlflowProperties(List.of(), false, Duration.ofSeconds(1)));

        assertThatExceptionOfType(GatewayException.Rejected.class)
                .isThrownBy(() -> careful.ask(address("127.0.0.1"), ADA))
                .satisfies(rejected ->
                        assertThat(rejected.findings().getFirst().rule())
                                .isEqualTo("mlflow-address"));
        assertThatExceptionOfType(GatewayException.Rejected.class)
                .isThrownBy(() -> careful.ask(address("localhost"), ADA));
        assertThat(logins).isEmpty();
        careful.destroy();
    }

    @Test
    void thePasswordIsNotLogged(CapturedOutput output) {
        manner(exchange -> exchange.sendResponseHeaders(401, -1));

        assertThat(ask()).isEqualTo(Verdict.REFUSED);
        assertThat(logins).hasSize(2);
        assertThat(output.getAll()).doesNotContain("s3cret-marker", "YWRhOnMzY3JldC1tYXJrZXI");
    }

    private void manner(Manner manner) {
        server.createContext(
                "/",
                exchange -> {
                    String login = exchange.getRequestHeaders().getFirst("Authorization");
                    logins.add(login == null ? "none" : login);
                    manner.answer(exchange);
                    exchange.close();
                });
    }

    private static void send(HttpExchange exchange, int code, String type, String body)
            throws IOException {
        exchange.getResponseHeaders().add("Content-Type", type);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private void awaitEnd() throws IOException {
        try {
            end.await();
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
    }

    private Verdict ask() {
        return probe.ask(address("127.0.0.1"), ADA);
    }

    private TrackingUri address(String host) {
        return TrackingUri.parse("http://" + host + ":" + server.getAddress().getPort() + "/");
    }
}
