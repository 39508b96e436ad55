package io.interlinkgateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.interlinkgateway.GatewayApplication;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/// The traces that a gateway in the sandbox sends.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TracesTests {

    private static final Duration SOON = Duration.ofMinutes(1);
    private static final String PASSWORD = "pa55-of-mlflow";
    private static final String TOKEN = "t0ken-of-a-caller";
    private static final String CALLERS_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private final TraceReceiver receiver = new TraceReceiver();
    private final HttpClient http = HttpClient.newHttpClient();
    private final AuditLines audit = new AuditLines();
    private ConfigurableApplicationContext gateway;

    /// The levels and the format of log lines are those of the first gateway of this JVM, so the lines are read before
    /// they are written.
    private static final class AuditLines extends AppenderBase<ILoggingEvent> {

        private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("audit");

        private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent line) {
            line.prepareForDeferredProcessing();
            lines.add(line);
        }

        void attach() {
            setContext(LOGGER.getLoggerContext());
            start();
            LOGGER.setLevel(Level.INFO);
            LOGGER.addAppender(this);
        }

        void detach() {
            LOGGER.detachAppender(this);
            LOGGER.setLevel(null);
        }
    }

    @BeforeAll
    void start() {
        gateway = start(receiver.options());
        audit.attach();
    }

    @AfterAll
    void stop() {
        audit.detach();
        gateway.close();
        receiver.close();
    }

    private static ConfigurableApplicationContext start(String... options) {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.add("--server.port=0");
        return SpringApplication.run(GatewayApplication.class, arguments.toArray(String[]::new));
    }

    @Test
    void aSubmitIsInTheCallersTraceAndItsJobHasIt() throws Exception {
        HttpResponse<String> response =
                send(
                        "POST",
                        "/api/v1/jobs?workspace=traced",
                        job("traced-submit", "true"),
                        "traceparent",
                        "00-" + CALLERS_TRACE + "-00f067aa0ba902b7-01",
                        "Idempotency-Key",
                        "once");
        assertThat(response.statusCode()).isEqualTo(201);

        Span span = awaitSpan(named("http post /api/v1/jobs").and(of("traced-submit")));
        assertThat(TraceReceiver.attributes(span)).containsEntry("gateway.workspace", "traced");
        assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
        assertThat(TraceReceiver.traceParent(span)).startsWith("00-" + CALLERS_TRACE + "-");
        String manifest =
                send("GET", "/api/v1/jobs/traced-submit/manifest?workspace=traced", "").body();
        assertThat(manifest)
                .contains(
                        "interlink-gateway.io/traceparent: \""
                                + TraceReceiver.traceParent(span)
                                + "\"");
        // The line of a request is written after its response.
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(audit.lines)
                                .anySatisfy(line -> {
                                    assertThat(line.getFormattedMessage())
                                            .contains("\"status\":201");
                                    assertThat(line.getMDCPropertyMap())
                                            .containsEntry("traceId", CALLERS_TRACE);
                                }));
    }

    @Test
    void aRepeatInAnotherTraceIsTheSameJob() throws Exception {
        String path = "/api/v1/jobs?workspace=traced";
        String body = job("traced-twice", "true");
        HttpResponse<String> first = send("POST", path, body);
        HttpResponse<String> second = send("POST", path, body);

        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(second.statusCode()).isEqualTo(200);
        assertThat(
                        send(
                                        "POST",
                                        "/api/v1/jobs/traced-twice/resubmit?workspace=traced",
                                        "{\"name\": \"traced-again\"}",
                                        "Content-Type",
                                        "application/merge-patch+json")
                                .body())
                .contains("traced-again");
        assertThat(send("GET", "/api/v1/jobs/traced-twice?workspace=traced", "").body())
                .doesNotContain("traceparent");
    }

    @Test
    void aRequestThatIsNotSampledLeavesNoTrace() throws Exception {
        send(
                "POST",
                "/api/v1/jobs?workspace=traced",
                job("not-sampled", "true"),
                "traceparent",
                "00-11111111111111111111111111111111-2222222222222222-00");

        assertThat(send("GET", "/api/v1/jobs/not-sampled/manifest?workspace=traced", "").body())
                .contains("not-sampled")
                .doesNotContain("traceparent");
        awaitSpan(named("http get /api/v1/jobs/{name}/manifest").and(of("not-sampled")));
        assertThat(receiver.spans())
                .noneMatch(named("http post /api/v1/jobs").and(of("not-sampled")));
    }

    @Test
    void theSpanOfAFollowedLogEndsWithTheLog() throws Exception {
        send(
                "POST",
                "/api/v1/jobs?workspace=traced",
                job("followed", "for i in 1 2 3; do echo line; sleep 0.1; done"));

        HttpResponse<String> log =
                send("GET", "/api/v1/jobs/followed/logs?workspace=traced&follow=true", "");

        assertThat(log.body()).isEqualTo("line\nline\nline\n");
        Span span = awaitSpan(named("http get /api/v1/jobs/{name}/logs").and(of("followed")));
        assertThat(span.getEndTimeUnixNano()).isGreaterThan(span.getStartTimeUnixNano());
    }

    @Test
    void nothingSecretAndNothingOfProbesIsSent() throws Exception {
        send(
                "PUT",
                "/api/v1/mlflow-credentials/mlflow-server?workspace=traced",
                "{\"username\": \"ada\", \"password\": \"%s\"}".formatted(PASSWORD),
                "Authorization",
                "Bearer " + TOKEN);
        send("GET", "/actuator/health/liveness", "");
        send("GET", "/api/v1/nodes", "");

        awaitSpan(named("http put /api/v1/mlflow-credentials/{name}"));
        awaitSpan(named("http get /api/v1/nodes"));
        assertThat(receiver.text())
                .contains("mlflow-server")
                .doesNotContain(PASSWORD)
                .doesNotContain(TOKEN)
                .doesNotContain("/actuator/");
    }

    @Test
    void withoutTheSwitchNothingIsThereThatCouldTrace() throws Exception {
        try (TraceReceiver silent = new TraceReceiver()) {
            try (ConfigurableApplicationContext other = start(silent.endpoint())) {
                assertThat(other.getBeansOfType(Tracer.class)).isEmpty();
                assertThat(other.getBeanDefinitionNames())
                        .noneMatch(name -> name.toLowerCase(Locale.ROOT).contains("otel"))
                        .noneMatch(name -> name.toLowerCase(Locale.ROOT).contains("opentelemetry"));
                send(other, "POST", "/api/v1/jobs", job("untraced", "true"));
                assertThat(send(other, "GET", "/api/v1/jobs/untraced/manifest", "").body())
                        .contains("untraced")
                        .doesNotContain("traceparent");
            }
            assertThat(silent.spans()).isEmpty();
        }
    }

    private static Predicate<Span> named(String name) {
        return span -> span.getName().equals(name);
    }

    private static Predicate<Span> of(String job) {
        return span -> job.equals(TraceReceiver.attributes(span).get("gateway.job"));
    }

    private Span awaitSpan(Predicate<Span> matching) {
        return await().atMost(SOON)
                .until(
                        () -> receiver.spans().stream().filter(matching).findFirst(),
                        found -> found.isPresent())
                .orElseThrow();
    }

    private static String job(String name, String command) {
        return """
        {"name": "%s", "node": "sandbox", "image": "/images/any.sif",
         "command": ["/bin/sh", "-c"], "args": ["%s"]}\
        """
                .formatted(name, command);
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        return send(gateway, method, path, body, headers);
    }

    private HttpResponse<String> send(
            ConfigurableApplicationContext to,
            String method,
            String path,
            String body,
            String... headers)
            throws IOException, InterruptedException {
        Environment environment = to.getEnvironment();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://127.0.0.1:"
                                                + environment.getProperty("local.server.port")
                                                + path))
                        .timeout(SOON)
                        .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (!List.of(headers).contains("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
