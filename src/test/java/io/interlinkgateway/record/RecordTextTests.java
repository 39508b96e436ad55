package io.interlinkgateway.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.interlinkgateway.job.Job.ContainerExit;
import io.interlinkgateway.record.JobRecord.Fault;
import io.interlinkgateway.record.JobRecord.FaultKind;
import io.interlinkgateway.record.JobRecord.KillCause;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The annotation that a record is kept in, there and back, and what becomes of it in other hands.
class RecordTextTests {

    private static final String UID = "7efc5529-44eb-44da-a934-168965f1c5af";

    @Provide
    Arbitrary<JobRecord> records() {
        Arbitrary<Instant> times =
                Arbitraries.longs().between(0, 4_000_000_000L).map(Instant::ofEpochSecond);
        Arbitrary<String> words = Arbitraries.strings().ofMaxLength(100);
        Arbitrary<Integer> codes = Arbitraries.integers().between(0, 255);
        Arbitrary<List<ContainerExit>> exits =
                Combinators.combine(Arbitraries.strings().alpha(), codes, times)
                        .as(ContainerExit::new)
                        .list()
                        .ofMaxSize(5);
        Arbitrary<JobRecord> started = times.optional().map(JobRecord.Started::new);
        Arbitrary<JobRecord> killed =
                Combinators.combine(
                                times.optional(),
                                times.optional(),
                                Arbitraries.of(KillCause.class),
                                words)
                        .as((start, kill, killer, said) ->
                                new JobRecord.Killed(
                                        start,
                                        kill.map(at ->
                                                LocalDateTime.ofEpochSecond(
                                                        at.getEpochSecond(), 0, ZoneOffset.UTC)),
                                        killer,
                                        said));
        Arbitrary<JobRecord> ended =
                Combinators.combine(
                                times,
                                times,
                                codes,
                                exits,
                                Arbitraries.of(true, false),
                                Combinators.combine(Arbitraries.of(FaultKind.class), words)
                                        .as(Fault::new)
                                        .optional())
                        .as(JobRecord.Ended::new);
        return Arbitraries.oneOf(
                List.of(
                        Arbitraries.of(
                                new JobRecord.NoHeader(),
                                new JobRecord.Contradictory(),
                                new JobRecord.OtherPlugin()),
                        started,
                        killed,
                        ended));
    }

    @Property
    void parseGivesBackTheVeryRecord(@ForAll("records") JobRecord record) {
        assertThat(RecordText.parse(RecordText.of(record, UID), UID)).contains(record);
    }

    @Property
    void aCopiedPodCarriesNothing(@ForAll("records") JobRecord record) {
        assertThat(RecordText.parse(RecordText.of(record, UID), "other")).isEmpty();
    }

    @Property
    void whatOthersMadeOfTheTextIsNoErrorAndNeverAnotherPodsRecord(
            @ForAll("records") JobRecord record,
            @ForAll @IntRange(min = 0, max = 400) int at,
            @ForAll char other) {
        String text = RecordText.of(record, UID);
        int place = Math.min(at, text.length() - 1);
        String changed = text.substring(0, place) + other + text.substring(place + 1);

        assertThatCode(() -> RecordText.parse(changed, UID)).doesNotThrowAnyException();
        assertThat(RecordText.parse(text.substring(0, place), UID)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "7",
                "{}",
                "{\"version\":1,\"uid\":\"U\"}",
                "{\"version\":2,\"uid\":\"U\",\"kind\":\"headless\"}",
                "{\"version\":\"1\",\"uid\":\"U\",\"kind\":\"headless\"}",
                "{\"version\":1.5,\"uid\":\"U\",\"kind\":\"headless\"}",
                "{\"version\":1,\"uid\":\"U\",\"kind\":\"headless\",\"more\":1}",
                "{\"version\":1,\"uid\":\"U\",\"kind\":\"glorious\"}",
                "{\"version\":1,\"uid\":\"U\",\"kind\":\"started\",\"startedAt\":\"now\"}",
                "{\"version\":1,\"uid\":\"U\",\"kind\":\"started\",\"startedAt\":null}",
                "{\"version\":1,\"uid\":\"U\",\"kind\":\"ended\"}",
                "{\"version\":1,\"uid\":\"U\",\"kind\":\"killed\",\"killer\":\"WRATH\",\"words\":\"\"}",
                "{\"version\":1,\"uid\":\"U\",\"kind\":\"headless\"} {}",
            })
    void whatIsNotExactlySuchATextIsNone(String text) {
        assertThat(RecordText.parse(text.replace("U", UID), UID)).isEmpty();
    }

    @Test
    void aTextOfMegabytesIsNotEvenRead() {
        String text = RecordText.of(new JobRecord.NoHeader(), UID) + " ".repeat(RecordText.LONGEST);

        assertThat(RecordText.parse(text, UID)).isEmpty();
    }

    @Test
    void nestingBeyondReasonIsNoError() {
        assertThat(RecordText.parse("[".repeat(30_000), UID)).isEmpty();
    }
}
