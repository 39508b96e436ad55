package io.interlinkgateway.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.log.FakeNode.Failure;
import io.interlinkgateway.log.FakeNode.Kind;
import io.interlinkgateway.log.feed.LogEvent;
import io.interlinkgateway.log.feed.LogPosition;
import io.interlinkgateway.log.feed.LogPosition.Stage;
import io.interlinkgateway.log.feed.LogReader;
import io.interlinkgateway.log.feed.LogTimings;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What followers get, from a node that behaves like the recorded one.
class LogFollowingTests {

    static final LogTimings FAST =
            new LogTimings(
                    65_536,
                    Duration.ofMillis(50),
                    Duration.ofMillis(15),
                    Duration.ofMillis(120),
                    Duration.ofMillis(10),
                    Duration.ofMillis(5),
                    Duration.ofMillis(40),
                    Duration.ofMillis(40),
                    Duration.ofMillis(200),
                    Duration.ofMillis(300));

    private static final String TIMES = "\nreal\t0m1.000s\nuser\t0m1.000s\nsys\t0m1.000s\n";
    private final FakeNode node = new FakeNode(Duration.ofMillis(20));
    private final LogReaders readers =
            new LogReaders(node::log, node::find, FAST, Clock.systemUTC());

    @Test
    void everythingComesFromBeforeTheStartToTheLastByte() throws Exception {
        Follower follower = follow(LogOptions.ALL.following());
        node.phase("Pending");
        node.start();
        node.write("line 1\nline 2\n");
        await().until(() -> follower.text().equals("line 1\nline 2\n"));
        node.write("no newline at end");
        node.exit(0);

        assertThat(follower.whole()).isEqualTo("line 1\nline 2\nno newline at end");
    }

    /// The script writes line by line, so a log can be read in the middle of the header. A followed log does not repeat
    /// the rest.
    @Test
    void halfARecordsHeaderIsNotTheJobs() throws Exception {
        Follower follower = follow(LogOptions.ALL.following());
        node.beginRecord();
        await().until(() -> node.opened.get() > 2);
        node.continueRecord();
        node.write("line 1\n");
        node.exit(0);

        assertThat(follower.whole()).isEqualTo("line 1\n");
    }

    @Test
    void aLineIsGivenBeforeTheNextOne() {
        Follower follower = follow(LogOptions.ALL.following());
        node.start();
        node.write("line 1\n");

        await().until(() -> follower.text().equals("line 1\n"));
    }

    @Test
    void aProgressBarIsGivenBeforeItsLineEnds() {
        Follower follower = follow(LogOptions.ALL.following());
        node.start();
        node.write("10%\r20%");

        await().until(() -> follower.text().equals("10%\r20%"));
    }

    @Test
    void timesThatTheJobPrintsItselfAreItsOwn() throws Exception {
        Follower follower = follow(LogOptions.ALL.following());
        node.start();
        node.write("step 1" + TIMES);
        await().until(() -> follower.text().equals("step 1" + TIMES));
        node.write("step 2" + TIMES);
        node.exit(0);

        assertThat(follower.whole()).isEqualTo("step 1" + TIMES + "step 2" + TIMES);
    }

    /// Then they are told as the job's own, and are the plugin's for who reads the whole log.
    @Test
    void itEndsAlsoWhenTheJobWroteTimesAndWasKilled() throws Exception {
        Follower follower = follow(LogOptions.ALL.following());
        node.start();
        node.write("step 1" + TIMES);
        await().until(() -> follower.text().equals("step 1" + TIMES));
        node.kill();
        node.phase("Failed");

        assertThat(follower.whole()).isEqualTo("step 1" + TIMES);
    }

    @Test
    void thePreparationComesFirst() throws Exception {
        FakeNode preparing = new FakeNode(Duration.ofMillis(20), "6f0e4ad5-2222", true);
        Follower follower =
                new Follower(
                        new LogReaders(preparing::log, preparing::find, FAST, Clock.systemUTC())
                                .open(
                                        FakeNode.WORKSPACE,
                                        FakeNode.NAME,
                                        LogOptions.ALL.following()));
        preparing.phase("Running");
        preparing.prepare("pulling\n");
        await().until(() -> follower.text().equals("pulling"));
        preparing.prepare("pulled\n");
        preparing.start();
        preparing.write("ran\n");
        preparing.exit(0);

        assertThat(follower.whole()).isEqualTo("pulling\npulled\nran\n");
    }

    /// The waits of a log with nothing new would add up to more than a minute.
    @Test
    void itGoesOnSoonAfterALongOutage() {
        LogTimings patient =
                new LogTimings(
                        FAST.buffer(),
                        FAST.grace(),
                        FAST.pause(),
                        FAST.settle(),
                        FAST.look(),
                        FAST.retry(),
                        Duration.ofHours(1),
                        FAST.longestOutage(),
                        FAST.catchUp(),
                        FAST.unconfirmedWait());
        node.start();
        node.write("line 1\n");
        node.fail(Collections.nCopies(14, new Failure(0, Kind.REFUSED)).toArray(Failure[]::new));
        Follower follower =
                new Follower(
                        new LogReaders(node::log, node::find, patient, Clock.systemUTC())
                                .open(
                                        FakeNode.WORKSPACE,
                                        FakeNode.NAME,
                                        LogOptions.ALL.following()));

        await().until(() -> follower.text().equals("line 1\n"));
    }

    @Test
    void aJobThatIsStartedAgainGoesOn() throws Exception {
        Follower follower = follow(LogOptions.ALL.following());
        node.start();
        node.write("first run\n");
        await().until(() -> follower.text().equals("first run\n"));
        node.fail(new Failure(0, Kind.CUT));
        node.restart();
        node.write("second run\n");
        node.exit(0);

        assertThat(follower.whole()).isEqualTo("first run\nsecond run\n");
    }

    @Test
    void aKilledJobsLogEndsThoughThePluginDoesNotEndIt() throws Exception {
        Follower follower = follow(LogOptions.ALL.following());
        node.start();
        node.write("start\n");
        await().until(() -> follower.text().equals("start\n"));
        node.kill();
        node.phase("Failed");

        assertThat(follower.whole()).isEqualTo("start\n");
    }

    @Test
    void aSuccessThatIsClaimedBeforeTheJobStartedIsNoEnd() throws Exception {
        node.phase("Succeeded");
        Follower follower = follow(LogOptions.ALL.following());
        await().until(() -> node.opened.get() > 2);
        node.start();
        node.phase("Succeeded");
        node.write("start\n");
        await().until(() -> follower.text().equals("start\n"));
        node.write("end\n");
        node.exit(0);

        assertThat(follower.whole()).isEqualTo("start\nend\n");
    }

    @Test
    void aJobThatNeverRanEndsAfterTheConfiguredWait() throws Exception {
        node.phase("Succeeded");

        assertThat(follow(LogOptions.ALL.following()).whole()).isEmpty();
    }

    @Test
    void aRefusedJobEndsAtOnce() throws Exception {
        node.phase("Failed");

        assertThat(follow(LogOptions.ALL.following()).whole()).isEmpty();
    }

    @Test
    void aDeletedJobsLogEnds() throws Exception {
        Follower follower = follow(LogOptions.ALL.following());
        node.start();
        node.write("start\n");
        await().until(() -> follower.text().equals("start\n"));
        node.delete();

        assertThat(follower.whole()).isEqualTo("start\n");
    }

    /// It could be the first byte of the plugin's times, so it is held back until more comes or a moment is over.
    @Test
    void aDeletedJobsLastLineKeepsItsLineBreak() throws Exception {
        LogTimings patient =
                new LogTimings(
                        FAST.buffer(),
                        FAST.grace(),
                        Duration.ofMinutes(1),
                        FAST.settle(),
                        FAST.look(),
                        FAST.retry(),
                        FAST.longestRetry(),
                        FAST.longestOutage(),
                        FAST.catchUp(),
                        FAST.unconfirmedWait());
        Follower follower =
                new Follower(
                        new LogReaders(node::log, node::find, patient, Clock.systemUTC())
                                .open(
                                        FakeNode.WORKSPACE,
                                        FakeNode.NAME,
                                        LogOptions.ALL.following()));
        node.start();
        node.write("start\n");
        await().until(() -> follower.text().equals("start"));
        node.delete();

        assertThat(follower.whole()).isEqualTo("start\n");
    }

    @Test
    void anotherKindOfPluginsLogIsGivenWhole() throws Exception {
        Follower follower = follow(LogOptions.ALL.following());
        node.startWithoutRecord();
        node.write("plain output\n");
        await().until(() -> follower.text().equals("plain output\n"));
        node.write("the last\n");
        node.exitWithoutRecord();
        node.phase("Succeeded");

        assertThat(follower.whole()).isEqualTo("plain output\nthe last\n");
    }

    @Test
    void failuresAreReportedAndLoseNoBytes() throws Exception {
        node.fail(
                new Failure(100, Kind.CUT),
                new Failure(0, Kind.REFUSED),
                new Failure(400, Kind.CUT),
                new Failure(450, Kind.CLEAN_END),
                new Failure(460, Kind.CUT),
                new Failure(0, Kind.CLEAN_END),
                new Failure(0, Kind.CUT),
                new Failure(600, Kind.CUT));
        Follower follower = follow(LogOptions.ALL.following());
        node.start();
        for (int line = 0; line < 100; line++) {
            node.write("line " + line + "\n");
        }
        await().until(node::hasFailed);
        node.exit(0);

        assertThat(follower.whole()).isEqualTo(written());
        assertThat(follower.problems).contains("The log broke off.", "The plugin answered 500.");
    }

    @Test
    void aPluginThatIsRestartedInBetweenIsNoEnd() throws Exception {
        Follower follower = follow(LogOptions.ALL.following());
        node.start();
        node.write("one\n");
        await().until(() -> follower.text().equals("one\n"));
        node.down(true);
        await().until(() -> !follower.problems.isEmpty());
        node.write("two\n");
        node.down(false);
        await().until(() -> follower.text().equals("one\ntwo\n"));
        node.exit(0);

        assertThat(follower.whole()).isEqualTo("one\ntwo\n");
    }

    @Test
    void manyFollowersCostOneFollow() throws Exception {
        List<Follower> followers = new ArrayList<>();
        for (int count = 0; count < 200; count++) {
            followers.add(follow(LogOptions.ALL.following()));
        }
        node.start();
        for (int line = 0; line < 1000; line++) {
            node.write("line " + line + "\n");
        }
        node.exit(0);

        for (Follower follower : followers) {
            assertThat(follower.whole()).isEqualTo(written());
        }
        assertThat(node.mostFollows).hasValue(1);
        await().until(() -> readers.followed() == 0 && node.follows.get() == 0);
    }

    @Test
    void theFollowEndsWithItsLastReader() {
        LogReader one = readers.open(FakeNode.WORKSPACE, FakeNode.NAME, LogOptions.ALL.following());
        LogReader two = readers.open(FakeNode.WORKSPACE, FakeNode.NAME, LogOptions.ALL.following());
        node.start();
        await().until(() -> node.follows.get() == 1);

        one.close();
        assertThat(readers.followed()).isEqualTo(1);
        two.close();

        await().until(() -> node.follows.get() == 0);
        assertThat(readers.followed()).isZero();
    }

    @Test
    void aSlowReaderReceivesEverythingAndDelaysNoOtherReader() throws Exception {
        byte[] large = new byte[2_000_000];
        Arrays.fill(large, (byte) 'x');
        node.start();
        LogReader slow =
                readers.open(FakeNode.WORKSPACE, FakeNode.NAME, LogOptions.ALL.following());
        assertThat(slow.next(Duration.ofMillis(1))).isInstanceOf(LogEvent.Quiet.class);
        Follower quick = follow(LogOptions.ALL.following());
        node.write(large);
        node.exit(0);

        assertThat(quick.whole()).hasSize(large.length);
        assertThat(new Follower(slow).whole()).hasSize(large.length);
    }

    @Test
    void aLateReaderGetsEverything() throws Exception {
        Follower early = follow(LogOptions.ALL.following());
        node.start();
        for (int line = 0; line < 50_000; line++) {
            node.write("line " + line + "\n");
        }
        await().until(() -> early.text().length() == node.output().length);
        Follower late = follow(LogOptions.ALL.following());
        node.write("the last\n");
        node.exit(0);

        assertThat(late.whole()).isEqualTo(written());
        assertThat(early.whole()).isEqualTo(written());
    }

    @Test
    void aReaderGoesOnAfterTheLastThatItGotOnAnyGateway() throws Exception {
        Follower first = follow(LogOptions.ALL.following());
        node.start();
        node.write("one\ntwo\n");
        await().until(() -> first.text().equals("one\ntwo\n"));
        LogReaders other = new LogReaders(node::log, node::find, FAST, Clock.systemUTC());
        String id =
                new LogCursor(
                                first.reader.key().uid(),
                                "main",
                                Optional.of(new LogPosition(Stage.OUTPUT, 4)))
                        .toString();
        Follower second =
                new Follower(
                        other.open(
                                FakeNode.WORKSPACE,
                                FakeNode.NAME,
                                LogOptions.ALL.following().after(id)));
        node.write("three\n");
        node.exit(0);

        assertThat(second.whole()).isEqualTo("two\nthree\n");
    }

    @Test
    void aPasswordIsHiddenThoughItComesInPiecesAndWhateverIsReadOfIt() throws Exception {
        node.hide("hunter2");
        Follower follower = follow(LogOptions.ALL.following());
        node.start();
        node.write("one hun");
        await().until(() -> follower.text().equals("one "));
        node.write("ter2 hunt\ntwo hunter2\n");
        await().until(() -> follower.text().endsWith("two *******\n"));
        LogOptions inside =
                LogOptions.ALL.after(
                        LogCursor.at(follower.reader.key(), new LogPosition(Stage.OUTPUT, 8))
                                .toString());
        node.exit(0);

        assertThat(follower.whole()).isEqualTo("one ******* hunt\ntwo *******\n");
        assertThat(follow(LogOptions.ALL).whole()).isEqualTo("one ******* hunt\ntwo *******\n");
        assertThat(follow(LogOptions.ALL.tail(1)).whole()).isEqualTo("two *******\n");
        assertThat(follow(inside).whole()).isEqualTo("*** hunt\ntwo *******\n");
        assertThat(follow(inside.following()).whole()).isEqualTo("*** hunt\ntwo *******\n");
    }

    @Test
    void aPasswordInThePreparationIsHidden() throws Exception {
        FakeNode preparing = new FakeNode(Duration.ofMillis(20), "6f0e4ad5-3333", true);
        preparing.hide("hunter2");
        preparing.prepare("as hunter2\nhunter");
        preparing.start();
        preparing.write("2 hunter2");
        preparing.exit(0);
        LogReaders its = new LogReaders(preparing::log, preparing::find, FAST, Clock.systemUTC());
        for (LogOptions options : List.of(LogOptions.ALL, LogOptions.ALL.following())) {
            assertThat(new Follower(its.open(FakeNode.WORKSPACE, FakeNode.NAME, options)).whole())
                    .isEqualTo("as *******\n******2 *******");
        }
    }

    @Test
    void anotherPodsCursorIsRefused() {
        for (String id :
                List.of(
                        "another-uid/main/o4",
                        "nonsense",
                        "",
                        "a/b/o-1",
                        "a/main/o99999999999999999999")) {
            assertThatExceptionOfType(GatewayException.CursorExpired.class)
                    .as(id)
                    .isThrownBy(() ->
                            readers.open(
                                    FakeNode.WORKSPACE,
                                    FakeNode.NAME,
                                    LogOptions.ALL.following().after(id)));
        }
    }

    @Test
    void thePluginsLinesComeOnceAndAtTheEndTheRest() throws Exception {
        Follower raw = follow(LogOptions.ALL.following().withPluginLines());
        node.start();
        node.write("one\n");
        await().until(() -> raw.text().endsWith("one\n"));
        node.fail(new Failure(10, Kind.CUT));
        node.exit(0);

        assertThat(raw.whole().lines())
                .containsSubsequence(
                        "To get more info, please run: scontrol show job 27.",
                        "one",
                        "2026-11-23T23:57:13+00:00 End of script, highest exit code 0...")
                .doesNotHaveDuplicates()
                .contains("real\t0m20.151s");
    }

    @Test
    void whatCameInTheLastSecondsIsKnownOnlyWhereItWasSeen() throws Exception {
        LogOptions lastSecond =
                new LogOptions(
                        Optional.empty(),
                        false,
                        false,
                        OptionalInt.empty(),
                        Optional.of(Duration.ofSeconds(1)),
                        Optional.empty());
        node.start();
        assertThatExceptionOfType(GatewayException.Rejected.class)
                .isThrownBy(() -> readers.open(FakeNode.WORKSPACE, FakeNode.NAME, lastSecond));
        Follower follower = follow(LogOptions.ALL.following());
        node.write("old\n");
        await().until(() -> follower.text().equals("old\n"));
        await().pollDelay(Duration.ofMillis(1100)).until(() -> true);
        node.write("new\n");
        await().until(() -> follower.text().equals("old\nnew\n"));

        Follower recent = new Follower(readers.open(FakeNode.WORKSPACE, FakeNode.NAME, lastSecond));

        assertThat(recent.whole()).isEqualTo("new");
        node.exit(0);
        assertThat(follower.whole()).isEqualTo("old\nnew\n");
    }

    @Test
    void theGatewaysEndIsNotTheLogs() {
        Follower follower = follow(LogOptions.ALL.following());
        node.start();
        node.write("one\n");
        await().until(() -> follower.text().equals("one\n"));

        readers.close();

        await().until(follower.ended::isDone);
        assertThat(follower.ended.join()).isInstanceOf(LogEvent.Broken.class);
    }

    private String written() {
        String all = new String(node.output(), StandardCharsets.ISO_8859_1);
        int times = all.lastIndexOf("\nreal\t");
        return times < 0 ? all : all.substring(0, times);
    }

    private Follower follow(LogOptions options) {
        return new Follower(readers.open(FakeNode.WORKSPACE, FakeNode.NAME, options));
    }

    /// Reads on a thread of its own, each byte as one character.
    static final class Follower {

        final LogReader reader;
        final List<String> problems = Collections.synchronizedList(new ArrayList<>());
        final CompletableFuture<LogEvent> ended;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Follower(LogReader reader) {
            this.reader = reader;
            this.ended =
                    CompletableFuture.supplyAsync(
                            this::read, Executors.newVirtualThreadPerTaskExecutor());
        }

        private LogEvent read() {
            try (reader) {
                while (true) {
                    LogEvent event = reader.next(Duration.ofSeconds(1));
                    switch (event) {
                        case LogEvent.Output output ->
                                output.pieces().forEach(piece -> bytes.writeBytes(piece.bytes()));
                        case LogEvent.Problem problem -> problems.add(problem.message());
                        case LogEvent.Quiet _ -> {}
                        case LogEvent.End _, LogEvent.Broken _ -> {
                            return event;
                        }
                    }
                }
            } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
            }
        }

        String text() {
            return bytes.toString(StandardCharsets.ISO_8859_1);
        }

        String whole() throws Exception {
            assertThat(ended.get(20, TimeUnit.SECONDS)).isInstanceOf(LogEvent.End.class);
            return text();
        }
    }
}
