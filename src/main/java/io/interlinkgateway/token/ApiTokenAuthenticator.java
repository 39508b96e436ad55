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

/// Makes API tokens and knows them again: `ilg_`, the id, `_`, the secret. The prefix lets scanners find one that
/// was published by mistake.
@Component
final class ApiTokenAuthenticator implements OwnTokens {

    private static final Pattern FORM = Pattern.compile("ilg_([0-9a-f]{16})_[A-Za-z0-9_-]{43}");
    private static final SecureRandom RANDOM = new SecureRandom();

    /// Lookups of ids that were not found lately, of all callers: made-up tokens must not reach the cluster faster
    /// than that.
    private static final int UNKNOWN_PER_SECOND = 50;

    /// Lookups of ids that were found within [#REMEMBERED], of all callers.
    private static final int KNOWN_PER_SECOND = 200;

    private static final Duration REMEMBERED = Duration.ofHours(1);
    private static final int MOST_KEPT = 10_000;

    private final ApiTokens tokens;
    private final Clock clock;

    /// Tokens as they were found, at most as old as configured. Those in use are looked up again in the background at
    /// half of that age, so that no request waits for it.
    private final LoadingCache<String, @Nullable ApiToken> found;

    /// Ids that were found, for longer: floods of made-up tokens do not delay them.
    private final Cache<String, Boolean> remembered;

    private final Cache<String, Boolean> absent;
    private final Bucket unknownLookups;
    private final Bucket knownLookups;

    @Autowired
    ApiTokenAuthenticator(ApiTokens tokens, ApiTokenProperties properties, Clock clock) {
        this(tokens, properties, clock, Ticker.systemTicker(), Thread::startVirtualThread);
    }

    /// @param ticker the time of the caches and limits
    /// @param background runs what no request waits for
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
                        .maximumSize(MOST_KEPT)
                        .refreshAfterWrite(properties.keptFor().dividedBy(2).plusNanos(1))
                        .expireAfterWrite(properties.keptFor())
                        .ticker(ticker)
                        .executor(background)
                        .build(new Lookup());
        this.remembered =
                Caffeine.newBuilder()
                        .maximumSize(MOST_KEPT)
                        .expireAfterAccess(REMEMBERED)
                        .ticker(ticker)
                        .build();
        this.absent =
                Caffeine.newBuilder()
                        .maximumSize(MOST_KEPT)
                        .expireAfterWrite(properties.keptFor())
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

    /// A new token, the secret of which is nowhere else.
    ///
    /// @param value what its owner sends
    /// @param token what is kept
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
        boolean known = remembered.getIfPresent(id) != null;
        if (!known && absent.getIfPresent(id) != null) {
            return null;
        }
        if (!(known ? knownLookups : unknownLookups).tryConsume(1)) {
            throw new GatewayException.TooManyRequests(
                    "Too many API tokens are looked up at a time.", Duration.ofSeconds(1));
        }
        ApiToken token = tokens.find(id).orElse(null);
        if (token == null) {
            remembered.invalidate(id);
            absent.put(id, true);
        } else {
            remembered.put(id, true);
        }
        return token;
    }

    private final class Lookup implements CacheLoader<String, @Nullable ApiToken> {

        @Override
        public @Nullable ApiToken load(String id) {
            return lookedUp(id);
        }

        /// A refresh that fails leaves the token with its age, so that it still expires in time. The cache logs all
        /// failures of a refresh but its cancellation; here the next request tries again.
        @Override
        public CompletableFuture<@Nullable ApiToken> asyncReload(
                String id, ApiToken old, Executor executor) {
            CompletableFuture<@Nullable ApiToken> refresh = new CompletableFuture<>();
            executor.execute(() -> {
                try {
                    refresh.complete(lookedUp(id));
                } catch (GatewayException notNow) {
                    refresh.cancel(false);
                } catch (RuntimeException | Error fault) {
                    refresh.completeExceptionally(fault);
                }
            });
            return refresh;
        }
    }

    /// In the same time whatever the difference.
    private static boolean isOf(ApiToken token, String value) {
        return MessageDigest.isEqual(
                token.hash().getBytes(StandardCharsets.UTF_8),
                Fingerprint.of(value).getBytes(StandardCharsets.UTF_8));
    }

    /// Drops what this replica keeps of a token, so that the next request looks it up.
    void forget(String id) {
        found.invalidate(id);
        remembered.invalidate(id);
    }
}
