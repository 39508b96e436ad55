package io.interlinkgateway.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class IssuerKeysTests {

    private long now;
    private int fetched;
    private boolean down;
    private List<JWK> there = List.of(key("first"));

    private final IssuerKeys keys =
            new IssuerKeys(
                    () -> {
                        fetched++;
                        if (down) {
                            throw new IOException("down");
                        }
                        return new JWKSet(there);
                    },
                    () -> now);

    private static ECKey key(String name) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(name).generate();
        } catch (JOSEException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static JWKSelector named(String name) {
        return new JWKSelector(new JWKMatcher.Builder().keyID(name).build());
    }

    private void after(Duration time) {
        now += time.toNanos();
    }

    private void assertUnknown(String name) {
        assertThatThrownBy(() -> keys.get(named(name), null))
                .isInstanceOf(IssuerKeys.UnknownKeyException.class);
    }

    @Test
    void madeUpNamesAreUnknownAndHideANewKeyForSecondsAtMost() throws Exception {
        keys.get(named("first"), null);
        for (int attempt = 0; attempt < 300; attempt++) {
            assertUnknown("made-up-" + attempt);
        }
        there = List.of(key("second"));
        assertUnknown("second");

        for (int second = 0; second < 5; second++) {
            after(Duration.ofSeconds(1));
            for (int attempt = 0; attempt < 300; attempt++) {
                assertUnknown("made-up-" + attempt);
            }
        }

        assertThat(keys.get(named("second"), null)).hasSize(1);
        assertThat(fetched).isEqualTo(3);
    }

    @Test
    void aKeyThatTheIssuerTookBackEndsAfterFiveMinutes() throws Exception {
        keys.get(named("first"), null);
        there = List.of(key("second"));
        after(Duration.ofMinutes(5).plusSeconds(1));

        assertUnknown("first");
    }

    @Test
    void keysAreGoodForAnHourWithoutTheIssuer() throws Exception {
        keys.get(named("first"), null);
        down = true;

        after(Duration.ofMinutes(59));
        assertThat(keys.get(named("first"), null)).hasSize(1);
        assertUnknown("made-up");

        after(Duration.ofMinutes(2));
        assertThatThrownBy(() -> keys.get(named("first"), null))
                .isInstanceOf(KeySourceException.class)
                .isNotInstanceOf(IssuerKeys.UnknownKeyException.class);
    }

    @Test
    void withoutAnyKeyNothingIsKnown() throws Exception {
        down = true;
        for (int attempt = 0; attempt < 50; attempt++) {
            assertThatThrownBy(() -> keys.get(named("first"), null))
                    .isInstanceOf(KeySourceException.class)
                    .isNotInstanceOf(IssuerKeys.UnknownKeyException.class);
        }
        assertThat(fetched).isEqualTo(2);

        down = false;
        after(Duration.ofSeconds(5));
        assertThat(keys.get(named("first"), null)).hasSize(1);
    }

    /// As in an attack: each request has a name of its own, and the issuer does not answer.
    @Test
    void aSlowIssuerDoesNotTakeTheServersThreads() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answers = new CountDownLatch(1);
        JWKSet known = new JWKSet(key("first"));
        IssuerKeys slow =
                new IssuerKeys(
                        () -> {
                            asked.countDown();
                            try {
                                answers.await();
                            } catch (InterruptedException stopped) {
                                throw new IOException(stopped);
                            }
                            return known;
                        },
                        System::nanoTime);
        int requests = 1000;
        AtomicInteger refused = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int request = 0; request < requests; request++) {
            threads.add(
                    Thread.startVirtualThread(() -> {
                        try {
                            slow.get(named("first"), null);
                        } catch (KeySourceException noAnswer) {
                            refused.incrementAndGet();
                        }
                    }));
        }

        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        await().atMost(20, TimeUnit.SECONDS)
                .untilAtomic(refused, equalTo(requests - TrustedIssuer.MAX_WAITING));
        answers.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(refused).hasValue(requests - TrustedIssuer.MAX_WAITING);
        assertThat(slow.get(named("first"), null)).hasSize(1);
    }
}
