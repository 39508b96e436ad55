package io.interlinkgateway.caller;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.interlinkgateway.job.Fingerprint;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.Workspace;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;

/// Makes API tokens and knows them again: `ilg_`, the id, `_`, the secret. The prefix lets scanners find one that
/// was published by mistake.
final class ApiTokenCheck {

    private static final Pattern FORM = Pattern.compile("ilg_([0-9a-f]{16})_[A-Za-z0-9_-]{43}");
    private static final SecureRandom RANDOM = new SecureRandom();

    /// Lookups of tokens that were not seen lately, of all callers: made-up tokens shall not reach the cluster
    /// faster than that.
    private static final int LOOKUPS_PER_SECOND = 50;

    private final ApiTokens tokens;
    private final Clock clock;
    private final Cache<String, Optional<ApiToken>> seen;
    private final Bucket lookups =
            Bucket.builder()
                    .addLimit(limit ->
                            limit.capacity(LOOKUPS_PER_SECOND)
                                    .refillGreedy(LOOKUPS_PER_SECOND, Duration.ofSeconds(1)))
                    .build();

    ApiTokenCheck(ApiTokens tokens, ApiTokenProperties properties, Clock clock) {
        this.tokens = tokens;
        this.clock = clock;
        this.seen =
                Caffeine.newBuilder()
                        .maximumSize(10_000)
                        .expireAfterWrite(properties.keptFor())
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

    static boolean looksLikeOne(String token) {
        return token.startsWith("ilg_");
    }

    /// @return for whom it acts
    /// @throws InvalidBearerTokenException if there is no such token, or no longer
    /// @throws GatewayException.ClusterUnavailable if that can't be known now
    Caller callerOf(String value) {
        ApiToken token =
                known(value)
                        .filter(kept -> isOf(kept, value))
                        .filter(kept -> clock.instant().isBefore(kept.expiresAt()))
                        .orElseThrow(() ->
                                new InvalidBearerTokenException(
                                        "There is no such API token, or it has expired."));
        SequencedMap<Workspace, Role> roles = new LinkedHashMap<>();
        token.workspaces().forEach(workspace -> roles.put(workspace, token.role()));
        return new Caller(token.owner(), Caller.Method.API_TOKEN, new Caller.Reach.Within(roles));
    }

    private Optional<ApiToken> known(String value) {
        Matcher form = FORM.matcher(value);
        return form.matches() ? seen.get(form.group(1), this::lookedUp) : Optional.empty();
    }

    private Optional<ApiToken> lookedUp(String id) {
        if (!lookups.tryConsume(1)) {
            throw new GatewayException.TooManyRequests(
                    "Too many API tokens are looked up at a time.", Duration.ofSeconds(1));
        }
        return tokens.find(id);
    }

    /// In the same time whatever the difference.
    private static boolean isOf(ApiToken token, String value) {
        return MessageDigest.isEqual(
                token.hash().getBytes(StandardCharsets.UTF_8),
                Fingerprint.of(value).getBytes(StandardCharsets.UTF_8));
    }

    /// From now on this replica knows better.
    void forget(String id) {
        seen.invalidate(id);
    }
}
