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
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
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
                                new JobRecord.Empty(),
                                new JobRecord.Contradictory(),
                                new JobRecord.OtherPlugin()),
                        started,
                        killed,
                        ended));
    }

    /// The annotations of pods that exist already.
    static Stream<Arguments> texts() {
        return Stream.of(
                Arguments.of(new JobRecord.NoHeader(), "'kind':'headless'"),
                Arguments.of(new JobRecord.Empty(), "'kind':'empty'"),
                Arguments.of(new JobRecord.Contradictory(), "'kind':'contradictory'"),
                Arguments.of(new JobRecord.OtherPlugin(), "'kind':'other-plugin'"),
                Arguments.of(new JobRecord.Started(Optional.empty()), "'kind':'started'"),
                Arguments.of(
                        new JobRecord.Started(Optional.of(Instant.parse("2026-11-23T23:54:00Z"))),
                        "'kind':'started','startedAt':'2026-11-23T23:54:00Z'"),
                Arguments.of(
                        new JobRecord.Killed(
                                Optional.of(Instant.parse("2026-11-23T23:54:00.5Z")),
                                Optional.of(LocalDateTime.parse("2026-11-24T00:55:00")),
                                KillCause.NODE_FAILURE,
                                "*** JOB 4711 \u00e9 ***"),
                        "'kind':'killed','startedAt':'2026-11-23T23:54:00.500Z',"
                                + "'killedAt':'2026-11-24T00:55','killer':'NODE_FAILURE',"
                                + "'words':'*** JOB 4711 \u00e9 ***'"),
                Arguments.of(
                        new JobRecord.Killed(
                                Optional.empty(), Optional.empty(), KillCause.MEMORY, ""),
                        "'kind':'killed','killer':'MEMORY','words':''"),
                Arguments.of(
                        new JobRecord.Ended(
                                Instant.parse("2026-11-23T23:54:00Z"),
                                Instant.parse("2026-11-23T23:54:09Z"),
                                255,
                                List.of(
                                        new ContainerExit(
                                                "c", 255, Instant.parse("2026-11-23T23:54:08Z")),
                                        new ContainerExit(
                                                "d", 0, Instant.parse("2026-11-23T23:54:09Z"))),
                                true,
                                Optional.of(new Fault(FaultKind.IMAGE, "no image"))),
                        "'kind':'ended','startedAt':'2026-11-23T23:54:00Z',"
                            + "'finishedAt':'2026-11-23T23:54:09Z','exitCode':255,'containers':["
                            + "{'name':'c','exitCode':255,'finishedAt':'2026-11-23T23:54:08Z'},"
                            + "{'name':'d','exitCode':0,'finishedAt':'2026-11-23T23:54:09Z'}],'memoryKill':true,'fault':'IMAGE','words':'no"
                            + " image'"),
                Arguments.of(
                        new JobRecord.Ended(
                                Instant.parse("2026-11-23T23:54:00Z"),
                                Instant.parse("2026-11-23T23:54:09Z"),
                                0,
                                List.of(),
                                false,
                                Optional.empty()),
                        "'kind':'ended','startedAt':'2026-11-23T23:54:00Z',"
                            + "'finishedAt':'2026-11-23T23:54:09Z','exitCode':0,'containers':[],"
                            + "'memoryKill':false"));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void theTextOfARecordStaysTheSame(JobRecord record, String properties) {
        String text = ("{'version':1,'uid':'" + UID + "'," + properties + "}").replace('\'', '"');

        assertThat(RecordText.of(record, UID)).isEqualTo(text);
        assertThat(RecordText.parse(text, UID)).contains(record);
    }

    @Test
    void aLongMessageIsCutInTheRecordAsInItsText() {
        JobRecord record =
                new JobRecord.Killed(
                        Optional.empty(), Optional.empty(), KillCause.MEMORY, "x".repeat(9000));

        assertThat(RecordText.parse(RecordText.of(record, UID), UID)).contains(record);
        assertThat(RecordText.of(record, UID)).hasSizeLessThan(1200);
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
                "{\"version\":1,\"uid\":\"U\",\"kind\":\"headless\"} ",
                "{\"uid\":\"U\",\"version\":1,\"kind\":\"headless\"}",
                "{\"version\":1,\"version\":1,\"uid\":\"U\",\"kind\":\"headless\"}",
                "{\"version\":1,\"uid\":\"U\",\"kind\":\"io.interlinkgateway.record.JobRecord$NoHeader\"}",
                "{\"version\":1,\"uid\":\"U\",\"kind\":\"started\",\"startedAt\":7}",
                "{\"version\":1,\"uid\":\"U\",\"kind\":\"started\",\"startedAt\":\"+1000000000-12-31T23:59:59Z\"}",
                "{\"version\":1,\"uid\":\"U\",\"kind\":\"started\",\"startedAt\":1e400}",
                "{\"version\":1,\"uid\":\"U\",\"kind\":\"killed\",\"killer\":1,\"words\":\"\"}",
                "{\"version\":1,\"uid\":\"U\",\"kind\":\"killed\",\"killer\":\"MEMORY\",\"words\":7}",
                "{\"version\":1,\"uid\":\"U\",\"kind\":\"killed\",\"killer\":\"MEMORY\"}",
            })
    void whatIsNotExactlySuchATextIsNone(String text) {
        assertThat(RecordText.parse(text.replace("U", UID), UID)).isEmpty();
    }

    /// One thing is wrong with each.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "exitCode":7,"containers"         | "exitCode":256,"containers"
                    "exitCode":7,"containers"         | "exitCode":-1,"containers"
                    "exitCode":7,"containers"         | "exitCode":"7","containers"
                    "exitCode":7,"containers"         | "exitCode":7.0,"containers"
                    "exitCode":7,"containers"         | "containers"
                    "memoryKill":false                | "memoryKill":0
                    "memoryKill":false,               | ``
                    "name":"c",                       | ``
                    "name":"c","exitCode":7           | "name":"c","exitCode":256
                    "name":"c","exitCode":7,          | "name":"c",
                    "name":"c","exitCode":7           | "name":"c","exitCode":7,"more":1
                    "finishedAt":"2026-11-23T23:54:08Z"}  | "finishedAt":null}
                    "fault":"COMMAND",                | ``
                    ,"words":"no command"             | ``
                    "fault":"COMMAND"                 | "fault":"WRATH"
                    "fault":"COMMAND"                 | "fault":1
                    """)
    void aTextWithOneThingWrongIsNone(String right, String wrong) {
        String text =
                RecordText.of(
                        new JobRecord.Ended(
                                Instant.parse("2026-11-23T23:54:00Z"),
                                Instant.parse("2026-11-23T23:54:09Z"),
                                7,
                                List.of(
                                        new ContainerExit(
                                                "c", 7, Instant.parse("2026-11-23T23:54:08Z"))),
                                false,
                                Optional.of(new Fault(FaultKind.COMMAND, "no command"))),
                        UID);

        assertThat(text).contains(right);
        assertThat(RecordText.parse(text, UID)).isPresent();
        assertThat(RecordText.parse(text.replace(right, wrong), UID)).isEmpty();
    }

    @Test
    void aMessageThatIsTooLongIsNone() {
        String text =
                RecordText.of(
                        new JobRecord.Killed(
                                Optional.empty(),
                                Optional.empty(),
                                KillCause.MEMORY,
                                "x".repeat(JobRecord.LONGEST_MESSAGE)),
                        UID);

        assertThat(RecordText.parse(text, UID)).isPresent();
        assertThat(RecordText.parse(text.replace("xx", "xxx"), UID)).isEmpty();
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
