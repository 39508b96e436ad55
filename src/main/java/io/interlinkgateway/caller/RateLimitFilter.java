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

/// Bounds what one caller may ask for: requests a second, and requests that are open at a time, which streams
/// are until they end. An API token counts for its owner, so that more tokens do not buy more.
final class RateLimitFilter extends OncePerRequestFilter {

    /// A caller who paused so long has a full bucket again, whatever the configuration.
    private static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);

    /// Callers without an open request who are remembered: an issuer may have any number of users.
    private static final int MOST_RECENT = 10_000;

    private static final Duration STREAM_RETRY = Duration.ofSeconds(5);

    private final CallerProperties properties;
    private final ProblemResponses problems;

    /// As long as something holds them: a request that is open, or [#recent].
    private final LoadingCache<String, Allowance> allowances;

    private final Cache<String, Allowance> recent;

    RateLimitFilter(CallerProperties properties, ProblemResponses problems) {
        this.properties = properties;
        this.problems = problems;
        this.allowances = Caffeine.newBuilder().weakValues().build(_ -> allowance(properties));
        this.recent =
                Caffeine.newBuilder()
                        .maximumSize(MOST_RECENT)
                        .expireAfterAccess(FORGOTTEN_AFTER)
                        .build();
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
                new Semaphore(properties.openRequests()));
    }

    /// @return how many callers without an open request are remembered
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
                                    + " requests a second.",
                            Duration.ofNanos(probe.getNanosToWaitForRefill())));
        } else if (!allowance.open.tryAcquire()) {
            problems.refuse(
                    request,
                    response,
                    new GatewayException.TooManyRequests(
                            "You may have "
                                    + properties.openRequests()
                                    + " requests and streams open at a time.",
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

    /// Gives the place back once, when the last of the answer is sent.
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
                } catch (IllegalStateException alreadyDone) {
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

        /// After a timeout and an error the completion follows.
        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        /// A dispatch forgets its listeners.
        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }
    }
}
