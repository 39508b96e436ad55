package io.interlinkgateway.caller;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.interlinkgateway.job.GatewayException;
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
final class CallerLimits extends OncePerRequestFilter {

    /// A caller who paused so long has a full bucket again, whatever the configuration.
    private static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);

    private static final Duration STREAM_RETRY = Duration.ofSeconds(5);

    private final CallerProperties properties;
    private final ProblemResponses problems;
    private final LoadingCache<String, Allowance> allowances;

    CallerLimits(CallerProperties properties, ProblemResponses problems) {
        this.properties = properties;
        this.problems = problems;
        this.allowances =
                Caffeine.newBuilder()
                        .expireAfterAccess(FORGOTTEN_AFTER)
                        .build(_ -> allowance(properties));
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

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!CallerAuthentication.isKnown()) {
            chain.doFilter(request, response);
            return;
        }
        Allowance allowance = allowances.get(CallerAuthentication.current().id());
        ConsumptionProbe probe = allowance.requests.tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            problems.answer(
                    request,
                    response,
                    new GatewayException.TooManyRequests(
                            "You may send "
                                    + properties.requestsPerSecond()
                                    + " requests a second.",
                            Duration.ofNanos(probe.getNanosToWaitForRefill())));
        } else if (!allowance.open.tryAcquire()) {
            problems.answer(
                    request,
                    response,
                    new GatewayException.TooManyRequests(
                            "You may have "
                                    + properties.openRequests()
                                    + " requests and streams open at a time.",
                            STREAM_RETRY));
        } else {
            Release release = new Release(allowance.open);
            try {
                chain.doFilter(request, response);
            } finally {
                release.whenDone(request);
            }
        }
    }

    /// Gives the place back once, when the last of the answer is sent.
    private static final class Release implements AsyncListener {

        private final Semaphore open;
        private final AtomicBoolean released = new AtomicBoolean();

        private Release(Semaphore open) {
            this.open = open;
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
                open.release();
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
