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

/// What is refused before anybody is known to ask, or because it is too much. Each refusal is counted in the metric
/// `gateway.refusals` with the tag `cause`. The log has one line a minute for each cause, with the number of refusals
/// since the line before: strangers must not be able to fill it. Safe for many threads.
@Component
public class Refusals {

    private static final Duration PAUSE = Duration.ofMinutes(1);
    private static final int LONGEST_DETAIL = 200;
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private final Map<Cause, Tally> tallies = new EnumMap<>(Cause.class);
    private final Clock clock;

    /// @param meters where the counters are registered, one for each cause
    /// @param clock the time between two lines
    public Refusals(MeterRegistry meters, Clock clock) {
        this.clock = clock;
        for (Cause cause : Cause.values()) {
            tallies.put(
                    cause,
                    new Tally(
                            Counter.builder("gateway.refusals")
                                    .description(
                                            "What was refused before its caller was known,"
                                                    + " or because it was too much.")
                                    .tag("cause", cause.tag())
                                    .register(meters)));
        }
    }

    /// Why something was refused.
    public enum Cause {
        /// The request needs a token and has none.
        NO_TOKEN,
        /// The token is not valid.
        BAD_TOKEN,
        /// The token names a key that its issuer does not have.
        UNKNOWN_KEY,
        /// There is no such API token, or it has expired.
        UNKNOWN_API_TOKEN,
        /// The issuer of the token can't be asked.
        ISSUER_UNAVAILABLE,
        /// The caller, or all callers of unknown tokens together, asked for too much at a time.
        TOO_MANY_REQUESTS,
        /// The request line or the headers can't be read, or the firewall refuses them.
        BAD_REQUEST,
        /// The body is larger than `gateway.body.max-size`.
        BODY_TOO_LARGE,
        /// The body did not arrive in time.
        BODY_TOO_SLOW,
        /// The headers did not arrive in time.
        REQUEST_TOO_SLOW,
        /// A connection was ended to make room for another.
        TOO_MANY_CONNECTIONS;

        /// The cause as the metric's tag has it, such as `no-token`.
        ///
        /// @return lower-case words and hyphens
        public String tag() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /// Counts a refusal, and logs it if the last line of its cause is a minute old.
    ///
    /// @param cause why
    /// @param detail what a reader of the log can do something with. Control characters are replaced and only the
    ///     first 200 characters are logged. It must hold no secret.
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

        /// @return how many refusals the line that is due now stands for, 0 if none is due
        private synchronized long due(Instant now) {
            unlogged++;
            if (lastLine != null && now.isBefore(lastLine.plus(PAUSE))) {
                return 0;
            }
            long number = unlogged;
            lastLine = now;
            unlogged = 0;
            return number;
        }
    }
}
