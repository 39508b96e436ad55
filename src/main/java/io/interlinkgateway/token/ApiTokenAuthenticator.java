package io.interlinkgateway.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.benmanes.caffeine.cache.Ticker;
import io.github.bucket4j.Bucket;
import io.interlinkgateway.caller.Caller;
import io.interlinkgateway.caller.OwnTokens;
import io.interlinkgateway.caller.RefusedTokenException;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.caller.TickerMeter;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Fingerprint;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.web.Refusals;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/// Creates and authenticates API tokens: `ilg_`, the id, `_`, the secret. With the prefix, scanners can find tokens
/// that were published by mistake.
@Component
final class ApiTokenAuthenticator implements OwnTokens {

    private static final Pattern FORM = Pattern.compile("ilg_([0-9a-f]{16})_[A-Za-z0-9_-]{43}");
    private static final SecureRandom RANDOM = new SecureRandom();

    /// The maximum rate of lookups of unknown ids, for all callers together: invented tokens must not cause more
    /// requests to the cluster.
    private static final int UNKNOWN_PER_SECOND = 50;

    /// The maximum rate of lookups of ids that were found within [#KNOWN_FOR], for all callers together.
    private static final int KNOWN_PER_SECOND = 200;

    private static final Duration KNOWN_FOR = Duration.ofHours(1);
    private static final int CACHE_SIZE = 10_000;

    private final ApiTokens tokens;
    private final Clock clock;

    /// Cached tokens, at most as old as configured. Tokens in use are looked up again in the background at half of
    /// that age, so that no request waits for it.
    private final LoadingCache<String, @Nullable ApiToken> found;

    /// Ids that were found in a longer period. They have their own limit of lookups, so that floods of invented
    /// tokens do not delay them.
    private final Cache<String, Boolean> knownIds;

    private final Cache<String, Boolean> absent;
    private final Bucket unknownLookups;
    private final Bucket knownLookups;

    @Autowired
    ApiTokenAuthenticator(ApiTokens tokens, ApiTokenProperties properties, Clock clock) {
        this(tokens, properties, clock, Ticker.systemTicker(), Thread::startVirtualThread);
    }

    /// @param ticker the source of time for caches and limits
    /// @param background runs tasks for which no request waits
    ApiTokenAuthenticator(
            ApiTokens tokens,
            ApiTokenProperties properties,
            Clock clock,
            Ticker ticker,
            Executor background) {
        this.tokens = tokens;
        this.clock = clock;
        this.found =
                Caffeine.newBuilder()
                        .maximumSize(CACHE_SIZE)
                        .refreshAfterWrite(properties.cacheTtl().dividedBy(2).plusNanos(1))
                        .expireAfterWrite(properties.cacheTtl())
                        .ticker(ticker)
                        .executor(background)
                        .build(new Lookup());
        this.knownIds =
                Caffeine.newBuilder()
                        .maximumSize(CACHE_SIZE)
                        .expireAfterAccess(KNOWN_FOR)
                        .ticker(ticker)
                        .build();
        this.absent =
                Caffeine.newBuilder()
                        .maximumSize(CACHE_SIZE)
                        .expireAfterWrite(properties.cacheTtl())
                        .ticker(ticker)
                        .build();
        this.unknownLookups = bucket(UNKNOWN_PER_SECOND, ticker);
        this.knownLookups = bucket(KNOWN_PER_SECOND, ticker);
    }

    private static Bucket bucket(int perSecond, Ticker ticker) {
        return Bucket.builder()
                .addLimit(limit ->
                        limit.capacity(perSecond).refillGreedy(perSecond, Duration.ofSeconds(1)))
                .withCustomTimePrecision(new TickerMeter(ticker))
                .build();
    }

    /// A new token with its secret, which is not stored.
    ///
    /// @param value the text that its owner sends
    /// @param token the token as it is stored
    record Made(String value, ApiToken token) {

        @Override
        public String toString() {
            return "Made[token=" + token + "]";
        }
    }

    static Made make(
            String owner,
            String name,
            Role role,
            List<Workspace> workspaces,
            Instant createdAt,
            Instant expiresAt) {
        byte[] id = new byte[8];
        byte[] secret = new byte[32];
        RANDOM.nextBytes(id);
        RANDOM.nextBytes(secret);
        String hexadecimal = HexFormat.of().formatHex(id);
        String value =
                "ilg_"
                        + hexadecimal
                        + "_"
                        + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        return new Made(
                value,
                new ApiToken(
                        hexadecimal,
                        Fingerprint.of(value),
                        owner,
                        name,
                        role,
                        workspaces,
                        createdAt,
                        expiresAt));
    }

    @Override
    public boolean hasForm(String token) {
        return token.startsWith("ilg_");
    }

    @Override
    public Caller callerOf(String value) {
        ApiToken token =
                known(value)
                        .filter(kept -> isOf(kept, value))
                        .filter(kept -> clock.instant().isBefore(kept.expiresAt()))
                        .orElseThrow(() ->
                                new RefusedTokenException(
                                        Refusals.Cause.UNKNOWN_API_TOKEN,
                                        "There is no such API token, or it has expired.",
                                        null));
        SequencedMap<Workspace, Role> roles = new LinkedHashMap<>();
        token.workspaces().forEach(workspace -> roles.put(workspace, token.role()));
        return new Caller(
                token.owner(),
                Caller.Method.API_TOKEN,
                new Caller.Reach.Within(roles),
                Optional.of(token.id()));
    }

    private Optional<ApiToken> known(String value) {
        Matcher form = FORM.matcher(value);
        return form.matches() ? Optional.ofNullable(found.get(form.group(1))) : Optional.empty();
    }

    private @Nullable ApiToken lookedUp(String id) {
        boolean known = knownIds.getIfPresent(id) != null;
        if (!known && absent.getIfPresent(id) != null) {
            return null;
        }
        if (!(known ? knownLookups : unknownLookups).tryConsume(1)) {
            throw new GatewayException.TooManyRequests(
                    "Too many API tokens are being looked up at the same time.",
                    Duration.ofSeconds(1));
        }
        ApiToken token = tokens.find(id).orElse(null);
        if (token == null) {
            knownIds.invalidate(id);
            absent.put(id, true);
        } else {
            knownIds.put(id, true);
        }
        return token;
    }

    private final class Lookup implements CacheLoader<String, @Nullable ApiToken> {

        @Override
        public @Nullable ApiToken load(String id) {
            return lookedUp(id);
        }

        /// A failed refresh does not change the token's age, so that it still expires in time. The cache logs all
        /// failures of a refresh except its cancellation, so it is cancelled; the next request tries again.
        @Override
        public CompletableFuture<@Nullable ApiToken> asyncReload(
                String id, ApiToken old, Executor executor) {
            CompletableFuture<@Nullable ApiToken> refresh = new CompletableFuture<>();
            executor.execute(() -> {
                try {
                    refresh.complete(lookedUp(id));
                } catch (GatewayException _) {
                    refresh.cancel(false);
                } catch (RuntimeException | Error failure) {
                    refresh.completeExceptionally(failure);
                }
            });
            return refresh;
        }
    }

    /// Compares in constant time.
    private static boolean isOf(ApiToken token, String value) {
        return MessageDigest.isEqual(
                token.hash().getBytes(StandardCharsets.UTF_8),
                Fingerprint.of(value).getBytes(StandardCharsets.UTF_8));
    }

    /// Removes a token from this replica's caches, so that the next request looks it up.
    void invalidate(String id) {
        found.invalidate(id);
        knownIds.invalidate(id);
    }
}
