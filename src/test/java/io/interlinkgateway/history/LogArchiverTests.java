package io.interlinkgateway.history;

import static io.interlinkgateway.history.HistoryJobs.FAILED;
import static io.interlinkgateway.history.HistoryJobs.QUEUED;
import static io.interlinkgateway.history.HistoryJobs.RUNNING;
import static io.interlinkgateway.history.HistoryJobs.SUCCEEDED;
import static io.interlinkgateway.history.HistoryJobs.job;
import static io.interlinkgateway.history.HistoryJobs.withDefinition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.ArchivedLog.Completeness;
import io.interlinkgateway.job.Cancellation;
import io.interlinkgateway.job.Fingerprint;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.log.Redaction;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class LogArchiverTests {

    private final MovedClock clock = new MovedClock(HistoryJobs.NOW);
    private final FakeHistory history = new FakeHistory(clock);
    private final FakeLogs logs = new FakeLogs();
    private volatile Set<String> secrets = Set.of();
    private volatile boolean secretsAway;
    private LogArchiver archiver = archiver(Duration.ofMinutes(30), Duration.ofSeconds(20));

    private LogArchiver archiver(Duration longestReading, Duration readingBeforeDeletion) {
        return new LogArchiver(
                new LogStorage(logs, history, _ -> redaction(), 20_000, clock),
                history,
                clock,
                new LogArchiver.Timings(
                        Duration.ofSeconds(30), longestReading, readingBeforeDeletion));
    }

    private Redaction redaction() {
        if (secretsAway) {
            throw new GatewayException.ClusterUnavailable("No answer.");
        }
        return Redaction.of(secrets);
    }

    @AfterEach
    void stop() {
        archiver.close();
    }

    private void ended(String name, JobState state, Job.Source source) {
        history.write(List.of(HistoryJobs.live(5, job(name, state, source))));
    }

    private ArchivedLog archived(String name) {
        await().until(() -> history.find("uid-" + name, "job").isPresent());
        return history.find("uid-" + name, "job").orElseThrow();
    }

    @Test
    void theLogOfAnEndedJobIsArchivedWithoutThePluginsLinesAndWithMaskedSecrets() {
        logs.secrets = List.of("geheim-wort");
        logs.put("a", "line 1\nthe password is geheim-wort\n");
        ended("a", SUCCEEDED, Job.Source.JOB_RECORD);

        archiver.start();

        ArchivedLog log = archived("a");
        String text = "line 1\nthe password is ***********\n";
        assertThat(history.text("uid-a", "job")).isEqualTo(text);
        assertThat(log)
                .returns(Completeness.COMPLETE, ArchivedLog::completeness)
                .returns((long) text.length(), ArchivedLog::size)
                .returns((long) text.length(), ArchivedLog::kept)
                .returns(Optional.of(Fingerprint.of(text)), ArchivedLog::sha256);
        assertThat(logs.openedAfterOthers).hasValue(1);
    }

    @Test
    void aPasswordThatTheJobDoesNotReferToIsMaskedToo() {
        secrets = Set.of("plain-wort", "other-wort");
        logs.secrets = List.of("geheim-wort");
        logs.streams.put(
                "a", () -> FakeLogs.stream(FakeLogs.record(), "plain-w", "ort geheim-wort other-"));
        ended("a", SUCCEEDED, Job.Source.JOB_RECORD);

        archiver.start();

        assertThat(archived("a").completeness()).isEqualTo(Completeness.COMPLETE);
        assertThat(history.text("uid-a", "job")).isEqualTo("********** *********** ******");
    }

    @Test
    void aLogIsNotArchivedWhileThePasswordsAreNotKnown() {
        secretsAway = true;
        logs.put("a", "out\n");
        ended("a", SUCCEEDED, Job.Source.JOB_RECORD);

        archiver.start();

        await().until(() -> history.reservedUntil("uid-a").isPresent());
        await().until(() ->
                history.reservedUntil("uid-a")
                        .equals(Optional.of(clock.instant().plusSeconds(30))));
        assertThat(history.find("uid-a", "job")).isEmpty();
        assertThat(logs.opened).hasValue(0);
    }

    @Test
    void aLogIsLostIfThePasswordsAreNotKnownBeforeADeletion() {
        secretsAway = true;
        logs.put("a", "out\n");

        archiver.beforeDeletions().beforeDeletion(withDefinition(job("a", RUNNING)));

        assertThat(archived("a"))
                .returns(Completeness.LOST, ArchivedLog::completeness)
                .returns(
                        Optional.of(
                                "The log could not be read before the job was deleted: No answer."),
                        ArchivedLog::note);
    }

    @Test
    void aJobThatEndsLaterIsArchivedOnceItIsReported() {
        archiver.start();
        logs.put("a", "out\n");
        ended("a", FAILED, Job.Source.JOB_RECORD);

        archiver.wake();

        assertThat(archived("a").completeness()).isEqualTo(Completeness.COMPLETE);
    }

    @Test
    void anEmptyLogIsComplete() {
        logs.put("a", "");
        ended("a", SUCCEEDED, Job.Source.JOB_RECORD);

        archiver.start();

        assertThat(archived("a"))
                .returns(Completeness.COMPLETE, ArchivedLog::completeness)
                .returns(0L, ArchivedLog::size)
                .returns(Optional.of(Fingerprint.of("")), ArchivedLog::sha256);
    }

    @Test
    void ofALongLogTheHeadAndTheTailAreKept() {
        StringBuilder text = new StringBuilder();
        for (int line = 0; line < 10_000; line++) {
            text.append("line ").append(line).append('\n');
        }
        logs.put("a", text.toString());
        ended("a", SUCCEEDED, Job.Source.JOB_RECORD);

        archiver.start();

        ArchivedLog log = archived("a");
        String kept = history.text("uid-a", "job");
        assertThat(log.completeness()).isEqualTo(Completeness.SHORTENED);
        assertThat(log.size()).isEqualTo(text.length());
        assertThat(log.kept()).isLessThanOrEqualTo(20_000);
        assertThat(kept)
                .startsWith("line 0\nline 1\n")
                .endsWith("line 9999\n")
                .contains(LogCompressor.marker(log.size() - log.kept()));
        assertThat(log.sha256()).contains(Fingerprint.of(kept));
        long start = 0;
        for (LogArchive.Chunk chunk : history.chunks("uid-a", "job")) {
            assertThat(chunk.start()).isEqualTo(start);
            assertThat(chunk.startLine())
                    .isEqualTo(
                            kept.substring(0, (int) start).chars().filter(c -> c == '\n').count());
            start += chunk.length();
        }
    }

    @Test
    void aLogThatBreaksOffAtItsBeginIsReadAgainLater() {
        logs.streams.put("a", () -> FakeLogs.broken(FakeLogs.header()));
        ended("a", SUCCEEDED, Job.Source.JOB_RECORD);

        archiver.start();

        await().until(() ->
                history.reservedUntil("uid-a")
                        .equals(Optional.of(HistoryJobs.NOW.plusSeconds(30))));
        assertThat(history.find("uid-a", "job")).isEmpty();
        assertThat(logs.open).hasValue(0);
    }

    @Test
    void whatCameOfALogBeforeItBrokeOffIsKeptAndTheLogIsReadAgain() {
        logs.streams.put("a", () -> FakeLogs.broken(FakeLogs.header(), "so far\nand "));
        ended("a", SUCCEEDED, Job.Source.JOB_RECORD);

        archiver.start();

        await().until(() ->
                history.reservedUntil("uid-a")
                        .equals(Optional.of(HistoryJobs.NOW.plusSeconds(30))));
        assertThat(archived("a"))
                .returns(Completeness.PARTIAL, ArchivedLog::completeness)
                .returns(true, log -> log.note().isPresent());
        assertThat(history.text("uid-a", "job")).startsWith("so far\n");
        assertThat(logs.open).hasValue(0);

        logs.put("a", "so far\nand all\n");
        clock.move(Duration.ofSeconds(30));
        archiver.wake();

        await().until(() -> archived("a").completeness() == Completeness.COMPLETE);
        assertThat(history.text("uid-a", "job")).isEqualTo("so far\nand all\n");
    }

    @Test
    void aLogThatTakesTooLongIsArchivedAsFarAsItCame() {
        archiver = archiver(Duration.ZERO, Duration.ofSeconds(20));
        logs.streams.put("a", () -> FakeLogs.stream(FakeLogs.record(), "first\n", "second\n"));
        ended("a", SUCCEEDED, Job.Source.JOB_RECORD);

        archiver.start();

        assertThat(archived("a"))
                .returns(Completeness.SHORTENED, ArchivedLog::completeness)
                .returns(true, log -> log.note().isPresent());
        assertThat(history.text("uid-a", "job")).startsWith("first").doesNotContain("second");
    }

    @Test
    void anEndThatOnlySlurmReportsIsLeftAloneForAMinute() {
        logs.put("a", "out\n");
        ended("a", FAILED, Job.Source.SLURM);

        archiver.start();

        await().until(() ->
                history.reservedUntil("uid-a")
                        .equals(Optional.of(HistoryJobs.NOW.plusSeconds(60))));
        assertThat(logs.opened).hasValue(0);

        clock.move(Duration.ofSeconds(60));
        archiver.wake();
        assertThat(archived("a").completeness()).isEqualTo(Completeness.COMPLETE);
    }

    @Test
    void anEndThatSlurmAndTheRecordReportIsNotLeftAlone() {
        logs.put("a", "out\n");
        history.write(
                List.of(
                        HistoryJobs.live(
                                5, HistoryJobs.withRecord(job("a", FAILED, Job.Source.SLURM)))));

        archiver.start();

        assertThat(archived("a").completeness()).isEqualTo(Completeness.COMPLETE);
    }

    @Test
    void anEndInTheFutureOfThisClockIsLeftAloneForAWhileOnly() {
        logs.put("a", "out\n");
        Job ended = job("a", SUCCEEDED, Job.Source.API_SERVER);
        history.write(
                List.of(
                        new Observation(
                                5,
                                HistoryJobs.NOW.plus(Duration.ofHours(1)),
                                ended,
                                Observation.Presence.LIVE,
                                HistoryJobs.origin())));

        archiver.start();

        await().until(() ->
                history.reservedUntil("uid-a")
                        .filter(HistoryJobs.NOW.plusSeconds(120)::isBefore)
                        .isPresent());
        assertThat(history.reservedUntil("uid-a"))
                .contains(HistoryJobs.NOW.plus(Duration.ofMinutes(5)));
        clock.move(Duration.ofMinutes(5));
        archiver.wake();
        assertThat(archived("a").completeness()).isEqualTo(Completeness.COMPLETE);
    }

    @Test
    void anEndThatOnlyTheClusterReportsIsLeftAloneForAWhile() {
        logs.put("a", "out\n");
        ended("a", SUCCEEDED, Job.Source.API_SERVER);

        archiver.start();

        await().until(() ->
                history.reservedUntil("uid-a")
                        .filter(HistoryJobs.NOW.plusSeconds(120)::isBefore)
                        .isPresent());
        assertThat(logs.opened).hasValue(0);
    }

    @Test
    void theLogOfARemovedJobIsLost() {
        history.write(List.of(HistoryJobs.removed(5, job("a", RUNNING))));

        archiver.start();

        assertThat(archived("a"))
                .returns(Completeness.LOST, ArchivedLog::completeness)
                .returns(Optional.empty(), ArchivedLog::sha256);
        assertThat(logs.opened).hasValue(0);
    }

    @Test
    void theLogOfAJobWhosePodIsGoneButWhoseRemovalIsNotKnownYetIsLost() {
        ended("a", SUCCEEDED, Job.Source.JOB_RECORD);

        archiver.start();

        assertThat(archived("a").completeness()).isEqualTo(Completeness.LOST);
        await().until(() ->
                history.reservedUntil("uid-a")
                        .equals(Optional.of(HistoryJobs.NOW.plusSeconds(30))));
    }

    @Test
    void aLogThatWasLostBeforeADeletionThatWasRefusedIsReadAtTheEnd() {
        logs.streams.put(
                "a",
                () -> {
                    throw new GatewayException.ClusterUnavailable("The node does not respond.");
                });
        archiver.beforeDeletions().beforeDeletion(withDefinition(job("a", RUNNING)));
        assertThat(archived("a").completeness()).isEqualTo(Completeness.LOST);
        logs.put("a", "all\n");
        ended("a", SUCCEEDED, Job.Source.JOB_RECORD);

        archiver.start();

        await().until(() -> archived("a").completeness() == Completeness.COMPLETE);
        assertThat(history.text("uid-a", "job")).isEqualTo("all\n");
    }

    @Test
    void theLogOfAJobThatWasRemovedWhileItWasSubmittedIsLost() {
        history.write(List.of(HistoryJobs.removed(5, job("a", QUEUED))));

        archiver.start();

        assertThat(archived("a").completeness()).isEqualTo(Completeness.LOST);
    }

    @Test
    void theLogOfAJobThatWasRemovedBeforeItHadAPlaceIsEmpty() {
        history.write(
                List.of(
                        HistoryJobs.removed(
                                5,
                                job(
                                        "a",
                                        new JobState.Queued(
                                                JobState.QueueReason.NODE_FULL,
                                                "",
                                                Optional.empty())))));

        archiver.start();

        assertThat(archived("a").completeness()).isEqualTo(Completeness.COMPLETE);
    }

    @Test
    void aJobThatWasRefusedHasAnEmptyLogThatIsNotRead() {
        logs.put("a", "out\n");
        ended(
                "a",
                new JobState.Failed(
                        Optional.empty(),
                        Optional.empty(),
                        OptionalInt.empty(),
                        JobState.FailureReason.SUBMISSION_REFUSED,
                        ""),
                Job.Source.API_SERVER);

        archiver.start();

        assertThat(archived("a")).returns(0L, ArchivedLog::size);
        assertThat(logs.opened).hasValue(0);
    }

    @Test
    void aNodeThatDoesNotRespondHoldsNoOtherNodesUp() {
        CountDownLatch go = new CountDownLatch(1);
        for (int index = 0; index < 30; index++) {
            logs.streams.put(
                    "job-" + index,
                    () -> new GatedStream(go, FakeLogs.stream(FakeLogs.header(), "out\n")));
            ended("job-" + index, SUCCEEDED, Job.Source.JOB_RECORD);
        }
        logs.put("other", "out\n");
        history.write(
                List.of(
                        HistoryJobs.live(
                                5, job("other", SUCCEEDED, Job.Source.JOB_RECORD, "leonardo"))));

        archiver.start();

        assertThat(archived("other").completeness()).isEqualTo(Completeness.COMPLETE);
        assertThat(logs.open).hasValue(2);
        go.countDown();
    }

    @Test
    void atMostTwoLogsOfANodeAreReadAtTheSameTime() {
        CountDownLatch go = new CountDownLatch(1);
        for (int index = 0; index < 10; index++) {
            logs.streams.put(
                    "job-" + index,
                    () -> new GatedStream(go, FakeLogs.stream(FakeLogs.header(), "out\n")));
            ended("job-" + index, SUCCEEDED, Job.Source.JOB_RECORD);
        }
        archiver.start();
        await().until(() -> logs.open.get() == 2);

        go.countDown();

        for (int index = 0; index < 10; index++) {
            assertThat(archived("job-" + index).completeness()).isEqualTo(Completeness.COMPLETE);
        }
        assertThat(logs.mostOpen).hasValue(2);
    }

    @Test
    void aDatabaseThatIsAwayIsWaitedFor() {
        logs.put("a", "out\n");
        ended("a", SUCCEEDED, Job.Source.JOB_RECORD);
        history.away(true);
        archiver.start();

        history.away(false);
        archiver.wake();

        assertThat(archived("a").completeness()).isEqualTo(Completeness.COMPLETE);
    }

    @Test
    void theRunThatTheLogShowsIsLinked() {
        String run = "0123456789abcdef0123456789abcdef";
        logs.put(
                "a",
                "View run loud-cat at: https://mlflow.example.org/#/experiments/7/runs/"
                        + run
                        + "\n");
        ended("a", SUCCEEDED, Job.Source.JOB_RECORD);

        archiver.start();

        await().until(() -> history.linkOf("uid-a").run().equals(Optional.of(run)));
        assertThat(history.linkOf("uid-a").experiment()).contains("7");
    }

    @Test
    void beforeARunningJobIsDeletedItsLogIsArchivedInPart() {
        logs.put("a", "so far\n");

        archiver.beforeDeletions().beforeDeletion(withDefinition(job("a", RUNNING)));

        assertThat(archived("a").completeness()).isEqualTo(Completeness.PARTIAL);
        assertThat(archived("a").note()).isPresent();
        assertThat(history.text("uid-a", "job")).isEqualTo("so far\n");
        assertThat(logs.openedAfterOthers).hasValue(0);
    }

    @Test
    void beforeAnEndedJobIsDeletedItsLogIsArchivedCompletely() {
        logs.put("a", "all\n");

        archiver.beforeDeletions().beforeDeletion(withDefinition(job("a", SUCCEEDED)));

        assertThat(archived("a").completeness()).isEqualTo(Completeness.COMPLETE);
    }

    @Test
    void whatIsArchivedAlreadyIsNotReadBeforeADeletion() {
        logs.put("a", "all\n");
        archiver.beforeDeletions().beforeDeletion(withDefinition(job("a", SUCCEEDED)));

        archiver.beforeDeletions().beforeDeletion(withDefinition(job("a", SUCCEEDED)));

        assertThat(logs.opened).hasValue(1);
    }

    @Test
    void aRepeatedDeletionDoesNotReadTheLogAgain() {
        logs.put("a", "so far\n");
        archiver.beforeDeletions().beforeDeletion(withDefinition(job("a", RUNNING)));
        Job deleted =
                withDefinition(job("a", RUNNING))
                        .withCancellation(
                                new Cancellation(
                                        Cancellation.Stage.REQUESTED,
                                        Instant.EPOCH,
                                        Job.Source.API_SERVER,
                                        ""));

        archiver.beforeDeletions().beforeDeletion(deleted);

        assertThat(logs.opened).hasValue(1);
    }

    @Test
    void aJobThatCannotHaveOutputIsNotReadBeforeItsDeletion() {
        logs.put("a", "so far\n");

        archiver.beforeDeletions().beforeDeletion(withDefinition(job("a", QUEUED)));

        assertThat(logs.opened).hasValue(0);
        assertThat(history.find("uid-a", "job")).isEmpty();
    }

    @Test
    void aSlowLogIsArchivedAsFarAsItCameAndTheDeletionGoesOn() {
        archiver = archiver(Duration.ofMinutes(30), Duration.ofSeconds(2));
        logs.streams.put("a", () -> FakeLogs.stalled(FakeLogs.header(), "so far\n"));

        archiver.beforeDeletions().beforeDeletion(withDefinition(job("a", SUCCEEDED)));

        assertThat(archived("a").completeness()).isEqualTo(Completeness.PARTIAL);
        assertThat(history.text("uid-a", "job")).startsWith("so far");
    }

    @Test
    void aLogThatBreaksOffIsArchivedInPartBeforeADeletion() {
        logs.streams.put("a", () -> FakeLogs.broken(FakeLogs.header(), "so far\nand "));

        archiver.beforeDeletions().beforeDeletion(withDefinition(job("a", RUNNING)));

        assertThat(archived("a").completeness()).isEqualTo(Completeness.PARTIAL);
    }

    @Test
    void aLogThatCannotBeReadBeforeADeletionIsLost() {
        logs.streams.put(
                "a",
                () -> {
                    throw new GatewayException.ClusterUnavailable("The node does not respond.");
                });

        archiver.beforeDeletions().beforeDeletion(withDefinition(job("a", RUNNING)));

        assertThat(archived("a").completeness()).isEqualTo(Completeness.LOST);
        assertThat(archived("a").note().orElseThrow()).contains("The node does not respond.");
    }

    @Test
    void aDeletionGoesOnWithoutTheDatabase() {
        logs.put("a", "so far\n");
        history.away(true);

        archiver.beforeDeletions().beforeDeletion(withDefinition(job("a", RUNNING)));

        history.away(false);
        assertThat(history.find("uid-a", "job")).isEmpty();
    }

    /// In a process whose heap is smaller than the log. `-Dhistory.log.size` gives the log's length in bytes, a multiple of
    /// 64; the time grows with it.
    @Test
    void aHugeLogKeepsItsHeadAndItsTailInAConstantHeap() throws Exception {
        long length = Long.getLong("history.log.size", 512_000_000);
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx128m",
                                "-XX:+ExitOnOutOfMemoryError",
                                "-cp",
                                System.getProperty("java.class.path"),
                                HugeLog.class.getName(),
                                String.valueOf(length))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            List<String> lines = output.readAllLines();

            assertThat(process.waitFor()).isZero();
            assertThat(lines.getFirst())
                    .matches("SHORTENED " + length + " (19[5-9]\\d{5}|20000000)");
            assertThat(lines.subList(1, 3))
                    .containsExactly(HugeLog.number(0), HugeLog.number(length / HugeLog.LINE - 1));
        } finally {
            process.destroyForcibly();
        }
    }
}
