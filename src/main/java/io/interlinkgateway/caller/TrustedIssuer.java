package io.interlinkgateway.caller;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.SignedJWT;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.Fingerprint;
import io.interlinkgateway.web.Refusals;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// One trusted issuer. Its addresses are discovered (OpenID Connect Discovery 1.0) for its first token, and again as
/// long as it does not respond; its keys are [IssuerKeys].
final class TrustedIssuer {

    private static final Logger LOG = LoggerFactory.getLogger(TrustedIssuer.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(2);
    private static final Duration USER_INFO_TTL = Duration.ofMinutes(5);
    private static final int MAX_RESPONSE_BYTES = 1 << 20;

    /// How many requests may wait for one issuer's addresses, or for its keys, at the same time. Further requests
    /// fail at once: a slow issuer must not occupy the server's threads.
    static final int MAX_WAITING = 100;

    /// The maximum number of workspaces in all cached user infos together.
    private static final int MAX_CACHED_WORKSPACES = 100_000;

    private static final int LONGEST_SUBJECT = 255;

    /// The last second of the year 9999.
    private static final double LAST_TIME = 253_402_300_799.0;

    private static final TypeReference<Map<String, Object>> CLAIMS = new TypeReference<>() {};

    private final SecurityProperties.Issuer properties;
    private final WorkspaceRules rules;
    private final JsonMapper json;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    /// The workspaces from the claims of a token and its user info, by the token's hash.
    private final Cache<String, Caller.Reach.Within> reaches =
            Caffeine.newBuilder()
                    .maximumWeight(MAX_CACHED_WORKSPACES)
                    .weigher((String _, Caller.Reach.Within reach) -> reach.roles().size() + 1)
                    .expireAfterWrite(USER_INFO_TTL)
                    .build();

    private final Semaphore places = new Semaphore(MAX_WAITING);
    private final ReentrantLock discovering = new ReentrantLock();
    private volatile @Nullable Provider provider;
    private volatile Instant notBefore = Instant.MIN;

    TrustedIssuer(SecurityProperties.Issuer properties, JsonMapper json) {
        this.properties = properties;
        this.rules = new WorkspaceRules(properties.rules());
        this.json = json;
    }

    private record Provider(
            JwtDecoder decoder, @Nullable URI userInfo, Optional<LoginPages> loginPages) {}

    /// The endpoints for a login with an authorization code.
    ///
    /// @param authorization the authorization endpoint
    /// @param token the token endpoint
    record LoginPages(String authorization, String token) {}

    String uri() {
        return properties.uri().toString();
    }

    /// @return the public client of the gateway's own pages, if one is configured
    Optional<String> client() {
        return Optional.ofNullable(properties.clientId());
    }

    /// @return the scopes of a login on the gateway's own pages
    List<String> scopes() {
        return properties.scopes();
    }

    /// @return its endpoints, unless it has none or does not respond now
    Optional<LoginPages> loginPages() {
        try {
            return provider().loginPages();
        } catch (TokenUnverifiableException _) {
            return Optional.empty();
        }
    }

    /// @param token a token with this issuer in its claims
    /// @return the caller
    /// @throws InvalidBearerTokenException if the token is not valid
    /// @throws TokenUnverifiableException if it can't be verified now
    Caller callerOf(String token) {
        Provider known = provider();
        Jwt jwt = decoded(known, token);
        return new Caller(
                uri() + "#" + jwt.getSubject(),
                Caller.Method.OIDC,
                properties.userInfo()
                        ? reaches.get(Fingerprint.of(token), _ -> withUserInfo(known, jwt))
                        : reach(jwt.getClaims()));
    }

    private Caller.Reach.Within withUserInfo(Provider known, Jwt jwt) {
        Map<String, Object> claims = new LinkedHashMap<>(jwt.getClaims());
        claims.putAll(requestUserInfo(known, jwt));
        return reach(claims);
    }

    private Caller.Reach.Within reach(Map<String, Object> claims) {
        return new Caller.Reach.Within(rules.workspacesOf(claims));
    }

    private Jwt decoded(Provider known, String token) {
        try {
            Jwt jwt = known.decoder.decode(token);
            requirePlainClaims(token);
            return jwt;
        } catch (BadJwtException failure) {
            throw new InvalidBearerTokenException(
                    "The token is not valid: it has expired, is for another audience, or has been"
                            + " changed.",
                    failure);
        } catch (JwtException failure) {
            if (NestedExceptionUtils.getRootCause(failure)
                    instanceof IssuerKeys.UnknownKeyException unknown) {
                throw new RefusedTokenException(
                        Refusals.Cause.UNKNOWN_KEY,
                        "The token is signed with a key that its issuer does not have.",
                        unknown);
            }
            throw unavailable(failure);
        }
    }

    /// Checks types, because decoders are lenient: they accept a number for a text, and a time of any size.
    private static void requirePlainClaims(String token) {
        Map<String, Object> claims = rawClaims(token);
        boolean plain =
                claims.get(JwtClaimNames.SUB) instanceof String subject
                        && Text.isName(subject, LONGEST_SUBJECT)
                        && Stream.of(JwtClaimNames.EXP, JwtClaimNames.NBF, JwtClaimNames.IAT)
                                .map(claims::get)
                                .allMatch(TrustedIssuer::isTime);
        if (!plain) {
            throw new InvalidBearerTokenException(
                    "The token is not valid: its claim sub is not a plain text, or exp, nbf or iat"
                            + " is not a time before the year 10000.");
        }
    }

    private static Map<String, Object> rawClaims(String token) {
        try {
            Map<String, Object> claims = SignedJWT.parse(token).getPayload().toJSONObject();
            return claims == null ? Map.of() : claims;
        } catch (ParseException _) {
            return Map.of();
        }
    }

    private static boolean isTime(@Nullable Object claim) {
        return claim == null
                || (claim instanceof Number number
                        && number.doubleValue() >= 0
                        && number.doubleValue() <= LAST_TIME);
    }

    private Provider provider() {
        Provider known = provider;
        return known == null ? discovered() : known;
    }

    private Provider discovered() {
        if (!places.tryAcquire()) {
            throw unavailable(new IOException("Too many requests are waiting for it."));
        }
        discovering.lock();
        try {
            Provider known = provider;
            if (known == null) {
                known = discover();
                provider = known;
            }
            return known;
        } finally {
            discovering.unlock();
            places.release();
        }
    }

    private Provider discover() {
        if (Instant.now().isBefore(notBefore)) {
            throw unavailable(new IOException("It failed a moment ago."));
        }
        try {
            Map<String, Object> metadata = get(URI.create(discovery()), null);
            if (!uri().equals(metadata.get("issuer"))) {
                throw new IOException(
                        "Its metadata has the issuer " + metadata.get("issuer") + ".");
            }
            return new Provider(
                    decoder(address(metadata, "jwks_uri")),
                    userInfoOf(metadata),
                    loginPagesOf(metadata));
        } catch (IOException | IllegalArgumentException failure) {
            notBefore = Instant.now().plus(PAUSE_AFTER_FAILURE);
            LOG.warn("The issuer {} can't be discovered: {}", uri(), failure.toString());
            throw unavailable(failure);
        }
    }

    private @Nullable URI userInfoOf(Map<String, Object> metadata) throws IOException {
        return properties.userInfo() ? address(metadata, "userinfo_endpoint") : null;
    }

    private static Optional<LoginPages> loginPagesOf(Map<String, Object> metadata) {
        return metadata.get("authorization_endpoint") instanceof String authorization
                        && metadata.get("token_endpoint") instanceof String token
                ? Optional.of(new LoginPages(authorization, token))
                : Optional.empty();
    }

    private static URI address(Map<String, Object> metadata, String name) throws IOException {
        if (metadata.get(name) instanceof String text) {
            return URI.create(text);
        }
        throw new IOException("It has no " + name + ".");
    }

    private JwtDecoder decoder(URI keys) throws IOException {
        URL address = keys.toURL();
        DefaultResourceRetriever retriever =
                new DefaultResourceRetriever(
                        (int) TIMEOUT.toMillis(), (int) TIMEOUT.toMillis(), MAX_RESPONSE_BYTES);
        IssuerKeys source =
                new IssuerKeys(
                        () -> JWKSet.parse(retriever.retrieveResource(address).getContent()),
                        Ticker.systemTicker());
        NimbusJwtDecoder decoder =
                NimbusJwtDecoder.withJwkSource(source)
                        .jwsAlgorithms(algorithms ->
                                algorithms.addAll(List.of(SignatureAlgorithm.values())))
                        .build();
        JwtTimestampValidator timestamps = new JwtTimestampValidator(properties.clockSkew());
        timestamps.setAllowEmptyExpiryClaim(false);
        JwtTypeValidator types = new JwtTypeValidator("JWT", "at+jwt");
        types.setAllowEmpty(true);
        decoder.setJwtValidator(
                new DelegatingOAuth2TokenValidator<>(
                        timestamps,
                        types,
                        new JwtIssuerValidator(uri()),
                        this::forThisGateway,
                        TrustedIssuer::unbound));
        return decoder;
    }

    /// Refuses a token that is bound to a key: it is not valid without a proof of possession (RFC 7800).
    private static OAuth2TokenValidatorResult unbound(Jwt jwt) {
        return jwt.hasClaim("cnf")
                ? OAuth2TokenValidatorResult.failure(new OAuth2Error("invalid_token"))
                : OAuth2TokenValidatorResult.success();
    }

    private OAuth2TokenValidatorResult forThisGateway(Jwt jwt) {
        List<String> audiences = jwt.getAudience();
        return properties.anyAudience()
                        || (audiences != null
                                && audiences.stream().anyMatch(properties.audiences()::contains))
                ? OAuth2TokenValidatorResult.success()
                : OAuth2TokenValidatorResult.failure(new OAuth2Error("invalid_token"));
    }

    private Map<String, Object> requestUserInfo(Provider known, Jwt jwt) {
        try {
            Map<String, Object> claims =
                    get(Objects.requireNonNull(known.userInfo), jwt.getTokenValue());
            if (!Objects.equals(jwt.getSubject(), claims.get(JwtClaimNames.SUB))) {
                throw new InvalidBearerTokenException(
                        "The issuer's user info has another subject than the token.");
            }
            return claims;
        } catch (IOException failure) {
            throw unavailable(failure);
        }
    }

    private Map<String, Object> get(URI address, @Nullable String token) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address)
                        .timeout(TIMEOUT)
                        .header("Accept", "application/json");
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            HttpResponse<byte[]> response = answer(request.build());
            if (token != null && (response.statusCode() == 401 || response.statusCode() == 403)) {
                throw new InvalidBearerTokenException("The issuer does not accept the token.");
            }
            if (response.statusCode() != 200) {
                throw new IOException("It answered " + response.statusCode() + ".");
            }
            Map<String, Object> claims = json.readValue(response.body(), CLAIMS);
            if (claims == null) {
                throw new IOException("The response is null.");
            }
            return claims;
        } catch (JacksonException failure) {
            throw new IOException("The response is not JSON.", failure);
        } catch (InterruptedException failure) {
            Thread.currentThread().interrupt();
            throw new IOException("The gateway is stopping.", failure);
        }
    }

    /// Limits the whole response: the timeout of an HTTP request only covers its head.
    private HttpResponse<byte[]> answer(HttpRequest request)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(
                        request,
                        HttpResponse.BodyHandlers.limiting(
                                HttpResponse.BodyHandlers.ofByteArray(), MAX_RESPONSE_BYTES));
        try {
            return answer.get(TIMEOUT.multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failure) {
            throw new IOException(String.valueOf(failure.getCause()), failure);
        } catch (TimeoutException failure) {
            answer.cancel(true);
            throw new IOException("The response did not end in time.", failure);
        }
    }

    private TokenUnverifiableException unavailable(Exception cause) {
        return new TokenUnverifiableException(
                new GatewayException.IssuerUnavailable(
                        "The issuer "
                                + uri()
                                + " does not respond, so the token can't be verified."),
                cause);
    }

    /// @return the address of its metadata (OpenID Connect Discovery 1.0, section 4)
    String discovery() {
        return uri().replaceFirst("/$", "") + "/.well-known/openid-configuration";
    }
}
