package io.interlinkgateway.status;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Toleration;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.Cancellation;
import io.interlinkgateway.job.HpcJob;
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

/// Reads jobs and virtual nodes from Kubernetes' pods and nodes. Accepts any input: missing fields, nulls, unknown
/// phases.
public final class PodReading {

    /// The longest `issuer#subject` that is read from a pod.
    private static final int LONGEST_SUBMITTER = 2_000;

    private PodReading() {}

    /// Whether a pod is a job, that is, assigned to a virtual node of interLink. This is so if it is bound to such a
    /// node; if it names a node and tolerates, by key, the taint that only virtual nodes have; or if it selects a
    /// virtual node and tolerates every taint. A pod whose name is not a valid job name is not a job.
    ///
    /// @param pod any pod
    /// @param virtual whether a node is known to be a virtual node of interLink
    /// @return true if it is a job
    public static boolean isJob(Pod pod, Predicate<NodeName> virtual) {
        PodSpec spec = pod.getSpec();
        if (spec == null || !hasJobName(pod.getMetadata())) {
            return false;
        }
        Optional<NodeName> node = nodeOf(spec);
        return node.isPresent()
                && (tolerates(spec, PodReading::hasInterlinkKey)
                        || ((spec.getNodeName() != null
                                        || tolerates(spec, PodReading::toleratesEveryTaint))
                                && node.filter(virtual).isPresent()));
    }

    private static boolean tolerates(PodSpec spec, Predicate<Toleration> kind) {
        return ModelFields.orEmpty(spec.getTolerations()).stream().anyMatch(kind);
    }

    private static boolean hasInterlinkKey(Toleration toleration) {
        return VirtualNode.INTERLINK_TAINT.equals(toleration.getKey());
    }

    /// A toleration without a key applies to every taint, one without an effect to every effect.
    private static boolean toleratesEveryTaint(Toleration toleration) {
        String key = Objects.requireNonNullElse(toleration.getKey(), "");
        String effect = Objects.requireNonNullElse(toleration.getEffect(), "");
        return key.isEmpty()
                && "Exists".equals(toleration.getOperator())
                && (effect.isEmpty() || effect.equals("NoSchedule"));
    }

    private static boolean hasJobName(@Nullable ObjectMeta metadata) {
        if (metadata == null || metadata.getName() == null || metadata.getNamespace() == null) {
            return false;
        }
        try {
            new JobName(metadata.getName());
            new Workspace(metadata.getNamespace());
            return true;
        } catch (InvalidValueException _) {
            return false;
        }
    }

    /// Reads a job from its pod alone.
    ///
    /// @param pod a pod that [#isJob]
    /// @param observedAt when the pod was read
    /// @return the job
    public static Job jobFrom(Pod pod, Instant observedAt) {
        return jobFrom(pod, ClusterFacts.at(observedAt));
    }

    /// Reads a job from its pod and what the cluster shows in addition.
    ///
    /// @param pod a pod that [#isJob]
    /// @param facts what the cluster shows in addition
    /// @return the job
    public static Job jobFrom(Pod pod, ClusterFacts facts) {
        return jobFrom(pod, facts, CancellationReading.of(pod, facts));
    }

    /// Reads a job whose pod was removed, as it was last known.
    ///
    /// @param pod the pod as it was when it was removed
    /// @param facts what the cluster shows in addition; observed when the pod was removed
    /// @return the job, whose cancellation is confirmed or not
    public static Job removedJobFrom(Pod pod, ClusterFacts facts) {
        return jobFrom(pod, facts, Optional.of(CancellationReading.afterRemoval(pod, facts)));
    }

    /// Reads a job whose removal was not seen, as it was last known.
    ///
    /// @param pod the pod as it was some time before it was removed
    /// @param facts what the cluster shows in addition
    /// @return the job, whose cancellation is confirmed or not
    public static Job missedJobFrom(Pod pod, ClusterFacts facts) {
        return jobFrom(pod, facts, Optional.of(CancellationReading.afterUnseenRemoval(pod, facts)));
    }

    private static Job jobFrom(Pod pod, ClusterFacts facts, Optional<Cancellation> cancellation) {
        ObjectMeta metadata = pod.getMetadata();
        StateReading.Reading reading = StateReading.of(pod, facts, recordOf(pod));
        Optional<Instant> lostContactAt =
                reading.source() != Job.Source.SLURM && dependsOnNode(reading.state())
                        ? facts.lostContactAt()
                        : Optional.empty();
        return new Job(
                new JobName(metadata.getName()),
                new Workspace(metadata.getNamespace()),
                Objects.requireNonNullElse(metadata.getUid(), ""),
                nodeOf(pod.getSpec()),
                reading.state(),
                new Job.Evidence(
                        reading.source(),
                        lostContactAt.orElse(observedAt(reading, facts)),
                        lostContactAt.isEmpty()),
                facts.hpc(),
                reading.containers(),
                remoteJobIdOf(pod).or(() -> facts.hpc().map(HpcJob::id)),
                facts.hpc().flatMap(HpcJob::timeLimit).or(() -> HpcRequest.timeLimit(pod)),
                cancellation,
                ModelFields.instant(metadata.getCreationTimestamp()).orElse(facts.observedAt()),
                managerOf(metadata),
                submitterOf(metadata),
                DefinitionReading.ownLabels(metadata),
                Optional.of(DefinitionReading.definitionOf(pod)));
    }

    /// A state that the record shows is as old as the record's last reading while the job goes on; one that SLURM reports
    /// is as old as the request to SLURM.
    private static Instant observedAt(StateReading.Reading reading, ClusterFacts facts) {
        boolean ended = JobPhase.of(reading.state()).ended();
        return switch (reading.source()) {
            case API_SERVER -> facts.observedAt();
            case JOB_RECORD ->
                    facts.recordObservedAt()
                            .filter(read -> !ended && read.isBefore(facts.observedAt()))
                            .orElse(facts.observedAt());
            case SLURM -> facts.hpc().map(HpcJob::observedAt).orElse(facts.observedAt());
        };
    }

    /// Whether the state depends on reports from the node. A job that has ended does not change, and a job that
    /// Kubernetes has not scheduled has not reached the node.
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

    /// The job's own record as stored in the pod's annotation.
    ///
    /// @param pod any pod
    /// @return nothing if no gateway has found a record yet, or the annotation is malformed
    public static Optional<JobRecord> recordOf(Pod pod) {
        return RecordText.parse(
                ModelFields.orEmpty(pod.getMetadata().getAnnotations())
                        .get(MetadataNames.JOB_RECORD),
                pod.getMetadata().getUid());
    }

    /// The value of the annotation [MetadataNames#JOB_RECORD] for a pod. It depends on the arguments alone, so
    /// gateways that found the same record write the same value.
    ///
    /// @param pod the job's pod
    /// @param record what was found in its log
    /// @return what to write
    public static String recordAnnotation(Pod pod, JobRecord record) {
        return RecordText.of(record, Objects.requireNonNullElse(pod.getMetadata().getUid(), ""));
    }

    /// @param pod a pod that [#isJob]
    /// @param record its record
    /// @return the same pod with this record
    public static Pod withRecord(Pod pod, JobRecord record) {
        return new PodBuilder(pod)
                .editMetadata()
                .addToAnnotations(MetadataNames.JOB_RECORD, recordAnnotation(pod, record))
                .endMetadata()
                .build();
    }

    /// A pod with the record that it had before. The virtual kubelet updates statuses with its own copy of a pod's
    /// annotations, which removes a record that was written after it read the pod.
    ///
    /// @param pod a pod that [#isJob]
    /// @param before the same pod at another time
    /// @return the pod with its record, or with the earlier one if it has none
    public static Pod withRecordOf(Pod pod, Pod before) {
        return recordOf(pod).isPresent()
                ? pod
                : recordOf(before).map(record -> withRecord(pod, record)).orElse(pod);
    }

    /// Whether a job's own record is to be read in its log.
    ///
    /// @param pod a pod that [#isJob]
    /// @param hpc what SLURM reports of the job, if its node has a slurmrestd
    /// @return what the record is needed for
    public static RecordNeed recordNeed(Pod pod, Optional<HpcJob> hpc) {
        Optional<JobRecord> record = recordOf(pod);
        Optional<HpcJob> ended = hpc.filter(job -> job.state().ended());
        boolean neverStarted = hpc.filter(HpcJob::neverStarted).isPresent();
        if (StateReading.wasRefused(pod) || StateReading.wasAbandoned(pod) || neverStarted) {
            return RecordNeed.NONE;
        }
        if (StateReading.reportsEnd(pod) || ended.isPresent()) {
            return record.filter(known ->
                            ended.isPresent() ? !mayChange(known) : isFinal(pod, known))
                            .isPresent()
                    ? RecordNeed.NONE
                    : RecordNeed.SEARCH;
        }
        return remoteJobIdOf(pod).isPresent() && record.map(PodReading::mayChange).orElse(true)
                ? RecordNeed.WATCH
                : RecordNeed.NONE;
    }

    /// SLURM may restart a job that it killed, and a job that interLink reports as Succeeded while it still runs
    /// could print a kill message itself. Neither is possible once interLink reports Failed.
    private static boolean isFinal(Pod pod, JobRecord record) {
        return switch (record) {
            case JobRecord.Ended _, JobRecord.OtherPlugin _ -> true;
            case JobRecord.Killed _ -> "Failed".equals(pod.getStatus().getPhase());
            case JobRecord.NoHeader _,
                    JobRecord.Empty _,
                    JobRecord.Started _,
                    JobRecord.Contradictory _ ->
                    false;
        };
    }

    /// Whether a record may change, unless the job is known to have ended only by its pod's status.
    private static boolean mayChange(JobRecord record) {
        return switch (record) {
            case JobRecord.Ended _, JobRecord.OtherPlugin _, JobRecord.Killed _ -> false;
            case JobRecord.NoHeader _,
                    JobRecord.Empty _,
                    JobRecord.Started _,
                    JobRecord.Contradictory _ ->
                    true;
        };
    }

    /// Which program created an object: `gateway`, or the manager of the first entry in its managed fields.
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

    private static Optional<String> submitterOf(ObjectMeta metadata) {
        return Optional.ofNullable(
                        ModelFields.orEmpty(metadata.getAnnotations())
                                .get(MetadataNames.SUBMITTED_BY))
                .filter(submitter -> Text.isName(submitter, LONGEST_SUBMITTER));
    }

    /// The first manager in an object's managed fields that is not the gateway, which writes records to pods that
    /// others created.
    ///
    /// @param metadata any object's
    /// @return the manager's name, unchanged
    public static Optional<String> makerOf(ObjectMeta metadata) {
        return ModelFields.orEmpty(metadata.getManagedFields()).stream()
                .map(ManagedFieldsEntry::getManager)
                .filter(manager -> manager != null && !manager.equals(PodTranslation.MANAGER))
                .findFirst();
    }

    /// The container whose log to read.
    ///
    /// @param pod any job's
    /// @param wanted the container's name; if empty, the one named in the pod's annotation
    ///     [MetadataNames#DEFAULT_CONTAINER], or else the first
    /// @return the name of a container or init container
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

    /// What must be known about a job to interpret its log.
    ///
    /// @param pod any job's
    /// @return that part of the pod
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

    /// Reads a virtual node from a Kubernetes node.
    ///
    /// @param node any node
    /// @return nothing if the node is not a virtual node of interLink
    public static Optional<VirtualNode> nodeFrom(Node node) {
        return NodeReading.nodeFrom(node);
    }

    /// When a virtual node last reported, if it has lost contact. The states of its jobs are known up to that time.
    ///
    /// @param node any node
    /// @param now the time
    /// @return nothing if the node is in contact, or has no conditions
    public static Optional<Instant> lostContactAt(Node node, Instant now) {
        return NodeReading.lostContactAt(node, now);
    }

    /// The id that the HPC gave the job, as interLink reports it.
    ///
    /// @param pod any pod
    /// @return nothing until the HPC has the job
    public static Optional<String> remoteJobIdOf(Pod pod) {
        return Optional.ofNullable(
                ModelFields.orEmpty(pod.getMetadata().getAnnotations()).get(MetadataNames.JOB_ID));
    }

    /// The node to which a pod is assigned.
    ///
    /// @param pod a pod that [#isJob]
    /// @return the node, if the pod names one
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
        } catch (InvalidValueException _) {
            return Optional.empty();
        }
    }
}
