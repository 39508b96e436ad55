package io.interlinkgateway.caller;

import com.github.benmanes.caffeine.cache.Ticker;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import io.github.bucket4j.Bucket;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The keys of one issuer. They are fetched again after 5 minutes, and when a token names an unknown key: twice in a
/// row, then once in 5 seconds, so that invented key names do not cause more requests to the issuer, and a new key is
/// found in that time. If the issuer does not respond, keys are used for up to an hour. Thread-safe; the number of
/// threads that wait for the issuer is limited.
final class IssuerKeys implements JWKSource<SecurityContext> {

    private static final long FRESH = Duration.ofMinutes(5).toNanos();
    private static final long MAX_AGE = Duration.ofHours(1).toNanos();
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final Fetch fetch;
    private final Ticker ticker;
    private final Bucket fetches;
    private final Semaphore places = new Semaphore(TrustedIssuer.MAX_WAITING);
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile @Nullable Held held;

    /// @param fetch requests the keys from the issuer
    /// @param ticker the source of time
    IssuerKeys(Fetch fetch, Ticker ticker) {
        this.fetch = fetch;
        this.ticker = ticker;
        this.fetches =
                Bucket.builder()
                        .addLimit(limit -> limit.capacity(2).refillIntervally(1, PAUSE))
                        .withCustomTimePrecision(new TickerMeter(ticker))
                        .build();
    }

    /// Requests an issuer's keys.
    @FunctionalInterface
    interface Fetch {
        /// @throws IOException if the issuer does not respond
        /// @throws ParseException if the response is not a set of keys
        JWKSet keys() throws IOException, ParseException;
    }

    private record Held(JWKSet keys, long since) {}

    /// The issuer has no such key.
    static final class UnknownKeyException extends KeySourceException {
        private UnknownKeyException() {
            super("The issuer has no such key.");
        }
    }

    /// @throws UnknownKeyException if no key of the issuer matches
    /// @throws KeySourceException if the keys are not available
    @Override
    public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context)
            throws KeySourceException {
        Held known = held;
        if (known == null) {
            known = newerThan(null);
        } else if (age(known) > FRESH && !fetching.isLocked()) {
            known = newerThan(known);
        }
        List<JWK> found = selector.select(usable(known).keys);
        if (found.isEmpty()) {
            found = selector.select(usable(newerThan(known)).keys);
        }
        if (found.isEmpty()) {
            throw new UnknownKeyException();
        }
        return found;
    }

    private long age(Held keys) {
        return ticker.read() - keys.since;
    }

    private Held usable(@Nullable Held keys) throws KeySourceException {
        if (keys == null || age(keys) > MAX_AGE) {
            throw new KeySourceException("The issuer's keys are not available.");
        }
        return keys;
    }

    /// @return newer keys, or the same if none can be fetched now
    private @Nullable Held newerThan(@Nullable Held known) throws KeySourceException {
        if (!places.tryAcquire()) {
            return held;
        }
        fetching.lock();
        try {
            if (Objects.equals(held, known) && fetches.tryConsume(1)) {
                held = new Held(fetch.keys(), ticker.read());
            }
            return held;
        } catch (IOException | ParseException failure) {
            if (known == null || age(known) > MAX_AGE) {
                throw new KeySourceException(
                        "The issuer's keys are not available: " + failure, failure);
            }
            return known;
        } finally {
            fetching.unlock();
            places.release();
        }
    }
}
