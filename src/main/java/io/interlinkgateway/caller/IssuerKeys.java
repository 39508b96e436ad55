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

/// The keys of one issuer. They are fetched anew after 5 minutes, and for a key that is not known: twice in a row, then
/// once in 5 seconds, so that made-up names of keys neither reach the issuer more often nor hide a new key for longer.
/// They are used for an hour if the issuer gives no newer ones. Safe for many threads, few of which wait for the issuer.
final class IssuerKeys implements JWKSource<SecurityContext> {

    private static final long FRESH = Duration.ofMinutes(5).toNanos();
    private static final long KEPT = Duration.ofHours(1).toNanos();
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final Fetch fetch;
    private final Ticker ticker;
    private final Bucket fetches;
    private final Semaphore places = new Semaphore(TrustedIssuer.MOST_WAITING);
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile @Nullable Held held;

    /// @param fetch asks the issuer
    /// @param ticker the time
    IssuerKeys(Fetch fetch, Ticker ticker) {
        this.fetch = fetch;
        this.ticker = ticker;
        this.fetches =
                Bucket.builder()
                        .addLimit(limit -> limit.capacity(2).refillIntervally(1, PAUSE))
                        .withCustomTimePrecision(new TickerMeter(ticker))
                        .build();
    }

    /// Asks an issuer for its keys.
    @FunctionalInterface
    interface Fetch {
        /// @throws IOException if it gives no answer
        /// @throws ParseException if its answer is no set of keys
        JWKSet keys() throws IOException, ParseException;
    }

    private record Held(JWKSet keys, long since) {}

    /// The issuer is known to have no such key.
    static final class UnknownKeyException extends KeySourceException {
        private UnknownKeyException() {
            super("The issuer has no such key.");
        }
    }

    /// @throws UnknownKeyException if none of the keys that are at hand is meant
    /// @throws KeySourceException if none are at hand
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
        if (keys == null || age(keys) > KEPT) {
            throw new KeySourceException("The issuer gives no keys.");
        }
        return keys;
    }

    /// @return what was fetched since, or the same if nothing can be fetched now
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
            if (known == null || age(known) > KEPT) {
                throw new KeySourceException("The issuer gives no keys: " + failure, failure);
            }
            return known;
        } finally {
            fetching.unlock();
            places.release();
        }
    }
}
