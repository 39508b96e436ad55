package io.interlinkgateway.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.CommittedFile;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.JobState.FailureReason;
import io.interlinkgateway.job.JobState.Moment;
import io.interlinkgateway.job.JobState.Precision;
import io.interlinkgateway.record.JobRecord;
import io.interlinkgateway.record.SplitLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the gateway says of each recorded job, against what SLURM says.
@Execution(ExecutionMode.CONCURRENT)
class RecordedCasesTests {

    private static final CommittedFile COMMITTED =
            new CommittedFile(Path.of("docs/recorded-cases.md"), "recorded-cases.update");

    private enum Verdict {
        AGREES("yes"),
        LESS_PRECISE("less precise"),
        CONTRADICTS("NO");

        private final String shown;

        Verdict(String shown) {
            this.shown = shown;
        }
    }

    static List<RecordedCase> cases() {
        return RecordedCase.all();
    }

    /// To accept a change: `./mvnw test -Dtest=RecordedCasesTests -Drecorded-cases.update=true`.
    @Test
    void theGatewaysStateAgreesWithSlurmsInEachRecordedCase() throws IOException {
        StringBuilder table =
                new StringBuilder(
                        """
                        # Recorded jobs: the reports of interLink, SLURM and the gateway

                        Written by `RecordedCasesTests` from `src/test/resources/recordings`, which contain the reports of interLink,
                        its SLURM plugin and SLURM itself. An exit code is SLURM's `code:signal`.

                        | case | interLink's last report | SLURM's state | the gateway's state | agree |
                        |---|---|---|---|---|
                        """);
        int agreeing = 0;
        for (RecordedCase recorded : cases()) {
            Job job = recorded.jobAtTheEnd();
            Verdict verdict = verdict(recorded, job);
            agreeing += verdict == Verdict.CONTRADICTS ? 0 : 1;
            table.append(
                    "| `%s` | %s | %s | %s | %s |\n"
                            .formatted(
                                    recorded,
                                    claimed(recorded.last()),
                                    slurms(recorded),
                                    shown(job),
                                    verdict.shown));
        }
        table.append("\n%d of %d agree or are less precise.\n".formatted(agreeing, cases().size()));
        System.out.println(table);

        COMMITTED.assertHolds(table.toString());
        assertThat(agreeing).isEqualTo(cases().size()).isGreaterThanOrEqualTo(29);
    }

    /// By what SLURM says alone, whatever the recording's name.
    private static Verdict verdict(RecordedCase recorded, Job job) {
        return switch (job.state()) {
            case JobState.Unknown _ -> Verdict.LESS_PRECISE;
            case JobState.Queued queued ->
                    agreesIf(
                            recorded.slurm().isEmpty()
                                    && queued.reason() == JobState.QueueReason.SECRET_MISSING);
            case JobState.Succeeded _ -> agreesIf(recorded.slurmState().equals("COMPLETED"));
            case JobState.Failed failed
                    when failed.reason() == FailureReason.PRE_EXEC_FAILED
                            && failed.exitCode().isEmpty()
                            && recorded.slurmState().equals("FAILED") ->
                    Verdict.LESS_PRECISE;
            case JobState.Failed failed -> agreesIf(agree(recorded, failed));
            case JobState.Running _, JobState.Starting _ -> Verdict.CONTRADICTS;
            case JobState.Cancelling _ -> agreesIf(recorded.slurmState().equals("CANCELLED"));
        };
    }

    private static Verdict agreesIf(boolean agrees) {
        return agrees ? Verdict.AGREES : Verdict.CONTRADICTS;
    }

    private static boolean agree(RecordedCase recorded, JobState.Failed failed) {
        Optional<Integer> code =
                failed.exitCode().isPresent()
                        ? Optional.of(failed.exitCode().getAsInt())
                        : Optional.empty();
        return switch (recorded.slurmState()) {
            case "TIMEOUT" -> failed.reason() == FailureReason.TIME_LIMIT && code.isEmpty();
            case "NODE_FAIL" -> failed.reason() == FailureReason.NODE_FAILED && code.isEmpty();
            case "CANCELLED" -> failed.reason() == FailureReason.CANCELLED_ON_HPC && code.isEmpty();
            case "FAILED" ->
                    code.equals(recorded.slurmExitCode())
                            && (code.isPresent() || failed.reason() == FailureReason.OUT_OF_MEMORY);
            case "not submitted" -> failed.reason() == FailureReason.SUBMISSION_REFUSED;
            default -> false;
        };
    }

    /// Those whose record has the end.
    static List<RecordedCase> casesWithTheirRecord() {
        return cases().stream()
                .filter(recorded ->
                        recorded.jobAtTheEnd().evidence().source() == Job.Source.JOB_RECORD)
                .toList();
    }

    private record Times(Optional<Moment> startedAt, Optional<Moment> finishedAt) {

        static Times of(JobState state) {
            return switch (state) {
                case JobState.Succeeded succeeded ->
                        new Times(succeeded.startedAt(), succeeded.finishedAt());
                case JobState.Failed failed -> new Times(failed.startedAt(), failed.finishedAt());
                case JobState.Queued _,
                        JobState.Starting _,
                        JobState.Running _,
                        JobState.Cancelling _,
                        JobState.Unknown _ ->
                        throw new AssertionError("not over: " + state);
            };
        }
    }

    @ParameterizedTest
    @MethodSource("casesWithTheirRecord")
    void theTimesAreSlurmsToTheSecondWhereTheRecordHasThem(RecordedCase recorded) {
        Times times = Times.of(recorded.jobAtTheEnd().state());

        assertThat(times.finishedAt().orElseThrow())
                .isEqualTo(
                        new Moment(recorded.slurmTime("EndTime").orElseThrow(), Precision.SECOND));
        assertThat(times.startedAt().orElseThrow().precision()).isEqualTo(Precision.SECOND);
        assertThat(
                        Duration.between(
                                recorded.slurmTime("StartTime").orElseThrow(),
                                times.startedAt().orElseThrow().at()))
                .as("SLURM starts what runs before the containers")
                .isBetween(Duration.ZERO, Duration.ofSeconds(2));
    }

    /// Each state of the pod with each beginning of the log: what would have been said at any moment, however
    /// late interLink was. An end that the plugin does not confirm yet is none.
    @ParameterizedTest
    @MethodSource("cases")
    void noStateIsFalseAtAnyMoment(RecordedCase recorded) {
        String container = recorded.containers().getFirst();
        String log = recorded.log(container);
        boolean said = false;
        for (Pod pod : recorded.pods()) {
            for (int end = 0; end >= 0; end = log.indexOf('\n', end + 1)) {
                Optional<JobRecord> found =
                        SplitLog.of(pod, container, log.substring(0, end)).record();
                boolean confirmed = log.indexOf('\n', end + 1) < 0;
                Optional<JobRecord> record = confirmed ? found : found.map(JobRecord::withoutEnd);
                JobState state =
                        PodReading.jobFrom(RecordedCase.with(pod, record), RecordedCase.NOW)
                                .state();
                switch (state) {
                    case JobState.Succeeded _ -> {
                        assertThat(recorded.slurmState()).isEqualTo("COMPLETED");
                        said = true;
                    }
                    case JobState.Failed failed -> {
                        assertThat(recorded.slurmState()).isNotEqualTo("COMPLETED");
                        if (failed.exitCode().isPresent()) {
                            assertThat(recorded.slurmExitCode())
                                    .contains(failed.exitCode().getAsInt());
                        }
                        said = true;
                    }
                    case JobState.Running _ ->
                            assertThat(recorded.slurm())
                                    .as("SLURM started it")
                                    .hasValueSatisfying(
                                            text -> assertThat(text).contains("NodeList=node"));
                    case JobState.Queued _,
                            JobState.Starting _,
                            JobState.Cancelling _,
                            JobState.Unknown _ -> {} // not over
                }
            }
        }
        assertThat(said)
                .isEqualTo(
                        !List.of("deleted-running", "scancelled-pending", "secret-missing")
                                .contains(recorded.name()));
    }

    private static String claimed(Pod pod) {
        String reason = Objects.requireNonNullElse(pod.getStatus().getReason(), "");
        return pod.getStatus().getPhase() + (reason.isEmpty() ? "" : ", " + reason);
    }

    private static String slurms(RecordedCase recorded) {
        return recorded.slurmState()
                + recorded.slurm()
                        .map(text -> text.replaceAll("(?s).*ExitCode=(\\d+:\\d+).*", " $1"))
                        .orElse("");
    }

    private static String shown(Job job) {
        String state =
                switch (job.state()) {
                    case JobState.Queued queued -> "QUEUED, " + queued.reason();
                    case JobState.Starting _ -> "STARTING";
                    case JobState.Running _ -> "RUNNING";
                    case JobState.Succeeded _ -> "SUCCEEDED";
                    case JobState.Failed failed ->
                            "FAILED, "
                                    + failed.reason()
                                    + (failed.exitCode().isPresent()
                                            ? " " + failed.exitCode().getAsInt()
                                            : "");
                    case JobState.Cancelling _ -> "CANCELLING";
                    case JobState.Unknown unknown -> "UNKNOWN, " + unknown.reason();
                };
        return state + " (" + job.evidence().source() + ")";
    }
}
