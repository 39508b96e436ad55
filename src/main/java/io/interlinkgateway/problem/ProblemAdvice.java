package io.interlinkgateway.problem;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.interlinkgateway.compute.ClientLeftException;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.Findings;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.web.BodyTooLargeException;
import io.interlinkgateway.web.BodyTooSlowException;
import io.interlinkgateway.web.RefusedParametersException;
import io.interlinkgateway.web.RefusedRequestException;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.util.ClassUtils;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.InvalidNullException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/// Converts all exceptions to problem responses.
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {

    private static final Set<String> SENDS_JOB = Set.of("POST", "PUT");
    private static final List<String> JOB_ADDRESSES =
            List.of("/api/v1/jobs", "/api/v1/history/jobs");
    private static final int CLIENT_LEFT = 499;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    private final ConfigurableApplicationContext gateway;

    ProblemAdvice(ConfigurableApplicationContext gateway) {
        this.gateway = gateway;
    }

    @ExceptionHandler
    ResponseEntity<Object> handle(GatewayException failure, HttpServletResponse response) {
        if (response.isCommitted()) {
            throw failure;
        }
        String detail = String.valueOf(failure.getMessage());
        return switch (failure) {
            case GatewayException.Rejected rejected ->
                    answer(withFindings(invalid().problem(detail), rejected.findings()));
            case GatewayException.NotFound _ -> answer(ProblemType.NOT_FOUND.problem(detail));
            case GatewayException.OtherJob _ -> answer(ProblemType.OTHER_JOB.problem(detail));
            case GatewayException.NameTaken _ -> answer(ProblemType.NAME_TAKEN.problem(detail));
            case GatewayException.IdempotencyKeyReused _ ->
                    answer(ProblemType.IDEMPOTENCY_KEY_REUSED.problem(detail));
            case GatewayException.CursorExpired _ ->
                    answer(ProblemType.CURSOR_EXPIRED.problem(detail));
            case GatewayException.ClusterUnavailable _ ->
                    answerLater(ProblemType.CLUSTER_UNAVAILABLE.problem(detail));
            case GatewayException.ClusterRefused _ ->
                    answer(ProblemType.CLUSTER_REFUSED.problem(detail));
            case GatewayException.HpcUnavailable _ ->
                    answerLater(ProblemType.HPC_UNAVAILABLE.problem(detail));
            case GatewayException.HistoryUnavailable _ ->
                    answerLater(ProblemType.HISTORY_UNAVAILABLE.problem(detail));
            case GatewayException.HistoryUnreadable _ ->
                    answer(ProblemType.HISTORY_UNREADABLE.problem(detail));
            case GatewayException.JobGone gone -> {
                ProblemDetail problem = ProblemType.JOB_GONE.problem(detail);
                problem.setProperty("uid", gone.uid());
                yield answer(problem);
            }
            case GatewayException.LogGone _ -> answer(ProblemType.LOG_GONE.problem(detail));
            case GatewayException.JobExists _ -> answer(ProblemType.JOB_EXISTS.problem(detail));
            case GatewayException.SwitchedOff _ -> answer(ProblemType.REFUSED.problem(detail));
            case GatewayException.StillTerminating _ ->
                    answerLater(ProblemType.STILL_TERMINATING.problem(detail));
            case GatewayException.Unauthenticated _ ->
                    answer(ProblemType.UNAUTHENTICATED.problem(detail));
            case GatewayException.IssuerUnavailable _ ->
                    answerLater(ProblemType.ISSUER_UNAVAILABLE.problem(detail));
            case GatewayException.NotAllowed _ ->
                    answer(ProblemType.INSUFFICIENT_ROLE.problem(detail));
            case GatewayException.TooManyRequests tooMany ->
                    answerLater(
                            ProblemType.TOO_MANY_REQUESTS.problem(detail), tooMany.retryAfter());
            case GatewayException.Busy _ -> answerLater(ProblemType.BUSY.problem(detail));
            case GatewayException.RefusedByFirewall _ ->
                    answer(
                            withHint(
                                    ProblemType.MALFORMED_REQUEST.problem(detail),
                                    "Use the gateway's own host name, and an address of the API."));
        };
    }

    @ExceptionHandler
    ResponseEntity<Object> handle(InvalidValueException refused) {
        return answer(
                withHint(
                        ProblemType.MALFORMED_REQUEST.problem(String.valueOf(refused.getMessage())),
                        refused.hint()));
    }

    @ExceptionHandler
    ResponseEntity<Object> handle(RefusedParametersException refused) {
        return answer(
                withHint(
                        withFindings(
                                ProblemType.MALFORMED_REQUEST.problem(
                                        String.valueOf(refused.getMessage())),
                                refused.findings()),
                        refused.findings().getFirst().hint()));
    }

    /// A document that was composed of others, such as a definition and its changes, is read without Spring, so its
    /// failures are not Spring's exceptions.
    @ExceptionHandler
    ResponseEntity<Object> handle(JacksonException unreadable) {
        return answer(unreadable(unreadable));
    }

    /// The firewall checks parameters when they are read.
    @ExceptionHandler
    ResponseEntity<Object> handle(
            RequestRejectedException parameter, HttpServletResponse response) {
        return handle(new GatewayException.RefusedByFirewall(), response);
    }

    /// The client disconnected, or the gateway stops and has closed the connection.
    @ExceptionHandler
    ResponseEntity<Object> handle(ClientLeftException left) {
        return withoutBody();
    }

    /// After the response is committed, it can't be changed to a problem. The exception is rethrown, so that the
    /// server closes the connection and the client does not treat the incomplete response as complete.
    @ExceptionHandler
    @Nullable ResponseEntity<Object> handle(Exception defect, HttpServletResponse response)
            throws Exception {
        if (response.isCommitted()) {
            throw defect;
        }
        // Jetty decodes parameters when they are first read, which can fail.
        if (defect instanceof HttpException refused
                && HttpStatusCode.valueOf(refused.getCode()).is4xxClientError()) {
            return answer(
                    withHint(
                            ProblemType.MALFORMED_REQUEST.problem("A parameter can't be decoded."),
                            "Encode parameters as UTF-8 with %XX."));
        }
        if (isStopping() && defect instanceof InterruptedException) {
            return withoutBody();
        }
        UUID id = UUID.randomUUID();
        LOG.error("Unexpected failure {}", id, defect);
        return answer(ProblemType.INTERNAL_ERROR.problem("The ID of this failure is " + id + "."));
    }

    /// The client disconnected, or the gateway stops: Jetty fails the requests that are still waiting, sends their
    /// responses, and closes their connections. Without a status here, these responses would have 200. Once a part of a
    /// response was sent, Jetty closes the connection without the rest.
    @Override
    protected ResponseEntity<Object> handleAsyncRequestNotUsableException(
            AsyncRequestNotUsableException failed, WebRequest request) {
        return withoutBody();
    }

    private boolean isStopping() {
        return gateway.isClosed();
    }

    /// Spring no longer writes a body for a failed request. While the gateway runs, the client does not receive this
    /// response: it sets the status for metrics and the audit log, for which web servers commonly use 499.
    private ResponseEntity<Object> withoutBody() {
        return isStopping()
                ? ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                        .header(HttpHeaders.RETRY_AFTER, seconds(RETRY_AFTER))
                        .build()
                : ResponseEntity.status(CLIENT_LEFT).build();
    }

    @Override
    protected ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException unreadable,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        for (Throwable cause = unreadable; cause != null; cause = cause.getCause()) {
            if (cause instanceof BodyTooLargeException) {
                return answer(
                        ProblemType.BODY_TOO_LARGE.problem(String.valueOf(cause.getMessage())));
            }
            if (cause instanceof BodyTooSlowException) {
                return answer(
                        ProblemType.BODY_TOO_SLOW.problem(String.valueOf(cause.getMessage())));
            }
        }
        return unreadable.getCause() instanceof JacksonException json
                ? answer(unreadable(json))
                : answer(
                        withHint(
                                ProblemType.MALFORMED_REQUEST.problem(
                                        "The body is missing or incomplete."),
                                "Send the whole body, with its Content-Length."));
    }

    private static ProblemDetail unreadable(JacksonException json) {
        if (json instanceof MismatchedInputException mismatch
                && !(json instanceof UnrecognizedPropertyException)
                && !json.getPath().isEmpty()) {
            return invalid(mismatch(mismatch, mismatch.getTargetType(), path(json)));
        }
        if (json instanceof InputCoercionException outOfRange && !json.getPath().isEmpty()) {
            return invalid(mismatch(outOfRange, outOfRange.getTargetType(), path(json)));
        }
        Finding finding = findingOf(json);
        return withFindings(
                ProblemType.MALFORMED_REQUEST.problem(
                        json instanceof StreamReadException
                                ? "The body is not valid JSON."
                                : finding.message()),
                List.of(finding));
    }

    private static ProblemDetail invalid(Finding finding) {
        return withFindings(invalid().problem(finding.message()), List.of(finding));
    }

    private static Finding findingOf(JacksonException json) {
        return switch (json) {
            case UnrecognizedPropertyException unknown ->
                    Finding.error(
                            "unknown-field",
                            path(json),
                            "There is no field \"" + Text.shown(unknown.getPropertyName()) + "\".",
                            "Use one of "
                                    + Objects.requireNonNullElse(
                                                    unknown.getKnownPropertyIds(), List.of())
                                            .stream()
                                            .map(String::valueOf)
                                            .sorted()
                                            .collect(Collectors.joining(", "))
                                    + (takesPod() ? "; a pod is sent as application/yaml." : "."));
            case StreamReadException broken ->
                    Finding.error(
                            "json-syntax",
                            path(json),
                            "It is not valid JSON at line "
                                    + broken.getLocation().getLineNr()
                                    + ", column "
                                    + broken.getLocation().getColumnNr()
                                    + ": "
                                    + Text.shown(withoutToken(broken)),
                            "Send one whole JSON document, each field once.");
            default ->
                    Finding.error(
                            "json-type",
                            path(json),
                            "The body must be one JSON object.",
                            "Send one JSON object; /swagger-ui.html shows its fields.");
        };
    }

    /// Values are not shown, because they may be passwords.
    private static Finding mismatch(JacksonException mismatch, Class<?> target, String path) {
        Class<?> type = ClassUtils.resolvePrimitiveIfNecessary(target);
        if (mismatch instanceof InvalidNullException) {
            return Finding.error(
                    "shape", path, path + " must not be null.", "Give a value, or leave it out.");
        }
        String expected = "of another type";
        String hint = "See /swagger-ui.html for the field's type.";
        if (CharSequence.class.isAssignableFrom(type)) {
            expected = "a text";
            hint = "Write one text, in quotes.";
        } else if (type == Integer.class || type == Long.class) {
            expected = "a whole number" + (type == Integer.class ? " of 32 bits" : "");
            hint =
                    mismatch instanceof InputCoercionException
                            ? "Write a number from "
                                    + Text.rangeOf(type == Integer.class ? Integer.SIZE : Long.SIZE)
                                    + "."
                            : "Write it without quotes and without a fraction, such as 2.";
        } else if (type == Boolean.class) {
            expected = "true or false";
            hint = "Write it without quotes.";
        } else if (Collection.class.isAssignableFrom(type)) {
            expected = "a list";
            hint = "Put the values in [ and ].";
        } else if (Map.class.isAssignableFrom(type)) {
            expected = "a map";
            hint = "Write its keys and values in { and }, such as {\"key\": \"value\"}.";
        } else if (type.isEnum()) {
            expected = "one of " + constants(type);
            hint = "Write one of them in quotes: " + constants(type) + ".";
        } else if (type.isRecord() && isAlsoText(type)) {
            expected = "a text or a map of its fields";
            hint = "Write a text in quotes, or its fields in { and }.";
        } else if (type.isRecord()) {
            expected = "a map of its fields";
            hint = "Write its fields in { and }; /swagger-ui.html shows them.";
        }
        return Finding.error("json-type", path, path + " must be " + expected + ".", hint);
    }

    private static boolean isAlsoText(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .map(method -> method.getAnnotation(JsonCreator.class))
                .anyMatch(creator ->
                        creator != null && creator.mode() == JsonCreator.Mode.DELEGATING);
    }

    // The message quotes an unquoted value, which may be a password.
    private static String withoutToken(StreamReadException broken) {
        return broken.getOriginalMessage().replaceFirst("(?s)token '.*'", "token");
    }

    private static String path(JacksonException json) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference step : json.getPath()) {
            if (step.getPropertyName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return path.toString();
    }

    @Override
    protected ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException invalid,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        return answer(
                withShapeErrors(
                        invalid.getBindingResult().getFieldErrors().stream()
                                .map(error ->
                                        shape(
                                                error.getField(),
                                                String.valueOf(error.getDefaultMessage())))
                                .toList()));
    }

    private static Finding shape(String field, String message) {
        return Finding.error(
                "shape",
                field,
                field + " " + message + ".",
                "See /swagger-ui.html for the field's valid values.");
    }

    private static ProblemDetail withShapeErrors(List<Finding> findings) {
        return withFindings(
                invalid().problem(findings.size() + " fields can't be accepted."), findings);
    }

    @Override
    protected ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException mismatch,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        String field =
                mismatch instanceof MethodArgumentTypeMismatchException argument
                        ? argument.getName()
                        : String.valueOf(mismatch.getPropertyName());
        Finding finding =
                Finding.error(
                        "parameter",
                        field,
                        "The parameter " + field + " does not accept this value.",
                        "See /swagger-ui.html for the parameter's valid values.");
        for (Throwable cause = mismatch; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConversionFailedException failed
                    && failed.getTargetType().getType().isEnum()) {
                finding =
                        Finding.error(
                                "parameter",
                                field,
                                "The parameter "
                                        + field
                                        + " does not accept the value \""
                                        + Text.shown(String.valueOf(failed.getValue()))
                                        + "\".",
                                "Use one of " + constants(failed.getTargetType().getType()) + ".");
            }
            if (cause instanceof InvalidValueException refused) {
                finding =
                        Finding.error(
                                "parameter",
                                field,
                                String.valueOf(refused.getMessage()),
                                refused.hint());
            }
        }
        return answer(
                withHint(
                        withFindings(
                                ProblemType.MALFORMED_REQUEST.problem(finding.message()),
                                List.of(finding)),
                        finding.hint()));
    }

    private static String constants(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(String::valueOf)
                .collect(Collectors.joining(", "));
    }

    @Override
    protected ResponseEntity<Object> handleExceptionInternal(
            Exception failure,
            @Nullable Object body,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        ProblemType type = ProblemType.ofStatus(status);
        if (failure instanceof HttpRequestMethodNotSupportedException) {
            headers.setAllow(answered(headers.getAllow()));
        }
        ProblemDetail answer =
                switch (failure) {
                    case RefusedRequestException refused ->
                            withHint(
                                    type.problem(String.valueOf(refused.getMessage())),
                                    refused.hint());
                    case HttpRequestMethodNotSupportedException unsupported ->
                            type.problem(
                                    "The method "
                                            + Text.shown(unsupported.getMethod())
                                            + " is not allowed here.");
                    case HttpMediaTypeNotAcceptableException unacceptable ->
                            withHint(
                                    type.problem(detail(body, type)),
                                    unacceptable.getSupportedMediaTypes().isEmpty()
                                            ? "Omit Accept."
                                            : "Omit Accept, or request "
                                                    + named(unacceptable.getSupportedMediaTypes())
                                                    + ".");
                    case HttpMediaTypeNotSupportedException unread ->
                            withHint(
                                    type.problem(detail(body, type)),
                                    "Send the body as "
                                            + named(unread.getSupportedMediaTypes())
                                            + ", and name its type in the header Content-Type.");
                    case NoResourceFoundException nowhere ->
                            withHint(
                                    type.problem(
                                            "The gateway has no address \""
                                                    + Text.shown("/" + nowhere.getResourcePath())
                                                    + "\"."),
                                    "See /swagger-ui.html for the addresses.");
                    default -> type.problem(detail(body, type));
                };
        return ResponseEntity.status(status)
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(answer);
    }

    private static String detail(@Nullable Object body, ProblemType type) {
        return body instanceof ProblemDetail problem && problem.getDetail() != null
                ? Text.shown(problem.getDetail())
                : type.title() + ".";
    }

    private static String named(List<MediaType> types) {
        return types.stream()
                .filter(MediaType::isConcrete)
                .map(String::valueOf)
                .distinct()
                .collect(Collectors.joining(" or "));
    }

    /// Each address supports OPTIONS, and HEAD if it supports GET.
    private static Set<HttpMethod> answered(Set<HttpMethod> declared) {
        Set<HttpMethod> methods = new LinkedHashSet<>(declared);
        if (methods.contains(HttpMethod.GET)) {
            methods.add(HttpMethod.HEAD);
        }
        methods.add(HttpMethod.OPTIONS);
        return methods;
    }

    /// The problem type for findings: about a job, or about another request.
    private static ProblemType invalid() {
        return jobsAddress().isPresent() ? ProblemType.INVALID_JOB : ProblemType.INVALID_REQUEST;
    }

    private static boolean takesPod() {
        return jobsAddress().filter(address -> !address.endsWith("/resubmit")).isPresent();
    }

    /// The address to which the request sends a job, if it does.
    private static Optional<String> jobsAddress() {
        return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes now
                        && SENDS_JOB.contains(now.getRequest().getMethod())
                        && JOB_ADDRESSES.stream()
                                .anyMatch(now.getRequest().getRequestURI()::startsWith)
                ? Optional.of(now.getRequest().getRequestURI())
                : Optional.empty();
    }

    private static ProblemDetail withFindings(ProblemDetail problem, List<Finding> findings) {
        problem.setProperty("findings", Findings.shown(findings));
        return problem;
    }

    private static ProblemDetail withHint(ProblemDetail problem, String hint) {
        problem.setProperty("hint", hint);
        return problem;
    }

    private static ResponseEntity<Object> answer(ProblemDetail problem) {
        return ResponseEntity.status(problem.getStatus())
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }

    private static ResponseEntity<Object> answerLater(ProblemDetail problem) {
        return answerLater(problem, RETRY_AFTER);
    }

    private static ResponseEntity<Object> answerLater(ProblemDetail problem, Duration wait) {
        return ResponseEntity.status(problem.getStatus())
                .header(HttpHeaders.RETRY_AFTER, seconds(wait))
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }

    /// The header has whole seconds.
    private static String seconds(Duration wait) {
        return String.valueOf(wait.plusNanos(999_999_999).toSeconds());
    }
}
