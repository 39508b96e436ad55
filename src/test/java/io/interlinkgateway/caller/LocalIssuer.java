package io.interlinkgateway.caller;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/// An issuer of tokens on a loopback port, with discovery, keys and user info.
public final class LocalIssuer implements AutoCloseable {

    /// For whom its tokens are.
    public static final String AUDIENCE = "interlink-gateway";

    private static final JsonMapper JSON = new JsonMapper();

    /// To make a key takes a tenth of a second, so the issuers of a process share five.
    private static final Map<Integer, RSAKey> MADE = new ConcurrentHashMap<>();

    /// The key that no issuer has.
    private static final int FOREIGN = 4;

    private static final AtomicInteger ISSUERS = new AtomicInteger();

    private final int number = ISSUERS.incrementAndGet();
    private final InetSocketAddress address;
    private final AtomicInteger keys = new AtomicInteger();
    private final AtomicInteger keyRequests = new AtomicInteger();
    private HttpServer server;
    private volatile RSAKey key = newKey();
    private volatile Map<String, Object> userInfo = Map.of();
    private volatile int userInfoStatus = 200;

    /// Starts it.
    public LocalIssuer() {
        server = listening(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        address = server.getAddress();
    }

    private HttpServer listening(InetSocketAddress where) {
        try {
            HttpServer started = HttpServer.create(where, 0);
            started.createContext(
                    "/.well-known/openid-configuration",
                    exchange ->
                            answer(
                                    exchange,
                                    200,
                                    JSON.writeValueAsString(
                                            Map.of(
                                                    "issuer", uri(),
                                                    "jwks_uri", uri() + "/keys",
                                                    "authorization_endpoint", uri() + "/auth",
                                                    "token_endpoint", uri() + "/token",
                                                    "userinfo_endpoint", uri() + "/userinfo"))));
            started.createContext(
                    "/keys",
                    exchange -> {
                        keyRequests.incrementAndGet();
                        answer(exchange, 200, new JWKSet(key.toPublicJWK()).toString());
                    });
            started.createContext(
                    "/userinfo",
                    exchange ->
                            answer(exchange, userInfoStatus, JSON.writeValueAsString(userInfo)));
            started.start();
            return started;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    /// Another than the last one of this issuer, and than those of the issuer before.
    private RSAKey newKey() {
        int count = keys.incrementAndGet();
        return key(2 * (number % 2) + count % 2, "key-" + count);
    }

    private static RSAKey key(int index, String name) {
        return new RSAKey.Builder(MADE.computeIfAbsent(index, _ -> made())).keyID(name).build();
    }

    private static RSAKey made() {
        try {
            return new RSAKeyGenerator(2048).generate();
        } catch (JOSEException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /// @return its identifier
    public String uri() {
        return "http://127.0.0.1:" + Objects.requireNonNull(address).getPort();
    }

    /// @param subject whom the token is about
    /// @param groups the claim `groups`
    /// @return a good token for ten minutes
    public String token(String subject, String... groups) {
        return signed(claims(subject, groups));
    }

    /// @param change what is different from a good token
    /// @return a token that is signed with the issuer's key
    String token(UnaryOperator<JWTClaimsSet.Builder> change, String subject, String... groups) {
        return signed(change.apply(new JWTClaimsSet.Builder(claims(subject, groups))).build());
    }

    /// @param name a claim
    /// @param value what a good token's claim is replaced by, as JSON has it
    /// @return a token about `ada` that is signed with the issuer's key
    String tokenWith(String name, Object value, String... groups) {
        Map<String, Object> claims = new LinkedHashMap<>(claims("ada", groups).toJSONObject());
        claims.put(name, value);
        try {
            JWSObject token =
                    new JWSObject(
                            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
                            new Payload(
                                    JSON.rebuild()
                                            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                                            .build()
                                            .writeValueAsString(claims)));
            token.sign(new RSASSASigner(key));
            return token.serialize();
        } catch (JOSEException failure) {
            throw new IllegalStateException(failure);
        }
    }

    String expired(String subject, String... groups) {
        return token(
                claims -> claims.expirationTime(Date.from(Instant.now().minusSeconds(600))),
                subject,
                groups);
    }

    /// Of this issuer by all that it says, but signed with another key of the same name.
    String forged(String subject, String... groups) {
        return signed(claims(subject, groups), key(FOREIGN, key.getKeyID()));
    }

    String unsigned(String subject, String... groups) {
        return new PlainJWT(claims(subject, groups)).serialize();
    }

    /// Signed with the public key as if that were a shared secret.
    String confused(String subject, String... groups) {
        try {
            SignedJWT token =
                    new SignedJWT(
                            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(key.getKeyID()).build(),
                            claims(subject, groups));
            token.sign(new MACSigner(key.toRSAPublicKey().getEncoded()));
            return token.serialize();
        } catch (JOSEException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private JWTClaimsSet claims(String subject, String... groups) {
        Instant now = Instant.now();
        return new JWTClaimsSet.Builder()
                .issuer(uri())
                .subject(subject)
                .audience(AUDIENCE)
                .issueTime(Date.from(now.minus(Duration.ofHours(1))))
                .expirationTime(Date.from(now.plus(Duration.ofMinutes(10))))
                .claim("groups", List.of(groups))
                .build();
    }

    private String signed(JWTClaimsSet claims) {
        return signed(claims, key);
    }

    private static String signed(JWTClaimsSet claims, RSAKey key) {
        try {
            SignedJWT token =
                    new SignedJWT(
                            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
                            claims);
            token.sign(new RSASSASigner(key));
            return token.serialize();
        } catch (JOSEException failure) {
            throw new IllegalStateException(failure);
        }
    }

    void rotateKey() {
        key = newKey();
    }

    int keyRequests() {
        return keyRequests.get();
    }

    void answerUserInfo(int status, Map<String, Object> claims) {
        userInfoStatus = status;
        userInfo = Map.copyOf(claims);
    }

    /// Stops answering requests until [#comeBack].
    public void goDown() {
        server.stop(0);
    }

    /// Answers again, at the same address.
    public void comeBack() {
        server = listening(address);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
