package io.interlinkgateway.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.interlinkgateway.failure.GatewayException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

class ProblemAdviceTests {

    private final ProblemAdvice advice = new ProblemAdvice(new GenericApplicationContext());

    static Stream<Arguments> failures() {
        return Stream.of(
                arguments(new GatewayException.NotFound("job", "a"), 404, "not-found", null),
                arguments(new GatewayException.NameTaken("a"), 409, "name-taken", null),
                arguments(new GatewayException.OtherJob("a"), 412, "other-job", null),
                arguments(
                        new GatewayException.IdempotencyKeyReused("a"),
                        422,
                        "idempotency-key-reused",
                        null),
                arguments(new GatewayException.CursorExpired(), 410, "cursor-expired", null),
                arguments(
                        new GatewayException.ClusterUnavailable("No answer."),
                        503,
                        "cluster-unavailable",
                        "5"),
                arguments(new GatewayException.ClusterRefused("No."), 502, "cluster-refused", null),
                arguments(
                        new GatewayException.HpcUnavailable("No response."),
                        503,
                        "hpc-unavailable",
                        "5"),
                arguments(
                        new GatewayException.HistoryUnavailable("No response."),
                        503,
                        "history-unavailable",
                        "5"),
                arguments(
                        new GatewayException.HistoryUnreadable("Damaged."),
                        500,
                        "history-unreadable",
                        null),
                arguments(new GatewayException.JobGone("a", "uid"), 404, "job-gone", null),
                arguments(new GatewayException.LogGone("Lost."), 410, "log-gone", null),
                arguments(new GatewayException.JobExists("a"), 409, "job-exists", null),
                arguments(new GatewayException.SwitchedOff("Not enabled."), 403, "refused", null),
                arguments(
                        new GatewayException.StillTerminating("a"), 409, "still-terminating", "5"),
                arguments(
                        new GatewayException.Unauthenticated("No token."),
                        401,
                        "unauthenticated",
                        null),
                arguments(
                        new GatewayException.IssuerUnavailable("No answer."),
                        503,
                        "issuer-unavailable",
                        "5"),
                arguments(
                        new GatewayException.NotAllowed("A viewer submits nothing."),
                        403,
                        "insufficient-role",
                        null),
                arguments(
                        new GatewayException.TooManyRequests("Wait.", Duration.ofSeconds(7)),
                        429,
                        "too-many-requests",
                        "7"),
                arguments(new GatewayException.Busy(), 503, "busy", "5"),
                arguments(
                        new GatewayException.RefusedByFirewall(), 400, "malformed-request", null));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void eachFailureIsItsProblem(
            GatewayException failure, int status, String type, @Nullable String retryAfter) {
        ResponseEntity<Object> answer = advice.handle(failure, new MockHttpServletResponse());

        ProblemDetail problem = (ProblemDetail) Objects.requireNonNull(answer.getBody());
        assertThat(answer.getStatusCode().value()).isEqualTo(status);
        assertThat(problem.getType()).isEqualTo(URI.create("/problems/" + type));
        assertThat(problem.getTitle()).isNotBlank();
        assertThat(problem.getDetail()).isEqualTo(failure.getMessage());
        assertThat(Objects.requireNonNull(problem.getProperties()).get("hint"))
                .asString()
                .isNotBlank();
        assertThat(answer.getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo(retryAfter);
    }

    /// Rejected needs a request to know whether it is a job that is refused; HttpTests has it.
    @Test
    void noFailureIsForgotten() {
        List<String> tested =
                failures()
                        .map(row -> Objects.requireNonNull(row.get()[0]).getClass().getSimpleName())
                        .toList();

        assertThat(
                        Arrays.stream(GatewayException.class.getPermittedSubclasses())
                                .map(Class::getSimpleName))
                .isNotEmpty()
                .allMatch(name -> tested.contains(name) || name.equals("Rejected"));
    }

    @Test
    void aDefectShowsNothingButItsId() throws Exception {
        ResponseEntity<Object> answer =
                Objects.requireNonNull(
                        advice.handle(
                                new IllegalStateException("s3cret-marker"),
                                new MockHttpServletResponse()));

        ProblemDetail problem = (ProblemDetail) Objects.requireNonNull(answer.getBody());
        assertThat(answer.getStatusCode().value()).isEqualTo(500);
        assertThat(problem.getType()).isEqualTo(URI.create("/problems/internal-error"));
        assertThat(problem.getDetail())
                .matches("The ID of this failure is [0-9a-f-]{36}\\.")
                .doesNotContain("s3cret-marker");
    }

    @ParameterizedTest
    @CsvSource({"false, 499", "true, 503"})
    void aRequestThatEndsTooEarlyIsNoSuccess(boolean stopping, int status) {
        GenericApplicationContext gateway = new GenericApplicationContext();
        gateway.refresh();
        if (stopping) {
            gateway.close();
        }
        ProblemAdvice stopped = new ProblemAdvice(gateway);

        ResponseEntity<Object> answer =
                stopped.handleAsyncRequestNotUsableException(
                        new AsyncRequestNotUsableException("closed"),
                        new ServletWebRequest(new MockHttpServletRequest()));

        assertThat(answer.getStatusCode().value()).isEqualTo(status);
        assertThat(answer.getHeaders().containsHeader(HttpHeaders.RETRY_AFTER)).isEqualTo(stopping);
        assertThat(answer.getBody()).isNull();
    }

    @Test
    void onlyAnInterruptIsAnEffectOfTheStop() throws Exception {
        GenericApplicationContext gateway = new GenericApplicationContext();
        gateway.refresh();
        gateway.close();
        ProblemAdvice stopped = new ProblemAdvice(gateway);

        assertThat(status(stopped, new InterruptedException())).isEqualTo(503);
        assertThat(status(stopped, new IllegalStateException())).isEqualTo(500);
        assertThat(status(advice, new InterruptedException())).isEqualTo(500);
    }

    private static int status(ProblemAdvice advice, Exception failure) throws Exception {
        return Objects.requireNonNull(advice.handle(failure, new MockHttpServletResponse()))
                .getStatusCode()
                .value();
    }
}
