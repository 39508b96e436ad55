package io.interlinkgateway.caller;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.web.Refusals;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.FilterChain;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.servlet.ModelAndView;

class RateLimitFilterTests {

    private GatewayException.@Nullable TooManyRequests refusal;

    private final ProblemResponses problems =
            new ProblemResponses(
                    (_, _, _, failure) -> {
                        refusal = (GatewayException.TooManyRequests) failure;
                        return new ModelAndView();
                    },
                    new Refusals(new SimpleMeterRegistry(), Clock.systemUTC()));

    @AfterEach
    void logOut() {
        SecurityContextHolder.clearContext();
    }

    private RateLimitFilter limits(int burst, int open) {
        return new RateLimitFilter(new CallerProperties("default", 1, burst, open), problems);
    }

    private static void logIn(String id, Caller.Method method) {
        SecurityContextHolder.getContext()
                .setAuthentication(
                        new CallerAuthentication(
                                new Caller(
                                        id,
                                        method,
                                        new Caller.Reach.Within(new LinkedHashMap<>()))));
    }

    private boolean passes(
            RateLimitFilter limits, MockHttpServletRequest request, FilterChain chain)
            throws Exception {
        refusal = null;
        limits.doFilter(request, new MockHttpServletResponse(), chain);
        return refusal == null;
    }

    private boolean passes(RateLimitFilter limits) throws Exception {
        return passes(limits, new MockHttpServletRequest(), (_, _) -> {});
    }

    private static MockHttpServletRequest streaming() {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setAsyncSupported(true);
        return request;
    }

    @Test
    void afterTheBurstACallerWaits() throws Exception {
        RateLimitFilter limits = limits(3, 100);
        logIn("ada", Caller.Method.OIDC);

        for (int request = 0; request < 3; request++) {
            assertThat(passes(limits)).isTrue();
        }
        assertThat(passes(limits)).isFalse();
        assertThat(refusal)
                .extracting(GatewayException.TooManyRequests::retryAfter)
                .matches(wait -> wait.isPositive() && wait.toMillis() <= 1000);
    }

    @Test
    void othersDoNotWaitForACaller() throws Exception {
        RateLimitFilter limits = limits(1, 100);
        logIn("ada", Caller.Method.OIDC);
        passes(limits);
        assertThat(passes(limits)).isFalse();

        logIn("grace", Caller.Method.OIDC);

        assertThat(passes(limits)).isTrue();
    }

    @Test
    void anApiTokenBuysNoMore() throws Exception {
        RateLimitFilter limits = limits(1, 100);
        logIn("ada", Caller.Method.OIDC);
        passes(limits);

        logIn("ada", Caller.Method.API_TOKEN);

        assertThat(passes(limits)).isFalse();
    }

    @Test
    void aStreamTakesAPlaceUntilItEnds() throws Exception {
        RateLimitFilter limits = limits(100, 1);
        logIn("ada", Caller.Method.OIDC);
        MockHttpServletRequest stream = streaming();
        passes(limits, stream, (request, _) -> request.startAsync());

        assertThat(passes(limits)).isFalse();

        Objects.requireNonNull(stream.getAsyncContext()).complete();
        assertThat(passes(limits)).isTrue();
        assertThat(passes(limits)).isTrue();
    }

    @Test
    void aFailedRequestGivesItsPlaceBack() throws Exception {
        RateLimitFilter limits = limits(100, 1);
        logIn("ada", Caller.Method.OIDC);
        try {
            passes(
                    limits,
                    new MockHttpServletRequest(),
                    (_, _) -> {
                        throw new IllegalStateException("broken");
                    });
        } catch (IllegalStateException broken) {
            assertThat(broken).hasMessage("broken");
        }

        assertThat(passes(limits)).isTrue();
    }

    /// An issuer has any number of users.
    @Test
    void manyCallersDoNotMakeAStreamForgotten() throws Exception {
        RateLimitFilter limits = limits(100, 1);
        logIn("ada", Caller.Method.OIDC);
        MockHttpServletRequest stream = streaming();
        passes(limits, stream, (request, _) -> request.startAsync());

        for (int user = 0; user < 30_000; user++) {
            logIn("user-" + user, Caller.Method.OIDC);
            passes(limits);
        }

        assertThat(limits.remembered()).isLessThanOrEqualTo(10_000);
        logIn("ada", Caller.Method.OIDC);
        assertThat(passes(limits)).isFalse();
        Objects.requireNonNull(stream.getAsyncContext()).complete();
        assertThat(passes(limits)).isTrue();
    }
}
