package io.interlinkgateway.web;

import io.interlinkgateway.failure.Text;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// Counts and logs refusals of requests before authentication, or because of limits. Each refusal is counted in the
/// metric `gateway.refusals` with the tag `cause`. The log has at most one line per minute for each cause, with the
/// number of refusals since the previous line, so that unauthenticated clients can't fill it. Thread-safe.
@Component
public class Refusals {

    private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);
    private static final int LONGEST_DETAIL = 200;
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private final Map<Cause, Tally> tallies = new EnumMap<>(Cause.class);
    private final Clock clock;

    /// @param meters where the counters are registered, one for each cause
    /// @param clock the source of time
    public Refusals(MeterRegistry meters, Clock clock) {
        this.clock = clock;
        for (Cause cause : Cause.values()) {
            tallies.put(
                    cause,
                    new Tally(
                            Counter.builder("gateway.refusals")
                                    .description(
                                            "Requests that were refused before authentication, or"
                                                    + " because of limits.")
                                    .tag("cause", cause.tag())
                                    .register(meters)));
        }
    }

    /// Why something was refused.
    public enum Cause {
        /// The request requires a token and has none.
        NO_TOKEN,
        /// The token is not valid.
        BAD_TOKEN,
        /// The token names a key that its issuer does not have.
        UNKNOWN_KEY,
        /// There is no such API token, or it has expired.
        UNKNOWN_API_TOKEN,
        /// The issuer of the token does not respond.
        ISSUER_UNAVAILABLE,
        /// The caller, or all callers with unknown tokens together, exceeded a limit.
        TOO_MANY_REQUESTS,
        /// The request line or the headers can't be parsed, or the firewall refuses them.
        BAD_REQUEST,
        /// The body is larger than `gateway.body.max-size`.
        BODY_TOO_LARGE,
        /// The body did not arrive in time.
        BODY_TOO_SLOW,
        /// The headers did not arrive in time.
        REQUEST_TOO_SLOW,
        /// A connection was closed because there were too many.
        TOO_MANY_CONNECTIONS;

        /// The value of the metric's tag, such as `no-token`.
        ///
        /// @return lower-case words and hyphens
        public String tag() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /// Counts a refusal, and logs it if the last line for its cause is at least a minute old.
    ///
    /// @param cause why it was refused
    /// @param detail information for operators. Control characters are replaced, and only the first 200 characters
    ///     are logged. Must not contain secrets.
    public void refused(Cause cause, String detail) {
        Tally tally = Objects.requireNonNull(tallies.get(cause));
        tally.counter.increment();
        long number = tally.due(clock.instant());
        if (number > 0) {
            LOG.warn(
                    "Refused ({}): {} {} since the last such line.",
                    cause.tag(),
                    Text.shown(detail, LONGEST_DETAIL),
                    number);
        }
    }

    private static final class Tally {

        private final Counter counter;
        private @Nullable Instant lastLine;
        private long unlogged;

        private Tally(Counter counter) {
            this.counter = counter;
        }

        /// @return the number of refusals to log in a line now, 0 for no line
        private synchronized long due(Instant now) {
            unlogged++;
            if (lastLine != null && now.isBefore(lastLine.plus(LOG_INTERVAL))) {
                return 0;
            }
            long number = unlogged;
            lastLine = now;
            unlogged = 0;
            return number;
        }
    }
}
