package io.interlinkgateway.status;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Toleration;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.pod.DefinitionReading;
import io.interlinkgateway.pod.HpcRequest;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.pod.ModelFields;
import io.interlinkgateway.pod.PodTranslation;
import io.interlinkgateway.record.JobRecord;
import io.interlinkgateway.record.LogContext;
import io.interlinkgateway.record.RecordText;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// From what the cluster says to jobs and nodes. Takes anything: missing fields, nulls, unknown phases.
public final class PodReading {

    private PodReading() {}

    /// Whether a pod is a job: whether it is sent to a virtual node of interLink. So it is if it stands on one,
    /// however it got there; if it names a node and tolerates, by its key, the taint that only those have; or if it
    /// selects one and tolerates every taint. A pod whose name can't be a job's is none.
    ///
    /// @param pod any pod
    /// @param virtual whether a node is a virtual node of interLink, as far as that is known
    /// @return true if it is a job
    public static boolean isJob(Pod pod, Predicate<NodeName> virtual) {
        PodSpec spec = pod.getSpec();
        if (spec == null || !hasJobsName(pod.getMetadata())) {
            return false;
        }
        Optional<NodeName> node = nodeOf(spec);
        return node.isPresent()
                && (tolerates(spec, PodReading::isInterlinksByKey)
                        || ((spec.getNodeName() != null || tolerates(spec, PodReading::isForAll))
                                && node.filter(virtual).isPresent()));
    }

    private static boolean tolerates(PodSpec spec, Predicate<Toleration> kind) {
        return ModelFields.orEmpty(spec.getTolerations()).stream().anyMatch(kind);
    }

    private static boolean isInterlinksByKey(Toleration toleration) {
        return VirtualNode.INTERLINK_TAINT.equals(toleration.getKey());
    }

    /// Without a key it is for every taint, without an effect for every effect.
    private static boolean isForAll(Toleration toleration) {
        String key = Objects.requireNonNullElse(toleration.getKey(), "");
        String effect = Objects.requireNonNullElse(toleration.getEffect(), "");
        return key.isEmpty()
                && "Exists".equals(toleration.getOperator())
                && (effect.isEmpty() || effect.equals("NoSchedule"));
    }

    private static boolean hasJobsName(@Nullable ObjectMeta metadata) {
        if (metadata == null || metadata.getName() == null || metadata.getNamespace() == null) {
            return false;
        }
        try {
            new JobName(metadata.getName());
            new Workspace(metadata.getNamespace());
            return true;
        } catch (InvalidValueException notAJobs) {
            return false;
        }
    }

    /// The job that a pod is, with nothing known but the pod.
    ///
    /// @param pod a pod that [#isJob]
    /// @param observedAt when the pod was read
    /// @return the job
    public static Job jobFrom(Pod pod, Instant observedAt) {
        return jobFrom(pod, ClusterFacts.at(observedAt));
    }

    /// The job that a pod is.
    ///
    /// @param pod a pod that [#isJob]
    /// @param circumstances what is known beside it
    /// @return the job
    public static Job jobFrom(Pod pod, ClusterFacts circumstances) {
        ObjectMeta metadata = pod.getMetadata();
        Map<String, String> annotations = ModelFields.orEmpty(metadata.getAnnotations());
        StateReading.Reading reading = StateReading.of(pod, circumstances, recordOf(pod));
        Optional<Instant> silentSince =
                dependsOnNode(reading.state()) ? circumstances.lostContactAt() : Optional.empty();
        return new Job(
                new JobName(metadata.getName()),
                new Workspace(metadata.getNamespace()),
                Objects.requireNonNullElse(metadata.getUid(), ""),
                nodeOf(pod.getSpec()),
                reading.state(),
                new Job.Evidence(
                        reading.source(),
                        silentSince.orElse(observedAt(reading, circumstances)),
                        silentSince.isEmpty()),
                reading.containers(),
                Optional.ofNullable(annotations.get(MetadataNames.JOB_ID)),
                HpcRequest.timeLimit(pod),
                ModelFields.instant(metadata.getCreationTimestamp())
                        .orElse(circumstances.observedAt()),
                managerOf(metadata),
                DefinitionReading.ownLabels(metadata),
                Optional.of(DefinitionReading.definitionOf(pod)));
    }

    /// A state that the record shows is as old as the record's last reading while the job goes on.
    private static Instant observedAt(StateReading.Reading reading, ClusterFacts facts) {
        boolean ended = JobPhase.of(reading.state()).ended();
        return reading.source() == Job.Source.JOB_RECORD && !ended
                ? facts.recordObservedAt()
                        .filter(read -> read.isBefore(facts.observedAt()))
                        .orElse(facts.observedAt())
                : facts.observedAt();
    }

    /// Whether only the node could say more. What has ended stays so, and what Kubernetes keeps back never
    /// came to the node.
    private static boolean dependsOnNode(JobState state) {
        return switch (state) {
            case JobState.Queued queued ->
                    switch (queued.reason()) {
                        case NODE_FULL, NODE_NOT_READY -> false;
                        case SECRET_MISSING, SUBMITTING, IN_HPC_QUEUE, REQUEUED -> true;
                    };
            case JobState.Starting _,
                    JobState.Running _,
                    JobState.Cancelling _,
                    JobState.Unknown _ ->
                    true;
            case JobState.Succeeded _, JobState.Failed _ -> false;
        };
    }

    /// The job's own record, as far as the pod carries it.
    ///
    /// @param pod any pod
    /// @return nothing if no gateway found it yet, or if the annotation is not as gateways write it
    public static Optional<JobRecord> recordOf(Pod pod) {
        return RecordText.parse(
                ModelFields.orEmpty(pod.getMetadata().getAnnotations())
                        .get(MetadataNames.JOB_RECORD),
                pod.getMetadata().getUid());
    }

    /// The value of the annotation [MetadataNames#JOB_RECORD] for a pod. The same for every gateway that found
    /// the same.
    ///
    /// @param pod the job's pod
    /// @param record what was found in its log
    /// @return what to write
    public static String recordAnnotation(Pod pod, JobRecord record) {
        return RecordText.of(record, Objects.requireNonNullElse(pod.getMetadata().getUid(), ""));
    }

    /// Whether a job's own record is to be read in its log.
    ///
    /// @param pod a pod that [#isJob]
    /// @return what the record is needed for
    public static RecordNeed recordNeed(Pod pod) {
        Optional<JobRecord> record = recordOf(pod);
        if (StateReading.wasRefused(pod) || StateReading.wasGivenUp(pod)) {
            return RecordNeed.NONE;
        }
        if (StateReading.claimsEnd(pod)) {
            return record.filter(known -> isFinal(pod, known)).isPresent()
                    ? RecordNeed.NONE
                    : RecordNeed.SEARCH;
        }
        boolean handedOver =
                ModelFields.orEmpty(pod.getMetadata().getAnnotations())
                        .containsKey(MetadataNames.JOB_ID);
        return handedOver && record.map(PodReading::mayGoOn).orElse(true)
                ? RecordNeed.WATCH
                : RecordNeed.NONE;
    }

    /// SLURM may start a job again that it killed, and a job that interLink calls Succeeded while it runs can
    /// print that it was killed. Neither can be where interLink saw it fail.
    private static boolean isFinal(Pod pod, JobRecord record) {
        return switch (record) {
            case JobRecord.Ended _, JobRecord.OtherPlugin _ -> true;
            case JobRecord.Killed _ -> "Failed".equals(pod.getStatus().getPhase());
            case JobRecord.NoHeader _, JobRecord.Started _, JobRecord.Contradictory _ -> false;
        };
    }

    /// Whether a record may change before the pod's status claims an end.
    private static boolean mayGoOn(JobRecord record) {
        return switch (record) {
            case JobRecord.Ended _, JobRecord.OtherPlugin _, JobRecord.Killed _ -> false;
            case JobRecord.NoHeader _, JobRecord.Started _, JobRecord.Contradictory _ -> true;
        };
    }

    /// What created an object: `gateway`, or the first of its managed fields' managers.
    ///
    /// @param metadata any object's
    /// @return a name
    public static String managerOf(ObjectMeta metadata) {
        if (PodTranslation.MANAGER.equals(
                ModelFields.orEmpty(metadata.getLabels()).get(MetadataNames.MANAGED_BY))) {
            return "gateway";
        }
        return makerOf(metadata)
                .map(manager -> manager.startsWith("kubectl") ? "kubectl" : manager)
                .orElse("unknown");
    }

    /// The first of an object's managers, but for the gateway, which writes its record to pods of others.
    ///
    /// @param metadata any object's
    /// @return its name as it stands there
    public static Optional<String> makerOf(ObjectMeta metadata) {
        return ModelFields.orEmpty(metadata.getManagedFields()).stream()
                .map(ManagedFieldsEntry::getManager)
                .filter(manager -> manager != null && !manager.equals(PodTranslation.MANAGER))
                .findFirst();
    }

    /// The container whose log is meant.
    ///
    /// @param pod any job's
    /// @param wanted its name; empty for the one that the pod's annotation [MetadataNames#DEFAULT_CONTAINER] names, and the
    ///     first if it names none
    /// @return its name, which an init container may have too
    /// @throws GatewayException.NotFound if the pod has no such container
    public static String containerOf(Pod pod, Optional<String> wanted) {
        List<String> names =
                Stream.concat(
                                ModelFields.orEmpty(pod.getSpec().getContainers()).stream(),
                                ModelFields.orEmpty(pod.getSpec().getInitContainers()).stream())
                        .map(Container::getName)
                        .toList();
        if (wanted.isEmpty()) {
            String chosen =
                    ModelFields.orEmpty(pod.getMetadata().getAnnotations())
                            .get(MetadataNames.DEFAULT_CONTAINER);
            return chosen != null && names.contains(chosen) ? chosen : names.getFirst();
        }
        return wanted.filter(names::contains)
                .orElseThrow(() -> new GatewayException.NotFound("container", wanted.orElse("")));
    }

    /// What the job's log is read with.
    ///
    /// @param pod any job's
    /// @return what the pod says of the job
    public static LogContext logContextOf(Pod pod) {
        Map<String, String> annotations = ModelFields.orEmpty(pod.getMetadata().getAnnotations());
        return new LogContext(
                String.valueOf(pod.getMetadata().getName()),
                Objects.requireNonNullElse(pod.getMetadata().getUid(), ""),
                Optional.ofNullable(annotations.get(MetadataNames.JOB_ID)),
                annotations.containsKey(MetadataNames.PRE_EXEC),
                programs(pod.getSpec().getInitContainers()),
                programs(pod.getSpec().getContainers()));
    }

    private static List<LogContext.Program> programs(@Nullable List<Container> containers) {
        return ModelFields.orEmpty(containers).stream()
                .map(container ->
                        new LogContext.Program(
                                String.valueOf(container.getName()),
                                Objects.requireNonNullElse(container.getImage(), ""),
                                ModelFields.orEmpty(container.getCommand()).stream()
                                        .findFirst()
                                        .map(String::valueOf)
                                        .orElse("")))
                .toList();
    }

    /// The virtual node that a node is.
    ///
    /// @param node any node
    /// @return nothing if it is no virtual node of interLink
    public static Optional<VirtualNode> nodeFrom(Node node) {
        return NodeReading.nodeFrom(node);
    }

    /// When a virtual node was last heard of, if it is silent now: what its jobs do is known up to then.
    ///
    /// @param node any node
    /// @param now the time
    /// @return nothing if it is in contact, or says nothing of itself
    public static Optional<Instant> lostContactAt(Node node, Instant now) {
        return NodeReading.lostContactAt(node, now);
    }

    /// Where a pod was sent.
    ///
    /// @param pod a pod that [#isJob]
    /// @return the node
    public static Optional<NodeName> nodeOf(Pod pod) {
        return nodeOf(pod.getSpec());
    }

    private static Optional<NodeName> nodeOf(PodSpec spec) {
        String selected = ModelFields.orEmpty(spec.getNodeSelector()).get(MetadataNames.HOSTNAME);
        String name = selected == null ? spec.getNodeName() : selected;
        if (name == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new NodeName(name));
        } catch (InvalidValueException notAName) {
            return Optional.empty();
        }
    }
}
