package io.interlinkgateway.status;

import static io.interlinkgateway.status.StateReadingTests.END;
import static io.interlinkgateway.status.StateReadingTests.START;
import static io.interlinkgateway.status.StateReadingTests.annotated;
import static io.interlinkgateway.status.StateReadingTests.claim;
import static io.interlinkgateway.status.StateReadingTests.shown;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.HpcJob.State;
import io.interlinkgateway.job.HpcJob.WaitReason;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.JobState.Moment;
import io.interlinkgateway.job.JobState.Precision;
import io.interlinkgateway.job.JobState.QueueReason;
import io.interlinkgateway.pod.MetadataNames;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.aggregator.ArgumentsAccessor;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// States from interLink's report, the job's own record and SLURM's report together.
class HpcReadingTests {

    private static final Instant SUBMITTED = Instant.parse("2026-11-24T07:00:02Z");

    /// SLURM gave the job its nodes a moment before its containers began.
    private static final Instant GIVEN = START.minusSeconds(2);

    private static final Instant GIVEN_AGAIN = END.plusSeconds(600);
    private static final Instant SOON = END.plusSeconds(5);
    private static final Instant LATE = END.plusSeconds(1200);
    private static final List<String> PHASES = List.of("Pending", "Running", "Succeeded", "Failed");

    private static final List<String> RECORDS =
            List.of(
                    "none",
                    "headless",
                    "started",
                    "ended well",
                    "ended with 7",
                    "ended with 137, memory",
                    "time limit",
                    "node failure",
                    "contradictory");

    /// A job that ran when the record says so.
    ///
    /// @param text its state, then in any order its exit code (`7`), a signal (`s9`), `again` for a second run after the
    ///     recorded one, or `never` if it did not begin
    private static HpcJob slurm(String text, Instant observedAt) {
        List<String> words = List.of(text.split(" ", -1));
        State state = State.valueOf(words.getFirst());
        boolean again = words.contains("again");
        boolean begun = state != State.PENDING && !words.contains("never");
        return new HpcJob(
                "12",
                state,
                state.name(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("gn01"),
                number(words, "\\d+"),
                number(words, "s\\d+"),
                Optional.of(SUBMITTED),
                begun ? Optional.of(again ? GIVEN_AGAIN : GIVEN) : Optional.empty(),
                state.ended()
                        ? Optional.of(again ? GIVEN_AGAIN.plusSeconds(60) : END.plusSeconds(1))
                        : Optional.empty(),
                again ? 1 : 0,
                Optional.of("gpu"),
                Optional.of(Duration.ofHours(1)),
                observedAt);
    }

    private static OptionalInt number(List<String> words, String pattern) {
        return words.stream()
                .filter(word -> word.matches(pattern))
                .mapToInt(word -> Integer.parseInt(word.replace("s", "")))
                .findFirst();
    }

    private static Job job(Pod pod, HpcJob hpc) {
        return PodReading.jobFrom(pod, facts(hpc, Optional.empty()));
    }

    private static ClusterFacts facts(HpcJob hpc, Optional<Instant> lostContactAt) {
        return new ClusterFacts(
                LATE,
                Optional.empty(),
                lostContactAt,
                Optional.empty(),
                Map.of(),
                Optional.of(hpc));
    }

    private static String shownFor(String phase, String record, HpcJob hpc) {
        return shown(job(annotated(claim(phase), record), hpc));
    }

    /// Whatever interLink claims.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            useHeadersInDisplayName = true,
            textBlock =
                    """
                    slurm             | none                   | headless                  | started                | ended well          | ended with 7             | ended with 137, memory     | time limit             | node failure           | contradictory
                    PENDING           | IN_HPC_QUEUE slurm     | IN_HPC_QUEUE slurm        | CONTRADICTION slurm    | CONTRADICTION slurm | CONTRADICTION slurm      | CONTRADICTION slurm        | CONTRADICTION slurm    | CONTRADICTION slurm    | IN_HPC_QUEUE slurm
                    PENDING again     | REQUEUED slurm         | REQUEUED slurm            | REQUEUED slurm         | REQUEUED slurm      | REQUEUED slurm           | REQUEUED slurm             | REQUEUED slurm         | REQUEUED slurm         | REQUEUED slurm
                    CONFIGURING       | STARTING slurm         | STARTING slurm            | RUNNING slurm          | CONTRADICTION slurm | CONTRADICTION slurm      | CONTRADICTION slurm        | TIME_LIMIT record      | STARTING slurm         | STARTING slurm
                    RUNNING           | RUNNING slurm          | RUNNING slurm             | RUNNING slurm          | CONTRADICTION slurm | CONTRADICTION slurm      | CONTRADICTION slurm        | TIME_LIMIT record      | RUNNING slurm          | RUNNING slurm
                    RUNNING again     | RUNNING slurm          | RUNNING slurm             | RUNNING slurm          | RUNNING slurm       | RUNNING slurm            | RUNNING slurm              | RUNNING slurm          | RUNNING slurm          | RUNNING slurm
                    COMPLETED 0       | SUCCEEDED slurm        | SUCCESS_UNCONFIRMED slurm | SUCCEEDED slurm        | SUCCEEDED record    | CONTRADICTION slurm      | CONTRADICTION slurm        | CONTRADICTION slurm    | CONTRADICTION slurm    | SUCCEEDED slurm
                    COMPLETED 0 again | SUCCEEDED slurm        | SUCCESS_UNCONFIRMED slurm | SUCCEEDED slurm        | SUCCEEDED slurm     | SUCCEEDED slurm          | SUCCEEDED slurm            | SUCCEEDED slurm        | SUCCEEDED slurm        | SUCCEEDED slurm
                    FAILED 7          | EXIT_CODE=7 slurm      | EXIT_CODE=7 slurm         | EXIT_CODE=7 slurm      | CONTRADICTION slurm | EXIT_CODE=7 record       | OUT_OF_MEMORY=137 record   | EXIT_CODE=7 slurm      | EXIT_CODE=7 slurm      | EXIT_CODE=7 slurm
                    FAILED s9         | OTHER slurm            | OTHER slurm               | OTHER slurm            | CONTRADICTION slurm | EXIT_CODE=7 record       | OUT_OF_MEMORY=137 record   | OTHER slurm            | OTHER slurm            | OTHER slurm
                    FAILED 7 again    | EXIT_CODE=7 slurm      | EXIT_CODE=7 slurm         | EXIT_CODE=7 slurm      | EXIT_CODE=7 slurm   | EXIT_CODE=7 slurm        | EXIT_CODE=7 slurm          | EXIT_CODE=7 slurm      | EXIT_CODE=7 slurm      | EXIT_CODE=7 slurm
                    CANCELLED never   | CANCELLED_ON_HPC slurm | CANCELLED_ON_HPC slurm    | CANCELLED_ON_HPC slurm | CONTRADICTION slurm | CANCELLED_ON_HPC=7 slurm | OUT_OF_MEMORY=137 record   | CANCELLED_ON_HPC slurm | CANCELLED_ON_HPC slurm | CANCELLED_ON_HPC slurm
                    TIMEOUT s15       | TIME_LIMIT slurm       | TIME_LIMIT slurm          | TIME_LIMIT slurm       | CONTRADICTION slurm | TIME_LIMIT=7 slurm       | TIME_LIMIT=137 slurm       | TIME_LIMIT slurm       | TIME_LIMIT slurm       | TIME_LIMIT slurm
                    NODE_FAIL s15     | NODE_FAILED slurm      | NODE_FAILED slurm         | NODE_FAILED slurm      | CONTRADICTION slurm | NODE_FAILED=7 slurm      | NODE_FAILED=137 slurm      | NODE_FAILED slurm      | NODE_FAILED slurm      | NODE_FAILED slurm
                    PREEMPTED         | CANCELLED_ON_HPC slurm | CANCELLED_ON_HPC slurm    | CANCELLED_ON_HPC slurm | CONTRADICTION slurm | CANCELLED_ON_HPC=7 slurm | CANCELLED_ON_HPC=137 slurm | CANCELLED_ON_HPC slurm | CANCELLED_ON_HPC slurm | CANCELLED_ON_HPC slurm
                    OUT_OF_MEMORY     | OUT_OF_MEMORY slurm    | OUT_OF_MEMORY slurm       | OUT_OF_MEMORY slurm    | CONTRADICTION slurm | OUT_OF_MEMORY=7 slurm    | OUT_OF_MEMORY=137 slurm    | OUT_OF_MEMORY slurm    | OUT_OF_MEMORY slurm    | OUT_OF_MEMORY slurm
                    DEADLINE          | OTHER slurm            | OTHER slurm               | OTHER slurm            | CONTRADICTION slurm | OTHER=7 slurm            | OTHER=137 slurm            | OTHER slurm            | OTHER slurm            | OTHER slurm
                    BOOT_FAIL         | NODE_FAILED slurm      | NODE_FAILED slurm         | NODE_FAILED slurm      | CONTRADICTION slurm | NODE_FAILED=7 slurm      | NODE_FAILED=137 slurm      | NODE_FAILED slurm      | NODE_FAILED slurm      | NODE_FAILED slurm
                    """)
    void eachStateOfSlurmWithEachRecord(ArgumentsAccessor row) {
        HpcJob hpc = slurm(Objects.requireNonNull(row.getString(0)), LATE);
        for (String record : RECORDS) {
            for (String phase : PHASES) {
                assertThat(shownFor(phase, record, hpc))
                        .as("%s, %s, %s", phase, record, hpc.state())
                        .isEqualTo(row.getString(RECORDS.indexOf(record) + 1));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RUNNING", "SUSPENDED", "CONFIGURING", "COMPLETING"})
    void soonAfterItsEndTheRecordIsYoungerThanSlurmsAnswer(String state) {
        assertThat(shownFor("Running", "ended well", slurm(state, SOON)))
                .isEqualTo("SUCCEEDED record");
        assertThat(shownFor("Running", "ended with 7", slurm(state, SOON)))
                .isEqualTo("EXIT_CODE=7 record");
        assertThat(shownFor("Running", "time limit", slurm(state, LATE)))
                .isEqualTo("TIME_LIMIT record");
    }

    @Test
    void soonAfterItsStartSlurmMayStillHaveItWait() {
        HpcJob waiting = slurm("PENDING", START.minusSeconds(3));

        assertThat(shownFor("Running", "started", waiting)).isEqualTo("RUNNING record");
    }

    @Test
    void anEndingJobIsRunningUntilSlurmReportsItsResult() {
        assertThat(shownFor("Pending", "none", slurm("COMPLETING", LATE)))
                .isEqualTo("RUNNING slurm");
        assertThat(shownFor("Pending", "node failure", slurm("COMPLETING", LATE)))
                .isEqualTo("RUNNING slurm");
    }

    @Test
    void aStateThatIsNotKnownSettlesNothing() {
        HpcJob other = slurm("OTHER", LATE);

        assertThat(shownFor("Running", "none", other)).isEqualTo("RUNNING");
        assertThat(shownFor("Succeeded", "none", other)).isEqualTo("SUCCESS_UNCONFIRMED");
    }

    @Test
    void slurmsMemoryKillInTheLogExplainsAFailure() {
        assertThat(shownFor("Failed", "memory", slurm("FAILED s9", LATE)))
                .isEqualTo("OUT_OF_MEMORY record");
        assertThat(shownFor("Failed", "memory", slurm("CANCELLED s9", LATE)))
                .isEqualTo("OUT_OF_MEMORY record");
    }

    private static Pod withPreExec(Pod pod) {
        return new PodBuilder(pod)
                .editMetadata()
                .addToAnnotations(MetadataNames.PRE_EXEC, "exit 1")
                .endMetadata()
                .build();
    }

    @Test
    void aFailureBeforeTheContainersIsThatOfPreExec() {
        Pod pod = withPreExec(annotated(claim("Failed"), "headless"));

        assertThat(shown(job(pod, slurm("FAILED 1", LATE)))).isEqualTo("PRE_EXEC_FAILED=1 slurm");
    }

    @Test
    void aSuccessOfAJobWithPreExecNeedsItsRecord() {
        Pod pod = withPreExec(claim("Running"));

        assertThat(shown(job(pod, slurm("COMPLETED 0", LATE))))
                .isEqualTo("SUCCESS_UNCONFIRMED slurm");
        assertThat(shown(job(annotated(pod, "started"), slurm("COMPLETED 0", LATE))))
                .isEqualTo("SUCCEEDED slurm");
        assertThat(shown(job(annotated(pod, "ended well"), slurm("COMPLETED 0", LATE))))
                .isEqualTo("SUCCEEDED record");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    RUNNING         | WATCH  | WATCH  | NONE
                    COMPLETING      | WATCH  | WATCH  | NONE
                    COMPLETED 0     | SEARCH | SEARCH | NONE
                    TIMEOUT s15     | SEARCH | SEARCH | NONE
                    CANCELLED never | NONE   | NONE   | NONE
                    """)
    void theRecordIsReadWhenSlurmReportsAnEnd(
            String state, RecordNeed none, RecordNeed started, RecordNeed killed) {
        Optional<HpcJob> hpc = Optional.of(slurm(state, LATE));

        assertThat(PodReading.recordNeed(claim("Running"), hpc)).isEqualTo(none);
        assertThat(PodReading.recordNeed(annotated(claim("Running"), "started"), hpc))
                .isEqualTo(started);
        assertThat(PodReading.recordNeed(annotated(claim("Running"), "time limit"), hpc))
                .isEqualTo(killed);
    }

    @Test
    void theTimeLimitIsSlurms() {
        assertThat(job(claim("Running"), slurm("RUNNING", LATE)).timeLimit())
                .contains(Duration.ofHours(1));
    }

    @Test
    void theTimeLimitCountsFromTheAllocationOfTheNodes() {
        Job job = job(annotated(claim("Running"), "started"), slurm("RUNNING", LATE));

        assertThat(job.state())
                .isEqualTo(
                        new JobState.Running(
                                Optional.of(
                                        new JobState.Moment(START, JobState.Precision.SECOND))));
        assertThat(job.endsAt()).contains(GIVEN.plus(Duration.ofHours(1)));
    }

    /// SLURM forgets the nodes of the first run.
    @Test
    void aJobThatWaitedAgainWhenItWasCancelledMayHaveStarted() {
        HpcJob hpc = slurm("CANCELLED never again", LATE);

        assertThat(hpc.neverStarted()).isFalse();
        assertThat(PodReading.recordNeed(claim("Running"), Optional.of(hpc)))
                .isEqualTo(RecordNeed.SEARCH);
        assertThat(((JobState.Failed) job(claim("Running"), hpc).state()).message())
                .doesNotContain("before it started");
    }

    @Test
    void whyItWaitsIsInTheMessage() {
        HpcJob waiting =
                new HpcJob(
                        "12",
                        State.PENDING,
                        "PENDING",
                        Optional.of(
                                new WaitReason("Priority", "Jobs of higher priority go first.")),
                        Optional.of(LATE.plusSeconds(3600)),
                        Optional.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        Optional.of(SUBMITTED),
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        Optional.of("gpu"),
                        Optional.empty(),
                        LATE);

        assertThat(job(claim("Succeeded"), waiting).state())
                .isEqualTo(
                        new JobState.Queued(
                                QueueReason.IN_HPC_QUEUE,
                                "The job is in the HPC's queue as job 12. Jobs of higher"
                                        + " priority go first.",
                                Optional.of(SUBMITTED)));
    }

    @Test
    void slurmsTimesAreUsed() {
        assertThat(job(claim("Running"), slurm("RUNNING", LATE)).state())
                .isEqualTo(new JobState.Running(Optional.of(new Moment(GIVEN, Precision.SECOND))));
        assertThat(job(claim("Running"), slurm("COMPLETED 0", LATE)).state())
                .isEqualTo(
                        new JobState.Succeeded(
                                Optional.of(new Moment(GIVEN, Precision.SECOND)),
                                Optional.of(new Moment(END.plusSeconds(1), Precision.SECOND))));
    }

    @Test
    void theContainersStartIsUsedWhereItIsKnown() {
        Pod started = annotated(claim("Running"), "started");

        assertThat(job(started, slurm("RUNNING", LATE)).state())
                .isEqualTo(new JobState.Running(Optional.of(new Moment(START, Precision.SECOND))));
        assertThat(job(started, slurm("RUNNING again", LATE)).state())
                .isEqualTo(
                        new JobState.Running(
                                Optional.of(new Moment(GIVEN_AGAIN, Precision.SECOND))));
    }

    @Test
    void theContainersStandBesideSlurmsCause() {
        Job job = job(annotated(claim("Failed"), "ended with 7"), slurm("TIMEOUT s15", LATE));

        assertThat(job.containers()).hasSize(1);
        assertThat(((JobState.Failed) job.state()).message())
                .isEqualTo("The job reached its time limit.");
    }

    @Test
    void aRefusedJobThatSlurmHasIsAContradiction() {
        Pod refused =
                new PodBuilder(claim("Failed"))
                        .editStatus()
                        .withReason("ProviderFailed")
                        .endStatus()
                        .build();

        Job job = job(refused, slurm("RUNNING", LATE));

        assertThat(shown(job)).isEqualTo("CONTRADICTION slurm");
        assertThat(((JobState.Unknown) job.state()).why()).contains("job 12 (RUNNING)");
    }

    private static Pod deleted(String phase, Instant at) {
        return new PodBuilder(claim(phase))
                .editMetadata()
                .withDeletionTimestamp(at.plusSeconds(30).toString())
                .withDeletionGracePeriodSeconds(30L)
                .endMetadata()
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PENDING", "CONFIGURING", "RUNNING", "COMPLETING", "CANCELLED s15"})
    void aDeletedJobIsCancellingUntilItsPodIsGone(String state) {
        for (String phase : PHASES) {
            Job job = job(deleted(phase, END), slurm(state, LATE));

            assertThat(job.state()).as(phase).isEqualTo(new JobState.Cancelling(END));
            assertThat(state).startsWith(job.hpc().orElseThrow().slurmState());
        }
    }

    @Test
    void whatEndedBeforeItWasDeletedHasEnded() {
        Pod pod = deleted("Running", LATE);

        assertThat(shown(job(pod, slurm("COMPLETED 0", LATE)))).isEqualTo("SUCCEEDED slurm");
        assertThat(shown(job(pod, slurm("CANCELLED never", LATE))))
                .isEqualTo("CANCELLED_ON_HPC slurm");
    }

    @Test
    void theEvidenceIsAsOldAsSlurmsAnswer() {
        Job job = job(claim("Running"), slurm("RUNNING", SOON));

        assertThat(job.evidence()).isEqualTo(new Job.Evidence(Job.Source.SLURM, SOON, true));
    }

    @Test
    void slurmsAnswerIsCurrentAlsoWhereTheNodeIsSilent() {
        Job job =
                PodReading.jobFrom(
                        claim("Running"), facts(slurm("RUNNING", SOON), Optional.of(START)));

        assertThat(job.evidence()).isEqualTo(new Job.Evidence(Job.Source.SLURM, SOON, true));
    }

    @Test
    void slurmsIdIsKnownBeforeInterlinkReportsIt() {
        Pod fresh =
                new PodBuilder(claim("Pending"))
                        .editMetadata()
                        .removeFromAnnotations(MetadataNames.JOB_ID)
                        .endMetadata()
                        .build();

        assertThat(job(fresh, slurm("PENDING", LATE)).remoteJobId()).contains("12");
    }

    @Test
    void slurmsReportIsPartOfTheState() {
        Job before = job(claim("Running"), slurm("RUNNING", SOON));

        assertThat(job(claim("Running"), slurm("RUNNING", LATE)).hasSameStateAs(before)).isTrue();
        assertThat(job(claim("Running"), slurm("SUSPENDED", LATE)).hasSameStateAs(before))
                .isFalse();
    }
}
