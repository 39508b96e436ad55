package io.interlinkgateway.status;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.HpcJob;
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

/// Determines a job's state from its pod's status, its own record, and what SLURM reports if its node has a slurmrestd
/// ([HpcReading]). interLink writes the status, and it is often
/// wrong: jobs are reported as Succeeded that have not started (recordings `configuring-node`, `scancelled-pending`),
/// and exit codes are invented where the job left none (`pre-exec-fails`). So a success is only reported with a
/// record, an end in the record takes precedence over the status, and where the two contradict each other, the state
/// is unknown. The phase is an open set: virtual kubelets also write `Ready` and `Initializing`, which Kubernetes
/// does not define.
final class StateReading {

    private static final Pattern SBATCH = Pattern.compile("sbatch: error: ([^\\n\\\\]+)");

    /// interLink's status reason for a job whose volumes it could not provide.
    private static final String ABANDONED = "CFGMaps/Secrets not found";

    /// interLink rarely reports an end later than this, and UTC offsets differ by whole hours almost everywhere.
    private static final Duration LATEST_REPORT = Duration.ofMinutes(10);

    private final Pod pod;
    private final ClusterFacts facts;
    private final Optional<JobRecord> record;

    private StateReading(Pod pod, ClusterFacts facts, Optional<JobRecord> record) {
        this.pod = pod;
        this.facts = facts;
        this.record = record;
    }

    /// A state and its source.
    ///
    /// @param state what the job does
    /// @param source where the state is known from
    /// @param containers how its containers ended, if the record has that
    record Reading(JobState state, Source source, List<ContainerExit> containers) {

        static Reading reported(JobState state) {
            return new Reading(state, Source.API_SERVER, List.of());
        }

        static Reading recorded(JobState state) {
            return new Reading(state, Source.JOB_RECORD, List.of());
        }
    }

    static Reading of(Pod pod, ClusterFacts facts, Optional<JobRecord> record) {
        return new StateReading(pod, facts, record).read();
    }

    /// Whether the pod's status reports an end, correctly or not.
    static boolean reportsEnd(Pod pod) {
        String phase = phase(pod);
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    /// Whether the HPC did not accept the job: then it has no log.
    static boolean wasRefused(Pod pod) {
        return phase(pod).equals("Failed") && "ProviderFailed".equals(pod.getStatus().getReason());
    }

    /// Whether interLink gave the job up because what it mounts did not exist: then it has no log either.
    static boolean wasAbandoned(Pod pod) {
        return phase(pod).equals("Failed") && ABANDONED.equals(pod.getStatus().getReason());
    }

    private static String phase(Pod pod) {
        return pod.getStatus() == null || pod.getStatus().getPhase() == null
                ? "Pending"
                : pod.getStatus().getPhase();
    }

    private Reading read() {
        Optional<HpcJob> hpc = facts.hpc();
        if (wasRefused(pod)) {
            return hpc.map(HpcReading::existsDespiteReport)
                    .orElseGet(() -> Reading.reported(refused()));
        }
        if (wasAbandoned(pod)) {
            return hpc.map(HpcReading::existsDespiteReport)
                    .orElseGet(() -> Reading.reported(abandoned()));
        }
        Reading withoutHpc = record.flatMap(this::recorded).orElseGet(this::reported);
        return hpc.map(job ->
                        new HpcReading(job, record, withoutHpc, deletedAt(pod), hasPreExec())
                                .reading())
                .orElse(withoutHpc);
    }

    /// The state that follows from the record alone, if the record is final.
    private Optional<Reading> recorded(JobRecord found) {
        return switch (found) {
            case JobRecord.Ended ended -> Optional.of(ended(ended));
            case JobRecord.Killed killed when killed.cause().isFinal() || reportsFailure() ->
                    Optional.of(Reading.recorded(killed(killed)));
            case JobRecord.Killed _,
                    JobRecord.Started _,
                    JobRecord.NoHeader _,
                    JobRecord.Empty _,
                    JobRecord.Contradictory _,
                    JobRecord.OtherPlugin _ ->
                    Optional.empty();
        };
    }

    private boolean reportsFailure() {
        return phase(pod).equals("Failed");
    }

    private Reading ended(JobRecord.Ended ended) {
        Optional<Moment> startedAt = second(ended.startedAt());
        Optional<Moment> finishedAt = second(ended.finishedAt());
        if (!ended.wentWell()) {
            return new Reading(
                    failed(ended, startedAt, finishedAt), Source.JOB_RECORD, ended.containers());
        }
        return reportsFailure()
                ? Reading.reported(
                        new JobState.Unknown(
                                UnknownReason.CONTRADICTION,
                                "The job's own record shows success, but interLink reports"
                                        + " failure."))
                : new Reading(
                        new JobState.Succeeded(startedAt, finishedAt),
                        Source.JOB_RECORD,
                        ended.containers());
    }

    private static JobState.Failed failed(
            JobRecord.Ended ended, Optional<Moment> startedAt, Optional<Moment> finishedAt) {
        Optional<ContainerExit> first = ended.firstFailure();
        int code = first.map(ContainerExit::exitCode).orElse(ended.exitCode());
        String message =
                first.map(exit -> "The container " + exit.name() + " ended with")
                                .orElse("The job ended with")
                        + " exit code "
                        + code
                        + ".";
        FailureReason reason = FailureReason.EXIT_CODE;
        if (ended.memoryKill()) {
            reason = FailureReason.OUT_OF_MEMORY;
            message =
                    "SLURM killed a process of the job for using more memory than its limit. "
                            + message;
        } else if (ended.fault().isPresent()) {
            reason =
                    switch (ended.fault().get().kind()) {
                        case IMAGE -> FailureReason.IMAGE_UNAVAILABLE;
                        case COMMAND -> FailureReason.COMMAND_NOT_FOUND;
                    };
            message = ended.fault().get().message();
        }
        return new JobState.Failed(startedAt, finishedAt, OptionalInt.of(code), reason, message);
    }

    /// A job that was killed has no exit code: SLURM also ends the script that would write it.
    private JobState.Failed killed(JobRecord.Killed killed) {
        FailureReason reason =
                switch (killed.cause()) {
                    case TIME_LIMIT -> FailureReason.TIME_LIMIT;
                    case MEMORY -> FailureReason.OUT_OF_MEMORY;
                    case NODE_FAILURE -> FailureReason.NODE_FAILED;
                    case CANCELLATION, PREEMPTION, REQUEUE -> FailureReason.CANCELLED_ON_HPC;
                };
        String message =
                switch (killed.cause()) {
                    case TIME_LIMIT -> "The job reached its time limit.";
                    case MEMORY -> "The job used more memory than its limit.";
                    case NODE_FAILURE -> "The job's compute node failed.";
                    case CANCELLATION -> "The job was cancelled on the HPC.";
                    case PREEMPTION -> "The job was preempted by another job on the HPC.";
                    case REQUEUE -> "SLURM requeued the job, but did not start it again.";
                };
        return new JobState.Failed(
                killed.startedAt().flatMap(StateReading::second),
                killed.killedAt()
                        .flatMap(at -> inUniversalTime(at, killed.startedAt()))
                        .or(this::reportedEnd),
                OptionalInt.empty(),
                reason,
                message + " SLURM: " + Text.shown(killed.message(), 1000));
    }

    /// SLURM writes the compute node's local time. interLink notices the kill soon after, so at most one UTC offset
    /// of whole hours is plausible.
    private Optional<Moment> inUniversalTime(LocalDateTime killedAt, Optional<Instant> startedAt) {
        Optional<Instant> reportedAt = finished(pod);
        for (int hours = -12; reportedAt.isPresent() && hours <= 14; hours++) {
            Instant at = killedAt.toInstant(ZoneOffset.ofHours(hours));
            Duration lag = Duration.between(at, reportedAt.get());
            if (!lag.isNegative()
                    && lag.compareTo(LATEST_REPORT) <= 0
                    && startedAt.map(start -> !at.isBefore(start)).orElse(true)) {
                return second(at);
            }
        }
        return Optional.empty();
    }

    private Reading reported() {
        String phase = phase(pod);
        Optional<Instant> deleted = deletedAt(pod);
        if (deleted.isPresent() && !reportsEnd(pod)) {
            return Reading.reported(new JobState.Cancelling(deleted.get()));
        }
        return switch (phase) {
            case "Pending" -> begun().orElseGet(() -> Reading.reported(queued()));
            case "Initializing" ->
                    Reading.reported(
                            new JobState.Queued(
                                    QueueReason.SECRET_MISSING,
                                    facts.missing()
                                            .map(MissingObject::message)
                                            .orElse(
                                                    "interLink waits for a Secret or ConfigMap that"
                                                            + " the job mounts."),
                                    scheduledAt()));
            case "Running" -> running();
            case "Succeeded" -> succeeded();
            case "Failed" -> Reading.reported(failed());
            default ->
                    Reading.reported(
                            new JobState.Unknown(
                                    UnknownReason.STATUS_UNREADABLE,
                                    "The pod's phase is \""
                                            + Text.shown(phase)
                                            + "\", which is not a known phase."));
        };
    }

    private Reading succeeded() {
        return switch (record.orElse(null)) {
            case JobRecord.Started started ->
                    Reading.recorded(
                            new JobState.Running(
                                    started.startedAt().flatMap(StateReading::second)));
            case JobRecord.OtherPlugin _ ->
                    Reading.reported(new JobState.Succeeded(reportedStart(), reportedEnd()));
            case JobRecord.Killed killed ->
                    Reading.recorded(
                            new JobState.Unknown(
                                    UnknownReason.MAY_START_AGAIN,
                                    "SLURM ended the job and may start it again: "
                                            + Text.shown(killed.message(), 1000)));
            case JobRecord.Contradictory _ ->
                    Reading.reported(
                            new JobState.Unknown(
                                    UnknownReason.CONTRADICTION,
                                    "The log contains several records of the job, and it is not"
                                            + " certain which one is genuine."));
            case JobRecord.NoHeader _ ->
                    Reading.reported(
                            unconfirmed(
                                    "the job's log has output, but does not show that its"
                                            + " containers started."));
            case JobRecord.Empty _ -> Reading.reported(unconfirmed("the job's log is empty."));
            case JobRecord.Ended _ ->
                    throw new IllegalStateException("An Ended record was handled before.");
            case null -> Reading.reported(unconfirmed("the job's own record was not found yet."));
        };
    }

    private static JobState.Unknown unconfirmed(String but) {
        return new JobState.Unknown(
                UnknownReason.SUCCESS_UNCONFIRMED,
                "interLink reports success, which it also reports for jobs that have not started; "
                        + but);
    }

    /// The deletion timestamp is the time of the request plus the grace period.
    static Optional<Instant> deletedAt(Pod pod) {
        return ModelFields.instant(pod.getMetadata().getDeletionTimestamp())
                .map(end -> end.minusSeconds(grace(pod)));
    }

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
                    facts.allocatable());
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
                            "The job is in the HPC's queue as job " + Text.shown(id) + ".",
                            startTime);
        }
        return facts.missing()
                .map(object ->
                        new JobState.Queued(
                                QueueReason.SECRET_MISSING, object.message(), scheduledAt()))
                .orElseGet(() ->
                        new JobState.Queued(
                                QueueReason.SUBMITTING,
                                "The job is being submitted to the HPC.",
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

    /// A requeued job keeps the phase Running while its containers are waiting again (recording `node-fail-requeue`).
    private Reading running() {
        List<ContainerState> states = states(pod);
        boolean waiting =
                !states.isEmpty() && states.stream().allMatch(state -> state.getWaiting() != null);
        if (waiting) {
            return Reading.reported(
                    new JobState.Queued(
                            QueueReason.REQUEUED,
                            "SLURM put the job back into its queue.",
                            Optional.empty()));
        }
        return begun().orElseGet(() -> Reading.reported(new JobState.Running(reportedStart())));
    }

    /// interLink notices a start late: the record's header is written when the HPC starts the job.
    private Optional<Reading> begun() {
        return record.flatMap(JobRecord::asStarted)
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
                reportedEnd(),
                OptionalInt.empty(),
                FailureReason.SUBMISSION_REFUSED,
                sbatchMessage(message(pod)));
    }

    private JobState.Failed abandoned() {
        return new JobState.Failed(
                Optional.empty(),
                reportedEnd(),
                OptionalInt.empty(),
                FailureReason.OTHER,
                "interLink gave up: a Secret or ConfigMap that the job mounts did not exist within"
                        + " five minutes. Create it, and submit the job again.");
    }

    /// A failure that the record does not explain. interLink's message is only used where it comes from SLURM's
    /// state: time limit and memory.
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
        } else if (record.filter(StateReading::showsNoContainer).isPresent() && hasPreExec()) {
            reason = FailureReason.PRE_EXEC_FAILED;
        }
        return new JobState.Failed(
                reportedStart(), reportedEnd(), code, reason, explained(message, code));
    }

    static boolean showsNoContainer(JobRecord record) {
        return record instanceof JobRecord.NoHeader || record instanceof JobRecord.Empty;
    }

    private boolean hasPreExec() {
        return ModelFields.orEmpty(pod.getMetadata().getAnnotations())
                .containsKey(MetadataNames.PRE_EXEC);
    }

    private String explained(String message, OptionalInt code) {
        if (!message.isEmpty()) {
            return message;
        }
        if (code.isPresent()) {
            return "The job ended with exit code " + code.getAsInt() + ".";
        }
        return switch (record.orElse(null)) {
            case JobRecord.NoHeader _ ->
                    hasPreExec()
                            ? "The commands before the job's containers (preExec, or the pull of"
                                    + " the image) probably failed: the log ends with their output."
                                    + " A failure of the compute node looks the same."
                            : "interLink reports that the job failed; its log does not show that"
                                    + " its containers started.";
            case JobRecord.Empty _ ->
                    hasPreExec()
                            ? "The log is empty, so no container started. The commands before them"
                                    + " (preExec, or the pull of the image) probably failed without"
                                    + " output; a failure of the compute node looks the same."
                            : "interLink reports that the job failed; its log is empty, so its"
                                    + " containers did not start.";
            case JobRecord.Started _ -> "The job started and failed; no reason was recorded.";
            case JobRecord.Contradictory _ ->
                    "The job failed; its log contains several records of the reason, and it is not"
                            + " certain which one is genuine.";
            case JobRecord.Ended _, JobRecord.Killed _, JobRecord.OtherPlugin _ ->
                    "interLink reports that the job failed, and gives no reason.";
            case null ->
                    "interLink reports that the job failed"
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

    /// Extracts sbatch's message, which interLink wraps in four layers (recording `bad-partition`).
    private static String sbatchMessage(String message) {
        Matcher matcher = SBATCH.matcher(message);
        List<String> messages =
                matcher.results().map(result -> result.group(1).strip()).distinct().toList();
        return messages.isEmpty() ? message : String.join("; ", messages);
    }

    private static Optional<Moment> second(Instant at) {
        return Optional.of(new Moment(at, Precision.SECOND));
    }

    private Optional<Moment> reportedStart() {
        return record.flatMap(JobRecord::asStarted)
                .flatMap(JobRecord.Started::startedAt)
                .flatMap(StateReading::second)
                .or(() -> started(pod).map(at -> new Moment(at, Precision.OBSERVED)));
    }

    private Optional<Moment> reportedEnd() {
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

    static List<ContainerStateTerminated> terminated(Pod pod) {
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
