package io.interlinkgateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
@Isolated("nothing else may be logged")
class RefusalsTests {

    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-11-27T12:00:00Z"));
    private final Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Refusals refusals = new Refusals(meters, clock);

    @Test
    void eachCauseHasOneLineAMinuteWithTheNumberSinceTheLast(CapturedOutput output) {
        for (int sent = 0; sent < 1_000; sent++) {
            refusals.refused(Refusals.Cause.NO_TOKEN, "POST /api/v1/jobs.");
        }
        refusals.refused(Refusals.Cause.BODY_TOO_SLOW, "3 of 100 bytes in 10 s.");

        assertThat(output.toString().lines())
                .filteredOn(line -> line.contains("Refused"))
                .satisfiesExactly(
                        line -> assertThat(line).contains("(no-token): POST /api/v1/jobs. 1 since"),
                        line -> assertThat(line).contains("(body-too-slow): 3 of 100 bytes"));

        now.updateAndGet(time -> time.plus(Duration.ofSeconds(60)));
        refusals.refused(Refusals.Cause.NO_TOKEN, "GET /api/v1/nodes.");

        assertThat(output).contains("(no-token): GET /api/v1/nodes. 1000 since the last such line");
    }

    @Test
    void everyRefusalIsCounted() {
        refusals.refused(Refusals.Cause.BAD_TOKEN, "expired");
        refusals.refused(Refusals.Cause.BAD_TOKEN, "expired");

        assertThat(meters.get("gateway.refusals").tag("cause", "bad-token").counter().count())
                .isEqualTo(2);
        assertThat(meters.get("gateway.refusals").tag("cause", "no-token").counter().count())
                .isZero();
    }

    @Test
    void aDetailIsOneShortLine(CapturedOutput output) {
        refusals.refused(Refusals.Cause.BAD_REQUEST, "a\r\n2026 INFO forged" + "x".repeat(10_000));

        assertThat(output.toString().lines())
                .singleElement()
                .satisfies(line ->
                        assertThat(line).contains("a??2026 INFO forged").hasSizeLessThan(500));
    }
}
