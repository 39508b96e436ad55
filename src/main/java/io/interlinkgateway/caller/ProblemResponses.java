package io.interlinkgateway.caller;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.web.Refusals;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.server.resource.web.BearerTokenAuthenticationEntryPoint;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.servlet.HandlerExceptionResolver;

/// Responds with problems to requests that fail before they reach a controller, in the same way as to those that fail
/// in one.
final class ProblemResponses
        implements AuthenticationEntryPoint, AccessDeniedHandler, RequestRejectedHandler {

    /// The methods that at least one address accepts.
    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS");

    private final HandlerExceptionResolver problems;
    private final Refusals refusals;
    private final BearerTokenAuthenticationEntryPoint challenge =
            new BearerTokenAuthenticationEntryPoint();

    /// @param problems the resolver of the controllers' exceptions
    /// @param refusals counts refusals
    ProblemResponses(HandlerExceptionResolver problems, Refusals refusals) {
        this.problems = problems;
        this.refusals = refusals;
    }

    @Override
    public void commence(
            HttpServletRequest request,
            HttpServletResponse response,
            AuthenticationException failure) {
        if (failure instanceof TokenUnverifiableException undecided) {
            if (undecided.failure() instanceof GatewayException.TooManyRequests tooMany) {
                refuse(request, response, tooMany);
            } else {
                if (undecided.failure() instanceof GatewayException.IssuerUnavailable) {
                    refusals.refused(
                            Refusals.Cause.ISSUER_UNAVAILABLE,
                            undecided.getMessage() + " " + undecided.getCause());
                }
                answer(request, response, undecided.failure());
            }
            return;
        }
        challenge.commence(request, response, failure);
        boolean sent = request.getHeader("Authorization") != null;
        refusals.refused(
                failure instanceof RefusedTokenException refused
                        ? refused.counted()
                        : sent ? Refusals.Cause.BAD_TOKEN : Refusals.Cause.NO_TOKEN,
                request.getMethod()
                        + " from "
                        + request.getRemoteAddr()
                        + ". "
                        + failure.getMessage());
        answer(
                request,
                response,
                new GatewayException.Unauthenticated(
                        sent
                                ? String.valueOf(failure.getMessage())
                                : "The request has no bearer token."));
    }

    @Override
    public void handle(
            HttpServletRequest request,
            HttpServletResponse response,
            AccessDeniedException denied) {
        answer(
                request,
                response,
                new GatewayException.NotAllowed("This address is not available to callers."));
    }

    @Override
    public void handle(
            HttpServletRequest request,
            HttpServletResponse response,
            RequestRejectedException rejected) {
        // The exception's message quotes the header, which may be a token.
        GatewayException refusal = new GatewayException.RefusedByFirewall();
        refusals.refused(
                Refusals.Cause.BAD_REQUEST,
                "From " + request.getRemoteAddr() + ". " + refusal.getMessage());
        answer(
                request,
                response,
                rejected instanceof UnsupportedMethodException unsupported
                        ? new HttpRequestMethodNotSupportedException(unsupported.method(), METHODS)
                        : refusal);
    }

    /// Responds to a request that exceeds a limit, and counts it.
    void refuse(
            HttpServletRequest request,
            HttpServletResponse response,
            GatewayException.TooManyRequests tooMany) {
        refusals.refused(
                Refusals.Cause.TOO_MANY_REQUESTS,
                (CallerAuthentication.isKnown()
                                ? CallerAuthentication.current().id() + ": "
                                : "Unknown caller: ")
                        + tooMany.getMessage());
        answer(request, response, tooMany);
    }

    void answer(HttpServletRequest request, HttpServletResponse response, Exception failure) {
        if (problems.resolveException(request, response, null, failure) == null) {
            throw new IllegalStateException(failure);
        }
    }
}
