package io.interlinkgateway.status;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.Job.ContainerExit;
import io.interlinkgateway.job.Job.Source;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.JobState.FailureReason;
import io.interlinkgateway.job.JobState.Moment;
import io.interlinkgateway.job.JobState.Precision;
import io.interlinkgateway.job.JobState.QueueReason;
import io.interlinkgateway.job.JobState.UnknownReason;
import io.interlinkgateway.job.MissingObject;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.pod.ModelFields;
import io.interlinkgateway.record.JobRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a job does, out of what its pod's status claims and what its own record says. The claim is interLink's,
/// and often wrong: it calls jobs Succeeded that have not begun (recordings `configuring-node`,
/// `scancelled-pending`), and its exit codes are guesses where the job left none (`pre-exec-fails`). So a
/// success needs the record, the record's word on an end goes before the claim's, and where the two can't
/// both be true, nothing is said. The phase is an open set: virtual kubelets write `Ready` and `Initializing`
/// too, which Kubernetes does not know.
final class StateReading {

    private static final Pattern SBATCH = Pattern.compile("sbatch: error: ([^\\n\\\\]+)");

    /// interLink's reason for a job whose volumes it could not fill.
    private static final String GIVEN_UP = "CFGMaps/Secrets not found";

    /// interLink is rarely later than this, and offsets of local times are hardly ever less than an hour apart.
    private static final Duration LATEST_CLAIM = Duration.ofMinutes(10);

    private final Pod pod;
    private final ClusterFacts circumstances;
    private final Optional<JobRecord> record;

    private StateReading(Pod pod, ClusterFacts circumstances, Optional<JobRecord> record) {
        this.pod = pod;
        this.circumstances = circumstances;
        this.record = record;
    }

    /// A state and who says so.
    ///
    /// @param state what the job does
    /// @param source whose word that is
    /// @param containers how its containers ended, as far as the record says so
    record Reading(JobState state, Source source, List<ContainerExit> containers) {

        static Reading claimed(JobState state) {
            return new Reading(state, Source.API_SERVER, List.of());
        }

        static Reading recorded(JobState state) {
            return new Reading(state, Source.JOB_RECORD, List.of());
        }
    }

    static Reading of(Pod pod, ClusterFacts circumstances, Optional<JobRecord> record) {
        return new StateReading(pod, circumstances, record).read();
    }

    /// Whether the pod's status claims an end, true or not.
    static boolean claimsEnd(Pod pod) {
        String phase = phase(pod);
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    /// Whether the HPC never got the job: there is nothing to be looked for.
    static boolean wasRefused(Pod pod) {
        return phase(pod).equals("Failed") && "ProviderFailed".equals(pod.getStatus().getReason());
    }

    /// Whether interLink gave the job up since what it mounts was not there: there is no log either.
    static boolean wasGivenUp(Pod pod) {
        return phase(pod).equals("Failed") && GIVEN_UP.equals(pod.getStatus().getReason());
    }

    private static String phase(Pod pod) {
        return pod.getStatus() == null || pod.getStatus().getPhase() == null
                ? "Pending"
                : pod.getStatus().getPhase();
    }

    private Reading read() {
        if (wasRefused(pod)) {
            return Reading.claimed(refused());
        }
        if (wasGivenUp(pod)) {
            return Reading.claimed(givenUp());
        }
        return record.flatMap(this::recorded).orElseGet(this::claimed);
    }

    /// What the record says for good.
    private Optional<Reading> recorded(JobRecord said) {
        return switch (said) {
            case JobRecord.Ended ended -> Optional.of(ended(ended));
            case JobRecord.Killed killed when killed.cause().isFinal() || claimsFailure() ->
                    Optional.of(Reading.recorded(killed(killed)));
            case JobRecord.Killed _,
                    JobRecord.Started _,
                    JobRecord.NoHeader _,
                    JobRecord.Contradictory _,
                    JobRecord.OtherPlugin _ ->
                    Optional.empty();
        };
    }

    private boolean claimsFailure() {
        return phase(pod).equals("Failed");
    }

    private Reading ended(JobRecord.Ended ended) {
        Optional<Moment> startedAt = second(ended.startedAt());
        Optional<Moment> finishedAt = second(ended.finishedAt());
        if (!ended.wentWell()) {
            return new Reading(
                    failed(ended, startedAt, finishedAt), Source.JOB_RECORD, ended.containers());
        }
        return claimsFailure()
                ? Reading.claimed(
                        new JobState.Unknown(
                                UnknownReason.CONTRADICTION,
                                "The job's own record says that it ended well, interLink that it"
                                        + " failed."))
                : new Reading(
                        new JobState.Succeeded(startedAt, finishedAt),
                        Source.JOB_RECORD,
                        ended.containers());
    }

    private static JobState.Failed failed(
            JobRecord.Ended ended, Optional<Moment> startedAt, Optional<Moment> finishedAt) {
        Optional<ContainerExit> first = ended.firstFailure();
        int code = first.map(ContainerExit::exitCode).orElse(ended.exitCode());
        String told =
                first.map(exit -> "The container " + exit.name() + " ended with")
                                .orElse("The job ended with")
                        + " the exit code "
                        + code
                        + ".";
        FailureReason reason = FailureReason.EXIT_CODE;
        if (ended.memoryKill()) {
            reason = FailureReason.OUT_OF_MEMORY;
            told =
                    "SLURM killed a process of the job for using more memory than its limit. "
                            + told;
        } else if (ended.fault().isPresent()) {
            reason =
                    switch (ended.fault().get().kind()) {
                        case IMAGE -> FailureReason.IMAGE_UNAVAILABLE;
                        case COMMAND -> FailureReason.COMMAND_NOT_FOUND;
                    };
            told = ended.fault().get().message();
        }
        return new JobState.Failed(startedAt, finishedAt, OptionalInt.of(code), reason, told);
    }

    /// A job that was killed has no exit code: SLURM ends its script as well.
    private JobState.Failed killed(JobRecord.Killed killed) {
        FailureReason reason =
                switch (killed.cause()) {
                    case TIME_LIMIT -> FailureReason.TIME_LIMIT;
                    case MEMORY -> FailureReason.OUT_OF_MEMORY;
                    case NODE_FAILURE -> FailureReason.NODE_FAILED;
                    case CANCELLATION, PREEMPTION, REQUEUE -> FailureReason.CANCELLED_ON_HPC;
                };
        String told =
                switch (killed.cause()) {
                    case TIME_LIMIT -> "The job ran into its walltime.";
                    case MEMORY -> "The job used more memory than its limit.";
                    case NODE_FAILURE -> "The job's compute node failed.";
                    case CANCELLATION -> "The job was cancelled on the HPC.";
                    case PREEMPTION -> "The job had to make room for another one on the HPC.";
                    case REQUEUE -> "The job was to be started again on the HPC, and was not.";
                };
        return new JobState.Failed(
                killed.startedAt().flatMap(StateReading::second),
                killed.killedAt()
                        .flatMap(at -> inUniversalTime(at, killed.startedAt()))
                        .or(this::claimedEnd),
                OptionalInt.empty(),
                reason,
                told + " SLURM: " + Text.shown(killed.message(), 1000));
    }

    /// SLURM writes the compute node's local time. interLink noticed the kill soon after, so there is one
    /// offset at most, of whole hours, that fits.
    private Optional<Moment> inUniversalTime(LocalDateTime killedAt, Optional<Instant> startedAt) {
        Optional<Instant> noticed = finished(pod);
        for (int hours = -12; noticed.isPresent() && hours <= 14; hours++) {
            Instant at = killedAt.toInstant(ZoneOffset.ofHours(hours));
            Duration lag = Duration.between(at, noticed.get());
            if (!lag.isNegative()
                    && lag.compareTo(LATEST_CLAIM) <= 0
                    && startedAt.map(start -> !at.isBefore(start)).orElse(true)) {
                return second(at);
            }
        }
        return Optional.empty();
    }

    private Reading claimed() {
        String phase = phase(pod);
        Optional<Instant> deleted = ModelFields.instant(pod.getMetadata().getDeletionTimestamp());
        if (deleted.isPresent() && !claimsEnd(pod)) {
            return Reading.claimed(new JobState.Cancelling(deleted.get().minusSeconds(grace(pod))));
        }
        return switch (phase) {
            case "Pending" -> begun().orElseGet(() -> Reading.claimed(queued()));
            case "Initializing" ->
                    Reading.claimed(
                            new JobState.Queued(
                                    QueueReason.SECRET_MISSING,
                                    circumstances
                                            .missing()
                                            .map(MissingObject::message)
                                            .orElse(
                                                    "interLink waits for a Secret or ConfigMap that"
                                                            + " the job mounts."),
                                    scheduledAt()));
            case "Running" -> running();
            case "Succeeded" -> succeeded();
            case "Failed" -> Reading.claimed(failed());
            default ->
                    Reading.claimed(
                            new JobState.Unknown(
                                    UnknownReason.STATUS_UNREADABLE,
                                    "The pod's phase is \""
                                            + Text.shown(phase)
                                            + "\", which says nothing about the job."));
        };
    }

    private Reading succeeded() {
        return switch (record.orElse(null)) {
            case JobRecord.Started started ->
                    Reading.recorded(
                            new JobState.Running(
                                    started.startedAt().flatMap(StateReading::second)));
            case JobRecord.OtherPlugin _ ->
                    Reading.claimed(new JobState.Succeeded(claimedStart(), claimedEnd()));
            case JobRecord.Killed killed ->
                    Reading.recorded(
                            new JobState.Unknown(
                                    UnknownReason.MAY_START_AGAIN,
                                    "SLURM ended the job and may start it again: "
                                            + Text.shown(killed.message(), 1000)));
            case JobRecord.Contradictory _ ->
                    Reading.claimed(
                            new JobState.Unknown(
                                    UnknownReason.CONTRADICTION,
                                    "The log holds several records of the job, and no way to tell"
                                            + " which is true."));
            case JobRecord.NoHeader _ ->
                    Reading.claimed(
                            unconfirmed(
                                    "the job's log has output, but does not say that its containers"
                                            + " began."));
            case JobRecord.Ended _ -> throw new IllegalStateException("An end goes first.");
            case null -> Reading.claimed(unconfirmed("the job's own record was not found yet."));
        };
    }

    private static JobState.Unknown unconfirmed(String but) {
        return new JobState.Unknown(
                UnknownReason.SUCCESS_UNCONFIRMED,
                "interLink says that the job ended well, which it also says of jobs that have not"
                        + " begun; "
                        + but);
    }

    /// The time in the metadata is when the pod will be gone: the request's plus the grace period.
    private static long grace(Pod pod) {
        Long seconds = pod.getMetadata().getDeletionGracePeriodSeconds();
        return seconds == null ? 0 : seconds;
    }

    private JobState queued() {
        Optional<PodCondition> unscheduled = condition("PodScheduled", "False");
        if (unscheduled.isPresent()) {
            String message = Objects.requireNonNullElse(unscheduled.get().getMessage(), "");
            return SchedulingFailure.read(
                    message,
                    ModelFields.instant(unscheduled.get().getLastTransitionTime()),
                    pod,
                    circumstances.allocatable());
        }
        Optional<Instant> startTime =
                pod.getStatus() == null
                        ? Optional.empty()
                        : ModelFields.instant(pod.getStatus().getStartTime());
        String id =
                ModelFields.orEmpty(pod.getMetadata().getAnnotations()).get(MetadataNames.JOB_ID);
        if (id != null) {
            return states(pod).stream().anyMatch(StateReading::initialising)
                    ? new JobState.Starting()
                    : new JobState.Queued(
                            QueueReason.IN_HPC_QUEUE,
                            "The HPC has the job in its queue as job " + Text.shown(id) + ".",
                            startTime);
        }
        return circumstances
                .missing()
                .map(object ->
                        new JobState.Queued(
                                QueueReason.SECRET_MISSING, object.message(), scheduledAt()))
                .orElseGet(() ->
                        new JobState.Queued(
                                QueueReason.SUBMITTING,
                                "The job is being handed over to the HPC.",
                                startTime.or(this::scheduledAt)));
    }

    private Optional<Instant> scheduledAt() {
        return condition("PodScheduled", "True")
                .flatMap(condition -> ModelFields.instant(condition.getLastTransitionTime()))
                .or(() -> ModelFields.instant(pod.getMetadata().getCreationTimestamp()));
    }

    private static boolean initialising(ContainerState state) {
        String reason = state.getWaiting() == null ? null : state.getWaiting().getReason();
        return reason != null && (reason.startsWith("Init:") || reason.equals("PodInitializing"));
    }

    /// A requeued job keeps the phase Running while its containers wait again (recording `node-fail-requeue`).
    private Reading running() {
        List<ContainerState> states = states(pod);
        boolean waiting =
                !states.isEmpty() && states.stream().allMatch(state -> state.getWaiting() != null);
        if (waiting) {
            return Reading.claimed(
                    new JobState.Queued(
                            QueueReason.REQUEUED,
                            "SLURM put the job back into its queue.",
                            Optional.empty()));
        }
        return begun().orElseGet(() -> Reading.claimed(new JobState.Running(claimedStart())));
    }

    /// interLink notices a start late: the record's header is written when the HPC starts the job.
    private Optional<Reading> begun() {
        return record.filter(JobRecord.Started.class::isInstance)
                .map(JobRecord.Started.class::cast)
                .map(started ->
                        Reading.recorded(
                                started.startedAt().isPresent()
                                        ? new JobState.Running(
                                                started.startedAt().flatMap(StateReading::second))
                                        : new JobState.Starting()));
    }

    private JobState.Failed refused() {
        return new JobState.Failed(
                Optional.empty(),
                claimedEnd(),
                OptionalInt.empty(),
                FailureReason.SUBMISSION_REFUSED,
                sbatchWords(message(pod)));
    }

    private JobState.Failed givenUp() {
        return new JobState.Failed(
                Optional.empty(),
                claimedEnd(),
                OptionalInt.empty(),
                FailureReason.OTHER,
                "interLink gave up: a Secret or ConfigMap that the job mounts was not there"
                        + " within five minutes. Create it, and submit the job again.");
    }

    /// A failure that the record does not explain. Only what SLURM's state was made into, time limit and
    /// memory, is believed of its kind.
    private JobState.Failed failed() {
        String message = message(pod);
        boolean otherPlugin = record.filter(JobRecord.OtherPlugin.class::isInstance).isPresent();
        OptionalInt code =
                otherPlugin
                        ? terminated(pod).stream()
                                .map(ContainerStateTerminated::getExitCode)
                                .filter(Objects::nonNull)
                                .mapToInt(Integer::intValue)
                                .filter(one -> one != 0)
                                .findFirst()
                        : OptionalInt.empty();
        FailureReason reason = FailureReason.OTHER;
        if (message.contains("time limit")) {
            reason = FailureReason.TIME_LIMIT;
        } else if (message.contains("out-of-memory")) {
            reason = FailureReason.OUT_OF_MEMORY;
        } else if (code.isPresent()) {
            reason = FailureReason.EXIT_CODE;
        } else if (record.filter(JobRecord.NoHeader.class::isInstance).isPresent()
                && hasPreExec()) {
            reason = FailureReason.PRE_EXEC_FAILED;
        }
        return new JobState.Failed(claimedStart(), claimedEnd(), code, reason, told(message, code));
    }

    private boolean hasPreExec() {
        return ModelFields.orEmpty(pod.getMetadata().getAnnotations())
                .containsKey(MetadataNames.PRE_EXEC);
    }

    private String told(String message, OptionalInt code) {
        if (!message.isEmpty()) {
            return message;
        }
        if (code.isPresent()) {
            return "The job ended with the exit code " + code.getAsInt() + ".";
        }
        return switch (record.orElse(null)) {
            case JobRecord.NoHeader _ ->
                    hasPreExec()
                            ? "What runs before the job's containers failed: the log ends with its"
                                    + " output."
                            : "interLink says that the job failed; its log does not say that its"
                                    + " containers began.";
            case JobRecord.Started _ -> "The job began and ended without a word of why.";
            case JobRecord.Contradictory _ ->
                    "The job failed; its log holds several records of why, and no way to tell which"
                            + " is true.";
            case JobRecord.Ended _, JobRecord.Killed _, JobRecord.OtherPlugin _ ->
                    "interLink says that the job failed, and nothing more.";
            case null ->
                    "interLink says that the job failed"
                            + Optional.ofNullable(pod.getStatus().getReason())
                                    .map(reason -> " (" + Text.shown(reason) + ")")
                                    .orElse("")
                            + "; the job's own record was not found yet.";
        };
    }

    private static String message(Pod pod) {
        return terminated(pod).stream()
                .map(ContainerStateTerminated::getMessage)
                .filter(Objects::nonNull)
                .findFirst()
                .or(() -> Optional.ofNullable(pod.getStatus().getMessage()))
                .map(text -> text.length() > 4096 ? text.substring(0, 4096) : text)
                .orElse("");
    }

    /// interLink wraps sbatch's words in four layers (recording `bad-partition`).
    private static String sbatchWords(String message) {
        Matcher matcher = SBATCH.matcher(message);
        List<String> words =
                matcher.results().map(result -> result.group(1).strip()).distinct().toList();
        return words.isEmpty() ? message : String.join("; ", words);
    }

    private static Optional<Moment> second(Instant at) {
        return Optional.of(new Moment(at, Precision.SECOND));
    }

    private Optional<Moment> claimedStart() {
        return record.filter(JobRecord.Started.class::isInstance)
                .map(JobRecord.Started.class::cast)
                .flatMap(JobRecord.Started::startedAt)
                .flatMap(StateReading::second)
                .or(() -> started(pod).map(at -> new Moment(at, Precision.OBSERVED)));
    }

    private Optional<Moment> claimedEnd() {
        return finished(pod).map(at -> new Moment(at, Precision.OBSERVED));
    }

    private static Optional<Instant> started(Pod pod) {
        return states(pod).stream()
                .map(state ->
                        state.getRunning() != null
                                ? state.getRunning().getStartedAt()
                                : state.getTerminated() != null
                                        ? state.getTerminated().getStartedAt()
                                        : null)
                .flatMap(time -> ModelFields.instant(time).stream())
                .min(Comparator.naturalOrder());
    }

    private static Optional<Instant> finished(Pod pod) {
        return terminated(pod).stream()
                .flatMap(state -> ModelFields.instant(state.getFinishedAt()).stream())
                .max(Comparator.naturalOrder());
    }

    private static List<ContainerStateTerminated> terminated(Pod pod) {
        return states(pod).stream()
                .map(ContainerState::getTerminated)
                .filter(Objects::nonNull)
                .toList();
    }

    private static List<ContainerState> states(Pod pod) {
        return pod.getStatus() == null
                ? List.of()
                : ModelFields.orEmpty(pod.getStatus().getContainerStatuses()).stream()
                        .map(ContainerStatus::getState)
                        .filter(Objects::nonNull)
                        .toList();
    }

    private Optional<PodCondition> condition(String type, String status) {
        return pod.getStatus() == null
                ? Optional.empty()
                : ModelFields.orEmpty(pod.getStatus().getConditions()).stream()
                        .filter(condition ->
                                type.equals(condition.getType())
                                        && status.equals(condition.getStatus()))
                        .findFirst();
    }
}
