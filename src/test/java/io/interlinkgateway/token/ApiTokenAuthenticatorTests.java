package io.interlinkgateway.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Ticker;
import io.interlinkgateway.caller.Caller;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Workspace;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;

public class ApiTokenAuthenticatorTests {

    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
    private static final Workspace STARS = new Workspace("stars");

    private final Kept kept = new Kept();

    public static ApiTokenAuthenticator check(Clock clock) {
        return check(new Kept(), clock);
    }

    private static ApiTokenAuthenticator check(ApiTokens tokens, Clock clock) {
        return new ApiTokenAuthenticator(
                tokens,
                new ApiTokenProperties(
                        Duration.ofDays(30), Duration.ofDays(90), 20, Duration.ofSeconds(10)),
                clock);
    }

    private static final class Kept implements ApiTokens {

        private final Map<String, ApiToken> tokens = new ConcurrentHashMap<>();
        private final AtomicInteger lookups = new AtomicInteger();
        private boolean down;

        @Override
        public void add(ApiToken token) {
            tokens.put(token.id(), token);
        }

        @Override
        public Optional<ApiToken> find(String id) {
            lookups.incrementAndGet();
            if (down) {
                throw new GatewayException.ClusterUnavailable("down");
            }
            return Optional.ofNullable(tokens.get(id));
        }

        @Override
        public List<ApiToken> ownedBy(String owner) {
            return List.copyOf(tokens.values());
        }

        @Override
        public void delete(String id) {
            tokens.remove(id);
        }
    }

    private ApiTokenAuthenticator.Made made() {
        ApiTokenAuthenticator.Made made =
                ApiTokenAuthenticator.make(
                        "ada", "ci", Role.VIEWER, List.of(STARS), NOW, NOW.plusSeconds(60));
        kept.add(made.token());
        return made;
    }

    private static Clock at(Instant time) {
        return Clock.fixed(time, ZoneOffset.UTC);
    }

    @Test
    void aTokenActsForItsOwnerWithItsOwnRole() {
        Caller caller = check(kept, at(NOW)).callerOf(made().value());

        assertThat(caller.id()).isEqualTo("ada");
        assertThat(caller.workspaces()).isEqualTo(Map.of(STARS, Role.VIEWER));
    }

    @Test
    void theSecretIsNotKept() {
        ApiTokenAuthenticator.Made made = made();

        String secret = made.value().substring("ilg_0123456789abcdef_".length());
        assertThat(made.token().toString()).doesNotContain(secret);
        assertThat(made.toString()).doesNotContain(secret);
    }

    @Test
    void aTokenExpiresAtItsTime() {
        String token = made().value();

        assertThatThrownBy(() -> check(kept, at(NOW.plusSeconds(60))).callerOf(token))
                .isInstanceOf(InvalidBearerTokenException.class);
    }

    @Test
    void anotherSecretForTheSameIdIsRefused() {
        String token = made().value();
        char last = token.charAt(token.length() - 1);
        String other = token.substring(0, token.length() - 1) + (last == 'A' ? 'B' : 'A');

        assertThatThrownBy(() -> check(kept, at(NOW)).callerOf(other))
                .isInstanceOf(InvalidBearerTokenException.class);
    }

    @Test
    void whatHasNotTheFormIsNotLookedUp() {
        for (String token : List.of("ilg_", "ilg_../../secrets_x", "ilg_0123456789abcdef_short")) {
            assertThatThrownBy(() -> check(kept, at(NOW)).callerOf(token))
                    .isInstanceOf(InvalidBearerTokenException.class);
        }
        assertThat(kept.lookups).hasValue(0);
    }

    @Test
    void manyRequestsAreOneLookup() {
        ApiTokenAuthenticator check = check(kept, at(NOW));
        String token = made().value();
        for (int request = 0; request < 100; request++) {
            check.callerOf(token);
        }

        assertThat(kept.lookups).hasValue(1);
    }

    @Test
    void aForgottenTokenIsLookedUpAgain() {
        ApiTokenAuthenticator check = check(kept, at(NOW));
        ApiTokenAuthenticator.Made made = made();
        check.callerOf(made.value());

        kept.delete(made.token().id());
        check.invalidate(made.token().id());

        assertThatThrownBy(() -> check.callerOf(made.value()))
                .isInstanceOf(InvalidBearerTokenException.class);
    }

    @Test
    void madeUpTokensDoNotFloodTheCluster() {
        ApiTokenAuthenticator check = check(kept, at(NOW));
        int refusedUnseen = 0;
        for (int attempt = 0; attempt < 1000; attempt++) {
            String token =
                    ApiTokenAuthenticator.make("eve", "x", Role.ADMIN, List.of(STARS), NOW, NOW)
                            .value();
            try {
                check.callerOf(token);
            } catch (InvalidBearerTokenException unknown) {
                // One of those that were looked up.
            } catch (GatewayException.TooManyRequests tooMany) {
                refusedUnseen++;
            }
        }

        assertThat(refusedUnseen).isGreaterThan(500);
        assertThat(kept.lookups.get()).isEqualTo(1000 - refusedUnseen);
    }

    private static String madeUp() {
        return ApiTokenAuthenticator.make("eve", "x", Role.ADMIN, List.of(STARS), NOW, NOW).value();
    }

    /// Time that tests move.
    private static final class Moved implements Ticker {

        private final AtomicLong nanos = new AtomicLong();

        @Override
        public long read() {
            return nanos.get();
        }

        void by(Duration step) {
            nanos.addAndGet(step.toNanos());
        }
    }

    private ApiTokenAuthenticator check(Moved time) {
        return new ApiTokenAuthenticator(
                kept,
                new ApiTokenProperties(
                        Duration.ofDays(30), Duration.ofDays(90), 20, Duration.ofSeconds(10)),
                at(NOW),
                time,
                Runnable::run);
    }

    private static void flood(ApiTokenAuthenticator check, int tokens) {
        for (int attempt = 0; attempt < tokens; attempt++) {
            assertThatThrownBy(() -> check.callerOf(madeUp()))
                    .isInstanceOfAny(
                            InvalidBearerTokenException.class,
                            GatewayException.TooManyRequests.class);
        }
    }

    @Test
    void aTokenInUseIsGoodWhileMadeUpOnesFloodTheGateway() {
        Moved time = new Moved();
        ApiTokenAuthenticator check = check(time);
        String token = made().value();
        check.callerOf(token);

        for (int halfSecond = 0; halfSecond < 120; halfSecond++) {
            flood(check, 100);
            assertThat(check.callerOf(token).id()).isEqualTo("ada");
            time.by(Duration.ofMillis(500));
        }
    }

    @Test
    void aTokenThatWasUsedWithinTheHourIsGoodInAFloodToo() {
        Moved time = new Moved();
        ApiTokenAuthenticator check = check(time);
        String token = made().value();
        check.callerOf(token);

        time.by(Duration.ofMinutes(59));
        flood(check, 100);

        assertThat(check.callerOf(token).id()).isEqualTo("ada");
    }

    @Test
    void aTokenThatAnotherReplicaDeletedEndsInTimeEvenInUse() {
        Moved time = new Moved();
        ApiTokenAuthenticator check = check(time);
        ApiTokenAuthenticator.Made made = made();
        check.callerOf(made.value());
        kept.delete(made.token().id());

        for (int second = 0; second < 10; second++) {
            time.by(Duration.ofSeconds(1));
            try {
                check.callerOf(made.value());
            } catch (InvalidBearerTokenException gone) {
                // Before the ten seconds are over.
            }
        }

        assertThatThrownBy(() -> check.callerOf(made.value()))
                .isInstanceOf(InvalidBearerTokenException.class);
    }

    @Test
    void aTokenThatAnotherReplicaDeletedEndsInTimeAfterAPause() {
        Moved time = new Moved();
        ApiTokenAuthenticator check = check(time);
        ApiTokenAuthenticator.Made made = made();
        check.callerOf(made.value());
        kept.delete(made.token().id());

        time.by(Duration.ofSeconds(11));

        assertThatThrownBy(() -> check.callerOf(made.value()))
                .isInstanceOf(InvalidBearerTokenException.class);
    }

    @Test
    void aTokenInUseOutlastsAClusterThatIsAwayUntilItsTimeIsOver() {
        Moved time = new Moved();
        ApiTokenAuthenticator check = check(time);
        String token = made().value();
        check.callerOf(token);
        kept.down = true;

        try (CacheLog log = new CacheLog()) {
            for (int second = 1; second < 10; second++) {
                time.by(Duration.ofSeconds(1));
                assertThat(check.callerOf(token).id()).isEqualTo("ada");
            }
            assertThat(kept.lookups).hasValueGreaterThan(1);
            assertThat(log.records).isEmpty();
        }

        time.by(Duration.ofSeconds(1));
        assertThatThrownBy(() -> check.callerOf(token))
                .isInstanceOf(GatewayException.ClusterUnavailable.class);

        kept.down = false;
        assertThat(check.callerOf(token).id()).isEqualTo("ada");
    }

    /// What the cache logs.
    private static final class CacheLog extends Handler implements AutoCloseable {

        private final Logger logger = Logger.getLogger(Cache.class.getPackageName());
        private final List<LogRecord> records = new CopyOnWriteArrayList<>();

        CacheLog() {
            logger.addHandler(this);
        }

        @Override
        public void publish(LogRecord line) {
            records.add(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            logger.removeHandler(this);
        }
    }

    @Test
    void theSameMadeUpTokenIsLookedUpOnce() {
        ApiTokenAuthenticator check = check(new Moved());
        String token = madeUp();

        for (int attempt = 0; attempt < 100; attempt++) {
            assertThatThrownBy(() -> check.callerOf(token))
                    .isInstanceOf(InvalidBearerTokenException.class);
        }

        assertThat(kept.lookups).hasValue(1);
    }
}
