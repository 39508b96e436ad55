package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.JobState.FailureReason;
import io.interlinkgateway.job.JobState.QueueReason;
import io.interlinkgateway.job.Text;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a pod's status claims about its job. The phase is an open set: virtual kubelets write `Ready` and
/// `Initializing` too, which Kubernetes does not know.
final class StateReading {

    private static final Pattern SBATCH = Pattern.compile("sbatch: error: ([^\\n\\\\]+)");

    private StateReading() {}

    static JobState stateOf(Pod pod) {
        PodStatus status = pod.getStatus();
        Optional<Instant> deleted = PodReading.instant(pod.getMetadata().getDeletionTimestamp());
        String phase = status == null || status.getPhase() == null ? "Pending" : status.getPhase();
        if (deleted.isPresent() && !phase.equals("Succeeded") && !phase.equals("Failed")) {
            return new JobState.Cancelling(deleted.get().minusSeconds(grace(pod)));
        }
        return switch (phase) {
            case "Pending" -> queued(pod);
            case "Initializing" ->
                    new JobState.Queued(
                            QueueReason.SECRET_MISSING,
                            "interLink waits for a Secret or ConfigMap that the job mounts.");
            case "Running" -> running(pod);
            case "Succeeded" -> new JobState.Succeeded(started(pod), finished(pod));
            case "Failed" -> failed(pod);
            default ->
                    new JobState.Unknown(
                            "The pod's phase is \""
                                    + Text.shown(phase)
                                    + "\", which says nothing about the job.");
        };
    }

    /// The time in the metadata is when the pod will be gone: the request's plus the grace period.
    private static long grace(Pod pod) {
        Long seconds = pod.getMetadata().getDeletionGracePeriodSeconds();
        return seconds == null ? 0 : seconds;
    }

    private static JobState queued(Pod pod) {
        Optional<PodCondition> unscheduled =
                conditions(pod).stream()
                        .filter(condition ->
                                "PodScheduled".equals(condition.getType())
                                        && "False".equals(condition.getStatus()))
                        .findFirst();
        if (unscheduled.isPresent()) {
            String message = Objects.requireNonNullElse(unscheduled.get().getMessage(), "");
            QueueReason reason =
                    message.contains("Insufficient")
                            ? QueueReason.NODE_FULL
                            : QueueReason.NODE_NOT_READY;
            return new JobState.Queued(
                    reason, "Kubernetes can't place the job: " + Text.shown(message));
        }
        if (PodReading.orEmpty(pod.getMetadata().getAnnotations())
                .containsKey(Annotations.JOB_ID)) {
            return states(pod).stream().anyMatch(StateReading::initialising)
                    ? new JobState.Starting()
                    : new JobState.Queued(
                            QueueReason.IN_HPC_QUEUE, "The HPC has the job in its queue.");
        }
        return new JobState.Queued(
                QueueReason.SUBMITTING, "The job is being handed over to the HPC.");
    }

    private static boolean initialising(ContainerState state) {
        String reason = state.getWaiting() == null ? null : state.getWaiting().getReason();
        return reason != null && (reason.startsWith("Init:") || reason.equals("PodInitializing"));
    }

    /// A requeued job keeps the phase Running while its containers wait again (recording `node-fail-requeue`).
    private static JobState running(Pod pod) {
        List<ContainerState> states = states(pod);
        boolean waiting =
                !states.isEmpty() && states.stream().allMatch(state -> state.getWaiting() != null);
        return waiting
                ? new JobState.Queued(
                        QueueReason.REQUEUED, "SLURM put the job back into its queue.")
                : new JobState.Running(started(pod));
    }

    private static JobState failed(Pod pod) {
        String message = message(pod);
        String reason = Objects.requireNonNullElse(pod.getStatus().getReason(), "");
        Optional<ContainerStateTerminated> worst =
                terminated(pod).stream()
                        .filter(state -> state.getExitCode() != null && state.getExitCode() != 0)
                        .findFirst();
        if (reason.equals("ProviderFailed")) {
            return new JobState.Failed(
                    Optional.empty(),
                    finished(pod),
                    OptionalInt.empty(),
                    FailureReason.SUBMISSION_REFUSED,
                    sbatchWords(message));
        }
        OptionalInt code =
                worst.map(state -> OptionalInt.of(state.getExitCode())).orElse(OptionalInt.empty());
        return new JobState.Failed(
                started(pod),
                finished(pod),
                code,
                failureReason(message, code),
                told(message, code));
    }

    private static FailureReason failureReason(String message, OptionalInt code) {
        if (message.contains("time limit")) {
            return FailureReason.TIME_LIMIT;
        }
        if (message.contains("out-of-memory")) {
            return FailureReason.OUT_OF_MEMORY;
        }
        return code.isPresent() ? FailureReason.EXIT_CODE : FailureReason.OTHER;
    }

    private static String told(String message, OptionalInt code) {
        if (!message.isEmpty()) {
            return message;
        }
        return code.isPresent()
                ? "interLink says that the job ended with the exit code " + code.getAsInt() + "."
                : "interLink says that the job failed, and nothing more.";
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

    private static Optional<Instant> started(Pod pod) {
        return states(pod).stream()
                .map(state ->
                        state.getRunning() != null
                                ? state.getRunning().getStartedAt()
                                : state.getTerminated() != null
                                        ? state.getTerminated().getStartedAt()
                                        : null)
                .flatMap(time -> PodReading.instant(time).stream())
                .min(Comparator.naturalOrder());
    }

    private static Optional<Instant> finished(Pod pod) {
        return terminated(pod).stream()
                .flatMap(state -> PodReading.instant(state.getFinishedAt()).stream())
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
                : PodReading.orEmpty(pod.getStatus().getContainerStatuses()).stream()
                        .map(ContainerStatus::getState)
                        .filter(Objects::nonNull)
                        .toList();
    }

    private static List<PodCondition> conditions(Pod pod) {
        return pod.getStatus() == null
                ? List.of()
                : PodReading.orEmpty(pod.getStatus().getConditions());
    }
}
