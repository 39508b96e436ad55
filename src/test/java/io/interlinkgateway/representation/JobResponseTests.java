package io.interlinkgateway.representation;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobReason;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.JobState.FailureReason;
import io.interlinkgateway.job.JobState.Moment;
import io.interlinkgateway.job.JobState.Precision;
import io.interlinkgateway.job.JobState.QueueReason;
import io.interlinkgateway.job.JobState.UnknownReason;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Workspace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JobResponseTests {

    private static final Instant START = Instant.parse("2026-11-24T08:00:00Z");
    private static final Instant END = Instant.parse("2026-11-24T08:10:00Z");

    @Test
    void aFailureHasItsReasonItsHintItsCodesAndItsTimes() {
        JobResponse response =
                response(
                        new JobState.Failed(
                                Optional.of(new Moment(START, Precision.SECOND)),
                                Optional.of(new Moment(END, Precision.OBSERVED)),
                                OptionalInt.of(7),
                                FailureReason.EXIT_CODE,
                                "The container c ended with exit code 7."),
                        true);

        assertThat(response.uid()).isEqualTo("uid");
        assertThat(response.state()).isEqualTo(JobPhase.FAILED);
        assertThat(response.reason()).isEqualTo(JobReason.EXIT_CODE);
        assertThat(response.message()).isEqualTo("The container c ended with exit code 7.");
        assertThat(response.hint()).isEqualTo(FailureReason.EXIT_CODE.hint());
        assertThat(response.exitCode()).isEqualTo(7);
        assertThat(response.containers()).containsExactly(new Job.ContainerExit("c", 7, END));
        assertThat(response.startedAt()).isEqualTo(START);
        assertThat(response.startedAtPrecision()).isEqualTo(Precision.SECOND);
        assertThat(response.finishedAt()).isEqualTo(END);
        assertThat(response.finishedAtPrecision()).isEqualTo(Precision.OBSERVED);
    }

    @ParameterizedTest
    @EnumSource
    void eachReasonToWaitHasItsHint(QueueReason reason) {
        JobResponse response =
                response(new JobState.Queued(reason, "because", Optional.of(START)), true);

        assertThat(response.reason()).hasToString(reason.name());
        assertThat(response.message()).isEqualTo("because");
        assertThat(response.hint()).endsWith(".");
        assertThat(response.queuedSince()).isEqualTo(START);
    }

    @ParameterizedTest
    @EnumSource
    void eachReasonNotToKnowHasItsHint(UnknownReason reason) {
        JobResponse response = response(new JobState.Unknown(reason, "because"), true);

        assertThat(response.state()).isEqualTo(JobPhase.UNKNOWN);
        assertThat(response.reason()).hasToString(reason.name());
        assertThat(response.hint()).endsWith(".");
    }

    /// What the API's description says of reasons is this type.
    @Test
    void theReasonsAreThoseOfTheStatesAndTheNodesSilence() {
        List<String> reasons = new ArrayList<>(List.of("NODE_UNREACHABLE"));
        Stream.of(QueueReason.values(), FailureReason.values(), UnknownReason.values())
                .flatMap(Arrays::stream)
                .map(Enum::name)
                .forEach(reasons::add);

        assertThat(JobReason.values())
                .extracting(JobReason::name)
                .containsExactlyInAnyOrderElementsOf(reasons);
    }

    @Test
    void aJobOnANodeWithoutContactHasItsLastKnownState() {
        JobResponse response =
                response(
                        new JobState.Running(Optional.of(new Moment(START, Precision.OBSERVED))),
                        false);

        assertThat(response.state()).isEqualTo(JobPhase.RUNNING);
        assertThat(response.reason()).isEqualTo(JobReason.NODE_UNREACHABLE);
        assertThat(response.message())
                .isEqualTo(
                        "The job's node has been out of contact since 2026-11-24T08:10:00Z; this"
                                + " was the job's state then.");
        assertThat(response.hint()).isNotBlank();
        assertThat(response.startedAt()).isEqualTo(START);
    }

    @Test
    void theWaitReasonOfAJobOnANodeWithoutContactIsKept() {
        assertThat(
                        response(
                                        new JobState.Queued(
                                                QueueReason.IN_HPC_QUEUE,
                                                "The job is in the HPC's queue as job 12.",
                                                Optional.empty()),
                                        false)
                                .message())
                .startsWith("The job's node has been out of contact")
                .endsWith(" The job is in the HPC's queue as job 12.");
    }

    @Test
    void aRunningJobsWalltimeEndsAtItsStartAndItsLimit() {
        JobResponse.Walltime walltime =
                response(
                                new JobState.Running(
                                        Optional.of(new Moment(START, Precision.SECOND))),
                                true)
                        .walltime();

        assertThat(walltime)
                .isEqualTo(
                        new JobResponse.Walltime(
                                Duration.ofMinutes(55),
                                START.plus(Duration.ofMinutes(55)),
                                Duration.between(END, START.plus(Duration.ofMinutes(55)))));
    }

    @Test
    void aJobThatDoesNotRunHasOnlyALimit() {
        JobResponse.Walltime walltime = response(new JobState.Starting(), true).walltime();

        assertThat(walltime)
                .isEqualTo(new JobResponse.Walltime(Duration.ofMinutes(55), null, null));
    }

    private static JobResponse response(JobState state, boolean current) {
        return JobResponse.from(
                new Job(
                        new JobName("job"),
                        new Workspace("default"),
                        "uid",
                        Optional.of(new NodeName("vega-new-vk")),
                        state,
                        new Job.Evidence(Job.Source.API_SERVER, END, current),
                        Optional.empty(),
                        List.of(new Job.ContainerExit("c", 7, END)),
                        Optional.of("12"),
                        Optional.of(Duration.ofMinutes(55)),
                        Optional.empty(),
                        START,
                        "gateway",
                        Optional.empty(),
                        Map.of(),
                        Optional.of(new PodManifest(Map.of()))));
    }
}
