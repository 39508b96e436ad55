package io.interlinkgateway.problem;

import io.interlinkgateway.web.Refusals;
import java.util.Objects;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Responds with problems to requests that Jetty itself refuses, such as those with malformed request lines or large
/// headers.
@Component
class JettyProblemHandler extends ErrorHandler {

    private final JsonMapper json;
    private final Refusals refusals;

    JettyProblemHandler(JsonMapper json, Refusals refusals) {
        this.json = json;
        this.refusals = refusals;
    }

    /// By default, Jetty sends a body only for GET, POST and HEAD.
    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    private static String hint(int code, ProblemType type) {
        return switch (HttpStatus.resolve(code)) {
            case HTTP_VERSION_NOT_SUPPORTED, UPGRADE_REQUIRED -> "Send the request with HTTP/1.1.";
            case URI_TOO_LONG -> "Send a shorter address, with its parameters.";
            case REQUEST_HEADER_FIELDS_TOO_LARGE -> "Send fewer or shorter headers.";
            case EXPECTATION_FAILED -> "Send the request without the header Expect.";
            case null, default -> type.hint();
        };
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        // Jetty responds with 505, although the client chose the version.
        boolean version = code == HttpStatus.HTTP_VERSION_NOT_SUPPORTED.value();
        int status = version ? HttpStatus.BAD_REQUEST.value() : code;
        ProblemType type = ProblemType.ofStatus(HttpStatusCode.valueOf(status));
        if (type.status().is4xxClientError()) {
            refusals.refused(
                    Refusals.Cause.BAD_REQUEST,
                    status + " to " + Request.getRemoteAddr(request) + ". " + message);
        }
        ProblemDetail problem =
                type.problem(Objects.requireNonNullElse(message, type.title()) + ".");
        problem.setStatus(status);
        response.setStatus(status);
        problem.setProperty("hint", hint(code, type));
        response.getHeaders()
                .put(HttpHeader.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        Content.Sink.write(response, true, json.writeValueAsString(problem), callback);
    }
}
