package io.interlinkgateway.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.token.ApiTokenAuthenticatorTests;
import io.interlinkgateway.web.Refusals;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import tools.jackson.databind.json.JsonMapper;

@Execution(ExecutionMode.CONCURRENT)
class TrustedIssuerTests {

    private final LocalIssuer issuer = new LocalIssuer();
    private BearerTokenAuthentication tokens = tokens(false);

    @AfterEach
    void close() {
        issuer.close();
    }

    private BearerTokenAuthentication tokens(boolean userInfo) {
        return tokens(List.of(LocalIssuer.AUDIENCE), userInfo);
    }

    private BearerTokenAuthentication tokens(List<String> audiences, boolean userInfo) {
        return new BearerTokenAuthentication(
                ApiTokenAuthenticatorTests.check(Clock.systemUTC()),
                List.of(
                        new TrustedIssuer(
                                new SecurityProperties.Issuer(
                                        URI.create(issuer.uri()),
                                        audiences,
                                        audiences.isEmpty(),
                                        Duration.ofSeconds(60),
                                        userInfo,
                                        null,
                                        List.of("openid"),
                                        List.of(
                                                new SecurityProperties.Rule(
                                                        "groups",
                                                        "astronomers",
                                                        null,
                                                        "stars",
                                                        Role.SUBMITTER))),
                                new JsonMapper())));
    }

    private Caller callerOf(String token) {
        return ((CallerAuthentication)
                        tokens.authenticate(new BearerTokenAuthenticationToken(token)))
                .getPrincipal();
    }

    private void assertRefused(String token) {
        assertThatThrownBy(() -> callerOf(token))
                .isInstanceOf(InvalidBearerTokenException.class)
                .hasMessageNotContaining(token);
    }

    @Test
    void aGoodTokenNamesItsCallerAndWorkspaces() {
        Caller caller = callerOf(issuer.token("ada", "astronomers", "others"));

        assertThat(caller.id()).isEqualTo(issuer.uri() + "#ada");
        assertThat(caller.workspaces()).isEqualTo(Map.of(new Workspace("stars"), Role.SUBMITTER));
    }

    static Stream<TokenMaker> badTokens() {
        return Stream.of(
                new TokenMaker("expired", issuer -> issuer.expired("ada", "astronomers")),
                new TokenMaker("forged", issuer -> issuer.forged("ada", "astronomers")),
                new TokenMaker("alg none", issuer -> issuer.unsigned("ada", "astronomers")),
                new TokenMaker("alg HS256", issuer -> issuer.confused("ada", "astronomers")),
                new TokenMaker(
                        "other audience",
                        issuer -> issuer.token(claims -> claims.audience("elsewhere"), "ada")),
                new TokenMaker(
                        "no audience",
                        issuer -> issuer.token(claims -> claims.audience((String) null), "ada")),
                new TokenMaker(
                        "no expiry",
                        issuer -> issuer.token(claims -> claims.expirationTime(null), "ada")),
                new TokenMaker(
                        "not yet",
                        issuer ->
                                issuer.token(
                                        claims ->
                                                claims.notBeforeTime(
                                                        Date.from(Instant.now().plusSeconds(600))),
                                        "ada")),
                new TokenMaker(
                        "no subject",
                        issuer -> issuer.token(claims -> claims.subject(null), "ada")),
                new TokenMaker(
                        "line break in the subject", issuer -> issuer.token("ada\nactor=root")),
                new TokenMaker(
                        "other issuer",
                        issuer -> issuer.token(claims -> claims.issuer("https://evil.org"), "ada")),
                new TokenMaker(
                        "no issuer", issuer -> issuer.token(claims -> claims.issuer(null), "ada")),
                new TokenMaker(
                        "bound to a key",
                        issuer ->
                                issuer.token(
                                        claims -> claims.claim("cnf", Map.of("jkt", "x")), "ada")),
                subject("U+0085", "ada\u0085x"),
                subject("line separator", "ada\u2028x"),
                subject("right-to-left override", "ada\u202ex"),
                claim("sub", "ada\ud800"),
                subject("zero width", "ada\u200b"),
                subject("private use", "ada\ue000"),
                subject("not assigned", "ada\u0378"),
                subject("only a blank", " "),
                subject("blank at the end", "ada "),
                subject("wide blank at the beginning", "\u3000ada"),
                subject("empty", ""),
                subject("too long", "x".repeat(256)),
                claim("sub", 7),
                claim("sub", true),
                claim("sub", List.of("ada")),
                claim("exp", 1e300),
                claim("exp", 1_000_000_000_000_000_000L),
                claim("exp", 253_402_300_800L),
                claim("nbf", 1e300),
                claim("nbf", -1e300),
                claim("nbf", -1),
                claim("iat", 1e300),
                claim("iat", -1e18),
                claim("iat", new BigInteger("1" + "0".repeat(400))),
                new TokenMaker("no token", issuer -> "x"),
                new TokenMaker("empty parts", issuer -> ".."),
                new TokenMaker("cut", issuer -> issuer.token("ada").substring(0, 60)));
    }

    private static TokenMaker subject(String name, String subject) {
        return new TokenMaker("subject: " + name, issuer -> issuer.token(subject));
    }

    private static TokenMaker claim(String name, Object value) {
        return new TokenMaker(
                name + " " + value, issuer -> issuer.tokenWith(name, value, "astronomers"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ada",
                "Ada Lovelace",
                "auth0|5f",
                "user@example.org",
                "\u00fc\u4e2d",
                "\ud83d\ude00"
            })
    void ordinarySubjectsAreTaken(String subject) {
        assertThat(callerOf(issuer.token(subject)).id()).endsWith("#" + subject);
    }

    @Test
    void timesMayHaveFractions() {
        double soon = Instant.now().getEpochSecond() + 100.5;

        assertThat(callerOf(issuer.tokenWith("exp", soon)).id()).endsWith("#ada");
    }

    record TokenMaker(String name, Function<LocalIssuer, String> from) {
        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest
    @MethodSource("badTokens")
    void aBadTokenIsRefused(TokenMaker token) {
        assertRefused(token.from.apply(issuer));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}|{}",
                "[]|[]",
                "{\"alg\":\"RS256\"}|{\"iss\":\"ISSUER\"}",
                "{\"alg\":[\"RS256\"]}|{\"iss\":\"ISSUER\"}",
                "{\"alg\":\"RS256\",\"kid\":7}|{\"iss\":\"ISSUER\"}",
                "{\"alg\":\"RS256\",\"crit\":[\"x\"]}|{\"iss\":\"ISSUER\"}",
                "{\"alg\":\"RS256\",\"jku\":\"http://127.0.0.1:1/\"}|{\"iss\":\"ISSUER\"}",
                "{\"alg\":\"\"}|{\"iss\":\"ISSUER\"}",
                "{\"alg\":\"none\"}|{\"iss\":\"ISSUER\",\"sub\":\"ada\"}",
                "{\"alg\":\"nOnE\"}|{\"iss\":\"ISSUER\",\"sub\":\"ada\"}",
                "{\"alg\":\"RS256\"}|{\"iss\":[\"ISSUER\"]}",
                "{\"alg\":\"RS256\"}|{\"iss\":7}",
                "{\"alg\":\"RS256\"}|{\"iss\":null}",
                "{\"alg\":\"RS256\"}|{\"iss\":\"ISSUER\",\"exp\":1e999}",
                "{\"alg\":\"RS256\"}|{\"iss\":\"ISSUER\",\"exp\":\"soon\"}",
                "{\"alg\":\"RS256\"}|{\"iss\":\"ISSUER\",\"aud\":{\"a\":1}}",
                "{\"alg\":\"RS256\",\"zip\":\"DEF\",\"enc\":\"A128GCM\"}|x",
                "{\"alg\":\"dir\",\"enc\":\"A128GCM\"}|{\"iss\":\"ISSUER\"}",
                "DEEP|DEEP",
                "{\"alg\":\"RS256\"}|DEEP",
                "\u0000|\u0000"
            })
    void aTokenOfAnyShapeIsOnlyRefused(String parts) {
        String deep = "{\"a\":".repeat(20_000) + "1" + "}".repeat(20_000);
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String token =
                Stream.of(parts.split("\\|"))
                                .map(part ->
                                        part.replace("ISSUER", issuer.uri()).replace("DEEP", deep))
                                .map(part ->
                                        base64.encodeToString(
                                                part.getBytes(StandardCharsets.UTF_8)))
                                .collect(Collectors.joining("."))
                        + ".c2lnbmF0dXJl";

        for (String variant : List.of(token, token + ".", token + ".x.y", "." + token)) {
            assertRefused(variant);
        }
    }

    @Test
    void clocksMayDifferByTheConfiguredTime() {
        String token =
                issuer.token(
                        claims -> claims.expirationTime(Date.from(Instant.now().minusSeconds(30))),
                        "ada");

        assertThat(callerOf(token).id()).endsWith("#ada");
    }

    @Test
    void aNewKeyIsFoundWithoutARestart() {
        callerOf(issuer.token("ada"));

        issuer.rotateKey();

        assertThat(callerOf(issuer.token("grace")).id()).endsWith("#grace");
    }

    @Test
    void unknownKeysDoNotMakeTheGatewayHammerTheIssuer() {
        callerOf(issuer.token("ada"));
        LocalIssuer other = new LocalIssuer();
        other.rotateKey();
        String unknownKey = other.token(claims -> claims.issuer(issuer.uri()), "ada");
        other.close();

        for (int attempt = 0; attempt < 50; attempt++) {
            assertThatThrownBy(() -> callerOf(unknownKey))
                    .isInstanceOfSatisfying(
                            RefusedTokenException.class,
                            refused ->
                                    assertThat(refused.counted())
                                            .isEqualTo(Refusals.Cause.UNKNOWN_KEY));
        }

        assertThat(issuer.keyRequests()).isLessThanOrEqualTo(3);
    }

    @Test
    void anIssuerThatIsDownAtTheStartIsTriedAgain() {
        String token = issuer.token("ada");
        issuer.goDown();
        assertThatThrownBy(() -> callerOf(token)).isInstanceOf(TokenUnverifiableException.class);

        issuer.comeBack();

        await().ignoreExceptions().until(() -> callerOf(token).id().endsWith("#ada"));
    }

    @Test
    void tokensAreStillGoodWhileAKnownIssuerIsDown() {
        callerOf(issuer.token("ada"));
        issuer.goDown();

        assertThat(callerOf(issuer.token("grace")).id()).endsWith("#grace");
    }

    @Test
    void anyAudienceMeansAlsoNone() {
        tokens = tokens(List.of(), false);

        assertThat(callerOf(issuer.token(claims -> claims.audience((String) null), "ada")).id())
                .endsWith("#ada");
    }

    @Test
    void userInfoAddsClaims() {
        tokens = tokens(true);
        issuer.answerUserInfo(200, Map.of("sub", "ada", "groups", List.of("astronomers")));

        assertThat(callerOf(issuer.token("ada")).workspaces())
                .containsOnlyKeys(new Workspace("stars"));
    }

    @Test
    void userInfoOfAnotherIsNotBelieved() {
        tokens = tokens(true);
        issuer.answerUserInfo(200, Map.of("sub", "grace", "groups", List.of("astronomers")));

        assertRefused(issuer.token("ada"));
    }

    @Test
    void aTokenThatTheIssuerTookBackIsRefused() {
        tokens = tokens(true);
        issuer.answerUserInfo(401, Map.of());

        assertRefused(issuer.token("ada"));
    }

    @Test
    void aTokenWithoutUserInfoIsUnverifiable() {
        tokens = tokens(true);
        issuer.answerUserInfo(500, Map.of());

        assertThatThrownBy(() -> callerOf(issuer.token("ada")))
                .isInstanceOf(TokenUnverifiableException.class);
    }

    @Test
    void userInfoIsAskedOnceForAToken() {
        tokens = tokens(true);
        issuer.answerUserInfo(200, Map.of("sub", "ada", "groups", List.of("astronomers")));
        String token = issuer.token("ada");
        callerOf(token);
        issuer.answerUserInfo(500, Map.of());

        assertThat(callerOf(token).workspaces()).containsOnlyKeys(new Workspace("stars"));
    }
}
