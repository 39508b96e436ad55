package io.interlinkgateway.sandbox.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.record.JobRecord;
import io.interlinkgateway.status.PodReading;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The statuses that interLink gives a pod during its life, as recorded.
public final class PodStatuses {

    private PodStatuses() {}

    /// How a container ended.
    ///
    /// @param code its exit code
    /// @param message an explanation, if there is one
    /// @param startedAt when it started, if it did
    /// @param fault why it could not be started, if that is so
    record Exit(
            int code,
            Optional<String> message,
            Optional<Instant> startedAt,
            Optional<JobRecord.Fault> fault) {}

    /// @param pod the pod to be created
    /// @param uid its UID
    /// @param now when it is created
    /// @return the pod as an API server would return it
    public static Pod accepted(Pod pod, String uid, Instant now) {
        // spotless:off
        return new PodBuilder(pod)
                .editMetadata()
                    .withUid(uid)
                    .withCreationTimestamp(seconds(now))
                .endMetadata()
                .withNewStatus()
                    .withPhase("Pending")
                .endStatus()
                .build();
        // spotless:on
    }

    static Pod scheduled(Pod pod, String node) {
        // spotless:off
        return new PodBuilder(pod)
                .editSpec()
                    .withNodeName(node)
                .endSpec()
                .editStatus()
                    .withConditions(condition("PodScheduled", "True", null))
                .endStatus()
                .build();
        // spotless:on
    }

    static Pod unschedulable(Pod pod) {
        String message =
                "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.";
        // spotless:off
        return new PodBuilder(pod)
                .editStatus()
                    .withConditions(condition("PodScheduled", "False", message))
                .endStatus()
                .build();
        // spotless:on
    }

    /// The status while a Secret or ConfigMap that the pod mounts does not exist.
    static Pod waitingForMounts(Pod pod) {
        // spotless:off
        return new PodBuilder(pod)
                .editStatus()
                    .withPhase("Initializing")
                .endStatus()
                .build();
        // spotless:on
    }

    /// The status after interLink stopped waiting for it.
    static Pod abandoned(Pod pod) {
        // spotless:off
        return new PodBuilder(pod)
                .editStatus()
                    .withPhase("Failed")
                    .withReason("CFGMaps/Secrets not found")
                .endStatus()
                .build();
        // spotless:on
    }

    static Pod submitted(Pod pod, String jobId, Instant now) {
        ContainerState waiting =
                waiting(
                        "Remote pod submitted",
                        "The pod has been submitted to the remote plugin for creation");
        // spotless:off
        return new PodBuilder(pod)
                .editMetadata()
                    .addToAnnotations(MetadataNames.JOB_ID, jobId)
                .endMetadata()
                .editStatus()
                    .withPhase("Pending")
                    .withConditions(
                            condition("Initialized", "True", null),
                            condition("Ready", "False", null),
                            condition("PodScheduled", "True", null))
                    .withContainerStatuses(statuses(pod, _ -> waiting))
                    .withHostIP("127.0.0.1")
                    .withPodIP("127.0.0.1")
                    .withStartTime(seconds(now))
                .endStatus()
                .build();
        // spotless:on
    }

    static Pod initialising(Pod pod) {
        ContainerState waiting = waiting("PodInitializing", null);
        // spotless:off
        return new PodBuilder(pod)
                .editStatus()
                    .withContainerStatuses(statuses(pod, _ -> waiting))
                .endStatus()
                .build();
        // spotless:on
    }

    static Pod running(Pod pod, Instant now) {
        ContainerState running =
                new ContainerStateBuilder()
                        .withNewRunning()
                        .withStartedAt(seconds(now))
                        .endRunning()
                        .build();
        // spotless:off
        return new PodBuilder(pod)
                .editStatus()
                    .withPhase("Running")
                    .withReason("Running")
                    .withConditions(condition("Ready", "True", null))
                    .withContainerStatuses(statuses(pod, _ -> running))
                .endStatus()
                .build();
        // spotless:on
    }

    /// As in the recordings, each container's reason is that of the whole pod.
    ///
    /// @param exits how each container ended, in their order
    /// @param record what actually happened
    static Pod ended(Pod pod, List<Exit> exits, JobRecord record, Instant now) {
        int highest = exits.stream().mapToInt(Exit::code).max().orElse(0);
        String reason = highest == 0 ? "Completed" : "Error: " + highest;
        List<Exit> left = new ArrayList<>(exits);
        // spotless:off
        return new PodBuilder(pod)
                .editMetadata()
                    .addToAnnotations(
                            MetadataNames.JOB_RECORD, PodReading.recordAnnotation(pod, record))
                .endMetadata()
                .editStatus()
                    .withPhase(highest == 0 ? "Succeeded" : "Failed")
                    .withReason(reason)
                    .withContainerStatuses(
                            statuses(pod, _ -> terminated(left.removeFirst(), reason, now)))
                .endStatus()
                .build();
        // spotless:on
    }

    /// As in the recording `bad-partition`, without the layers around sbatch's message.
    static Pod refused(Pod pod, String message, Instant now) {
        Exit refusal = new Exit(1, Optional.of(message), Optional.empty(), Optional.empty());
        // spotless:off
        return new PodBuilder(pod)
                .editStatus()
                    .withPhase("Failed")
                    .withReason("ProviderFailed")
                    .withMessage(message)
                    .withContainerStatuses(
                            statuses(pod, _ -> terminated(refusal, "ProviderFailed", now)))
                .endStatus()
                .build();
        // spotless:on
    }

    /// As with the API server, the deletion timestamp is the end of the grace period.
    static Pod terminating(Pod pod, Instant now, Duration grace) {
        if (pod.getMetadata().getDeletionTimestamp() != null) {
            return pod;
        }
        // spotless:off
        return new PodBuilder(pod)
                .editMetadata()
                    .withDeletionTimestamp(seconds(now.plus(grace)))
                    .withDeletionGracePeriodSeconds(grace.toSeconds())
                .endMetadata()
                .build();
        // spotless:on
    }

    private static List<ContainerStatus> statuses(
            Pod pod, Function<Container, ContainerState> state) {
        List<ContainerStatus> statuses = new ArrayList<>();
        for (Container container : pod.getSpec().getContainers()) {
            ContainerState now = state.apply(container);
            // spotless:off
            statuses.add(new ContainerStatusBuilder()
                    .withName(container.getName())
                    .withImage("")
                    .withImageID("")
                    .withReady(now.getRunning() != null)
                    .withRestartCount(0)
                    .withState(now)
                    .build());
            // spotless:on
        }
        return statuses;
    }

    private static ContainerState waiting(String reason, @Nullable String message) {
        // spotless:off
        return new ContainerStateBuilder()
                .withNewWaiting()
                    .withReason(reason)
                    .withMessage(message)
                .endWaiting()
                .build();
        // spotless:on
    }

    private static ContainerState terminated(Exit exit, String reason, Instant now) {
        // spotless:off
        return new ContainerStateBuilder()
                .withNewTerminated()
                    .withExitCode(exit.code())
                    .withReason(reason)
                    .withMessage(exit.message().orElse(null))
                    .withStartedAt(exit.startedAt().map(PodStatuses::seconds).orElse(null))
                    .withFinishedAt(seconds(now))
                .endTerminated()
                .build();
        // spotless:on
    }

    private static PodCondition condition(String type, String status, @Nullable String message) {
        return new PodConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withMessage(message)
                .build();
    }

    private static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
