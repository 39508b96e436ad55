package io.interlinkgateway.caller;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.interlinkgateway.failure.GatewayException;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.web.filter.OncePerRequestFilter;

/// Limits each caller's requests per second and concurrent requests; a stream counts until it ends. Requests with an
/// API token count for its owner, so that several tokens do not raise the limits.
final class RateLimitFilter extends OncePerRequestFilter {

    /// After this time without requests, a caller's bucket is full again with any configuration.
    private static final Duration EXPIRY = Duration.ofHours(1);

    /// The maximum number of callers without an open request whose buckets are stored: an issuer may have any number
    /// of users.
    private static final int MAX_RECENT = 10_000;

    private static final Duration STREAM_RETRY = Duration.ofSeconds(5);

    private final CallerProperties properties;
    private final ProblemResponses problems;

    /// Weak references to allowances: each exists as long as an open request or [#recent] refers to it.
    private final LoadingCache<String, Allowance> allowances;

    private final Cache<String, Allowance> recent;

    RateLimitFilter(CallerProperties properties, ProblemResponses problems) {
        this.properties = properties;
        this.problems = problems;
        this.allowances = Caffeine.newBuilder().weakValues().build(_ -> allowance(properties));
        this.recent =
                Caffeine.newBuilder().maximumSize(MAX_RECENT).expireAfterAccess(EXPIRY).build();
    }

    private record Allowance(Bucket requests, Semaphore open) {}

    private static Allowance allowance(CallerProperties properties) {
        return new Allowance(
                Bucket.builder()
                        .addLimit(limit ->
                                limit.capacity(properties.burst())
                                        .refillGreedy(
                                                properties.requestsPerSecond(),
                                                Duration.ofSeconds(1)))
                        .build(),
                new Semaphore(properties.maxConcurrentRequests()));
    }

    /// @return the number of callers without an open request whose buckets are stored
    long remembered() {
        recent.cleanUp();
        return recent.estimatedSize();
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!CallerAuthentication.isKnown()) {
            chain.doFilter(request, response);
            return;
        }
        String caller = CallerAuthentication.current().id();
        Allowance allowance = allowances.get(caller);
        recent.put(caller, allowance);
        ConsumptionProbe probe = allowance.requests.tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            problems.refuse(
                    request,
                    response,
                    new GatewayException.TooManyRequests(
                            "You may send "
                                    + properties.requestsPerSecond()
                                    + " requests per second.",
                            Duration.ofNanos(probe.getNanosToWaitForRefill())));
        } else if (!allowance.open.tryAcquire()) {
            problems.refuse(
                    request,
                    response,
                    new GatewayException.TooManyRequests(
                            "You may have "
                                    + properties.maxConcurrentRequests()
                                    + " requests and streams open at the same time.",
                            STREAM_RETRY));
        } else {
            Release release = new Release(allowance);
            try {
                chain.doFilter(request, response);
            } finally {
                release.whenDone(request);
            }
        }
    }

    /// Releases the request's permit once, when the response is complete.
    private static final class Release implements AsyncListener {

        private final Allowance allowance;
        private final AtomicBoolean released = new AtomicBoolean();

        private Release(Allowance allowance) {
            this.allowance = allowance;
        }

        private void whenDone(HttpServletRequest request) {
            if (request.isAsyncStarted()) {
                try {
                    request.getAsyncContext().addListener(this);
                } catch (IllegalStateException _) {
                    release();
                }
            } else {
                release();
            }
        }

        private void release() {
            if (released.compareAndSet(false, true)) {
                allowance.open.release();
            }
        }

        @Override
        public void onComplete(AsyncEvent event) {
            release();
        }

        /// [#onComplete] follows a timeout and an error.
        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        /// A dispatch removes the listeners.
        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }
    }
}
