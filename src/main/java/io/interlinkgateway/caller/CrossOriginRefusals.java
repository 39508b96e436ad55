package io.interlinkgateway.caller;

import io.interlinkgateway.failure.Text;
import io.interlinkgateway.web.RefusedRequestException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.DefaultCorsProcessor;

/// Responds with a problem to requests that CORS refuses.
final class CrossOriginRefusals extends DefaultCorsProcessor {

    private final ProblemResponses problems;

    CrossOriginRefusals(ProblemResponses problems) {
        this.problems = problems;
    }

    @Override
    public boolean processRequest(
            @Nullable CorsConfiguration rules,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        boolean allowed = super.processRequest(rules, request, response);
        if (!allowed) {
            String origin = Objects.requireNonNullElse(request.getHeader(HttpHeaders.ORIGIN), "");
            boolean known = rules != null && rules.checkOrigin(origin) != null;
            problems.answer(
                    request,
                    response,
                    new RefusedRequestException(
                            HttpStatus.FORBIDDEN,
                            "Pages of the origin \""
                                    + Text.shown(origin)
                                    + "\" may not send this request"
                                    + (known ? " with this method." : " to the gateway."),
                            known
                                    ? "Use GET, POST, PUT or DELETE."
                                    : "Ask the gateway's operator to add the origin to"
                                            + " gateway.security.allowed-origins."));
        }
        return allowed;
    }

    /// The response is written in [#processRequest], where the request is available.
    @Override
    protected void rejectRequest(ServerHttpResponse response) {}
}
