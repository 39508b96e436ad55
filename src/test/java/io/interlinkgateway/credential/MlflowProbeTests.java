package io.interlinkgateway.credential;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.interlinkgateway.bench.LoopbackServer;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.TrackingUri;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// Servers that are none of MLflow's, or do their worst.
@ExtendWith(OutputCaptureExtension.class)
class MlflowProbeTests {

    private static final MlflowCredential ADA =
            new MlflowCredential("ada", "s3cret-marker", Optional.empty());

    private static final MlflowCredential TOKEN =
            new MlflowCredential(new MlflowLogin.Token("t0ken-marker"), Optional.empty());

    private final BlockingQueue<String> logins = new LinkedBlockingQueue<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final MlflowProbe probe =
            new MlflowProbe(new MlflowProperties(List.of(), true, Duration.ofMinutes(1)));

    private final MlflowProbe withShortTimeout =
            new MlflowProbe(new MlflowProperties(List.of(), true, Duration.ofSeconds(2)));
    private HttpServer server = LoopbackServer.create();

    /// How a server answers.
    @FunctionalInterface
    private interface Manner {
        void answer(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
    }

    @Test
    void aRedirectIsNotFollowed() {
        manner(exchange -> {
            exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/");
            exchange.sendResponseHeaders(302, -1);
        });

        assertThat(outcome())
                .isEqualTo(
                        new MlflowProbe.Outcome(
                                Verdict.REDIRECTED, Optional.of("http://127.0.0.1:1/")));
        assertThat(logins).hasSize(2);
    }

    @Test
    void aRedirectOfTheApiIsReportedAsATrackingUri() {
        manner(exchange -> {
            exchange.getResponseHeaders()
                    .add("Location", "https://mlflow.example.org/base" + exchange.getRequestURI());
            exchange.sendResponseHeaders(308, -1);
        });

        assertThat(outcome().redirect()).contains("https://mlflow.example.org/base/");
    }

    @Test
    void aRedirectThatContainsTheCredentialIsNotReported() {
        manner(exchange -> {
            String login = exchange.getRequestHeaders().getFirst("Authorization");
            String credential = login == null ? "" : login.substring("Basic ".length());
            exchange.getResponseHeaders()
                    .add("Location", "/" + credential + exchange.getRequestURI());
            exchange.sendResponseHeaders(302, -1);
        });

        assertThat(outcome())
                .isEqualTo(new MlflowProbe.Outcome(Verdict.REDIRECTED, Optional.empty()));
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

        assertThat(ask()).isEqualTo(Verdict.REDIRECTED);
        assertThat(logins).hasSize(2);
    }

    @Test
    void aLoginPageIsNoMlflow() {
        manner(exchange -> send(exchange, 200, "text/html", "<html>log in</html>"));

        assertThat(ask()).isEqualTo(Verdict.NOT_MLFLOW);
    }

    /// As plugins of MLflow for single sign-on answer those who have not logged in.
    @ParameterizedTest
    @ValueSource(ints = {200, 302, 403, 404})
    void theCredentialIsTriedWhateverTheResponseWithoutIt(int code) {
        manner(exchange -> {
            if (exchange.getRequestHeaders().containsKey("Authorization")) {
                send(exchange, 200, "application/json", "{\"experiments\": []}");
            } else {
                send(exchange, code, "text/html", "<html>log in</html>");
            }
        });

        assertThat(ask()).isEqualTo(Verdict.ACCEPTED);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 502, 503, 504})
    void aBusyServerLeavesTheCredentialUnverified(int code) {
        manner(exchange -> send(exchange, code, "text/html", "<html>later</html>"));

        assertThat(ask()).isEqualTo(Verdict.TRY_LATER);
    }

    @Test
    void aServerThatTakesTokensAloneAsksForOne() {
        challenging("Bearer realm=\"mlflow\"");

        assertThat(ask()).isEqualTo(Verdict.TOKEN_REQUIRED);
        assertThat(probe.ask(address("127.0.0.1"), TOKEN).verdict()).isEqualTo(Verdict.REFUSED);
        assertThat(logins).last().isEqualTo("Bearer t0ken-marker");
    }

    @Test
    void aServerThatTakesPasswordsAloneAsksForOne() {
        challenging("Basic realm=\"mlflow\"");

        assertThat(probe.ask(address("127.0.0.1"), TOKEN).verdict())
                .isEqualTo(Verdict.PASSWORD_REQUIRED);
    }

    @Test
    void aServerThatTakesBothRefuses() {
        challenging("Bearer realm=\"mlflow\", Basic realm=\"mlflow\"");

        assertThat(ask()).isEqualTo(Verdict.REFUSED);
        assertThat(probe.ask(address("127.0.0.1"), TOKEN).verdict()).isEqualTo(Verdict.REFUSED);
    }

    private void challenging(String challenge) {
        manner(exchange -> {
            exchange.getResponseHeaders().add("WWW-Authenticate", challenge);
            exchange.sendResponseHeaders(401, -1);
        });
    }

    @Test
    void jsonThatIsNoObjectIsNoMlflow() {
        manner(exchange -> send(exchange, 200, "application/json", "[]"));

        assertThat(ask()).isEqualTo(Verdict.NOT_MLFLOW);
    }

    @Test
    void jsonOfSomethingElseIsNoMlflow() {
        manner(exchange -> send(exchange, 200, "application/json", "{\"status\": \"up\"}"));

        assertThat(ask()).isEqualTo(Verdict.NOT_MLFLOW);
    }

    @Test
    void aServerWithoutAuthenticationNeverGetsThePassword() {
        manner(exchange -> send(exchange, 200, "application/json", "{\"experiments\": []}"));

        assertThat(ask()).isEqualTo(Verdict.OPEN_SERVER);
        assertThat(logins).containsExactly("none");
    }

    @Test
    void aServerErrorIsNoVerdictOnTheCredential() {
        manner(exchange -> send(exchange, 500, "application/json", "{}"));

        assertThat(ask()).isEqualTo(Verdict.TRY_LATER);
    }

    @Test
    void aForbiddenRequestIsReported() {
        manner(exchange ->
                exchange.sendResponseHeaders(
                        exchange.getRequestHeaders().containsKey("Authorization") ? 403 : 401, -1));

        assertThat(ask()).isEqualTo(Verdict.FORBIDDEN);
    }

    @Test
    void silenceEndsAtTheDeadline() {
        manner(exchange -> awaitEnd());

        assertThat(withShortTimeout.ask(address("127.0.0.1"), ADA).verdict())
                .isEqualTo(Verdict.UNREACHABLE);
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

        assertThat(withShortTimeout.ask(address("127.0.0.1"), ADA).verdict())
                .isEqualTo(Verdict.UNREACHABLE);
    }

    @Test
    void aHugeAnswerIsNotReadToItsEnd() {
        manner(exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, 0);
            byte[] spaces = " ".repeat(8192).getBytes(StandardCharsets.UTF_8);
            while (end.getCount() > 0) {
                exchange.getResponseBody().write(spaces);
            }
        });

        assertThat(ask()).as("before the deadline").isEqualTo(Verdict.NOT_MLFLOW);
    }

    /// Each answer comes before the deadline of its own that it would have.
    @Test
    void bothRequestsTogetherHaveOneDeadline() {
        manner(exchange -> {
            if (exchange.getRequestHeaders().containsKey("Authorization")) {
                awaitFor(Duration.ofMillis(1700));
                send(exchange, 200, "application/json", "{\"experiments\": []}");
            } else {
                awaitFor(Duration.ofMillis(600));
                exchange.sendResponseHeaders(401, -1);
            }
        });

        assertThat(withShortTimeout.ask(address("127.0.0.1"), ADA).verdict())
                .isEqualTo(Verdict.UNREACHABLE);
        assertThat(logins).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-OpenSSH_9.6\r\n\r\n", "\u0000\u0001\r\n\r\n", ""})
    void whatDoesNotSpeakHttpIsNotBelieved(String bytes) throws IOException {
        try (ServerSocket raw = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual()
                    .start(() -> {
                        try (Socket caller = raw.accept()) {
                            caller.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
                        } catch (IOException closed) {
                            throw new UncheckedIOException(closed);
                        }
                    });

            assertThat(
                            probe.ask(
                                            TrackingUri.parse(
                                                    "http://127.0.0.1:" + raw.getLocalPort()),
                                            ADA)
                                    .verdict())
                    .isIn(Verdict.NOT_MLFLOW, Verdict.UNREACHABLE);
        }
    }

    @Test
    void aNameIsResolvedOnce() {
        manner(exchange -> exchange.sendResponseHeaders(401, -1));
        AtomicInteger asked = new AtomicInteger();
        MlflowProperties properties = new MlflowProperties(List.of(), true, Duration.ofSeconds(5));
        MlflowProbe counting =
                new MlflowProbe(
                        properties,
                        new PublicAddresses(
                                properties,
                                _ -> {
                                    asked.incrementAndGet();
                                    return new InetAddress[] {InetAddress.getLoopbackAddress()};
                                }),
                        (SSLSocketFactory) SSLSocketFactory.getDefault());

        assertThat(counting.ask(address("mlflow.example.org"), ADA).verdict())
                .isEqualTo(Verdict.REFUSED);
        assertThat(logins).hasSize(2);
        assertThat(asked).hasValue(1);
    }

    @Test
    void aClosedPortIsUnreachable() {
        server.stop(0);

        assertThat(ask()).isEqualTo(Verdict.UNREACHABLE);
    }

    @Test
    void anAddressThatMustNotBeCalledIsNotCalled() {
        manner(exchange -> exchange.sendResponseHeaders(200, -1));
        MlflowCredential bound =
                new MlflowCredential("ada", "s3cret-marker", Optional.of(address("localhost")));

        assertThat(ruleThatRefuses("https://127.0.0.1/", ADA)).isEqualTo("mlflow-address");
        assertThat(ruleThatRefuses(address("localhost").toString(), bound))
                .isEqualTo("mlflow-address");
        assertThat(logins).isEmpty();
    }

    /// Where private addresses may be called, the network is one's own.
    @Test
    void aPasswordIsNotSentInTheClearOverTheInternet() {
        assertThat(ruleThatRefuses("http://mlflow.example.org/", ADA))
                .isEqualTo("mlflow-unsecured");
    }

    private static String ruleThatRefuses(String server, MlflowCredential credential) {
        MlflowProbe careful =
                new MlflowProbe(new MlflowProperties(List.of(), false, Duration.ofSeconds(1)));
        try {
            return careful.ask(TrackingUri.parse(server), credential).verdict().name();
        } catch (GatewayException.Rejected refusal) {
            return refusal.findings().getFirst().rule();
        }
    }

    /// Whatever log level an operator sets: the levels of the packages that this check uses are the most talkative.
    @Test
    void thePasswordIsNotLogged(CapturedOutput output) {
        manner(exchange -> exchange.sendResponseHeaders(401, -1));
        LoggingSystem logging = LoggingSystem.get(MlflowProbeTests.class.getClassLoader());
        List<String> loggers = List.of("org.apache.hc", "io.interlinkgateway");
        loggers.forEach(logger -> logging.setLogLevel(logger, LogLevel.TRACE));
        LoggerFactory.getLogger(MlflowProbe.class).trace("Tracing is on.");

        Verdict verdict = ask();

        loggers.forEach(logger -> logging.setLogLevel(logger, null));
        assertThat(output.getAll()).contains("Tracing is on.");
        assertThat(verdict).isEqualTo(Verdict.REFUSED);
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

    private void awaitFor(Duration time) throws IOException {
        try {
            if (end.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("The test has ended.");
            }
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
    }

    private Verdict ask() {
        return outcome().verdict();
    }

    private MlflowProbe.Outcome outcome() {
        return probe.ask(address("127.0.0.1"), ADA);
    }

    private TrackingUri address(String host) {
        return TrackingUri.parse("http://" + host + ":" + server.getAddress().getPort() + "/");
    }
}
