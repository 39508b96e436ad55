package io.interlinkgateway.job;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// A job with its present state.
///
/// @param name its name
/// @param workspace its workspace
/// @param uid its pod's UID, which is unique for ever
/// @param node the virtual node to which it is assigned
/// @param state its state
/// @param evidence how the state is known
/// @param hpc what SLURM reports of it, if its node has a slurmrestd
/// @param containers how its containers ended, in their order; empty unless its own record has that
/// @param remoteJobId its id on the HPC, once it has one
/// @param timeLimit SLURM's time limit in whole minutes, as SLURM rounds it; empty if the job names none and SLURM
///     can't be asked for its partition's
/// @param cancellation how far its cancellation has come; empty if it is not being deleted
/// @param createdAt when its pod was created
/// @param managedBy the program that created the pod: `gateway` or another one's name
/// @param submittedBy the caller who submitted it through the gateway, as the pod shows it; others who may write pods
///     can change that
/// @param labels the caller's own labels
/// @param definition what it was created from: the job spec, or the pod without the fields that the cluster added.
///     Omitted where many jobs are held in memory, because it can have up to a megabyte
public record Job(
        JobName name,
        Workspace workspace,
        String uid,
        Optional<NodeName> node,
        JobState state,
        Evidence evidence,
        Optional<HpcJob> hpc,
        List<ContainerExit> containers,
        Optional<String> remoteJobId,
        Optional<Duration> timeLimit,
        Optional<Cancellation> cancellation,
        Instant createdAt,
        String managedBy,
        Optional<String> submittedBy,
        Map<String, String> labels,
        Optional<JobDefinition> definition) {

    /// Copies the list.
    public Job {
        containers = List.copyOf(containers);
    }

    /// When SLURM will end the job because of its time limit; SLURM may do so up to a minute later. SLURM counts from
    /// the allocation of the compute nodes. If it can't be asked, the start of the first container is used, which is
    /// later if the job has a pre-exec.
    ///
    /// @return empty unless the job is running since a known time and has a time limit
    public Optional<Instant> endsAt() {
        return state instanceof JobState.Running running
                ? hpc.flatMap(HpcJob::startedAt)
                        .or(() -> running.since().map(JobState.Moment::at))
                        .flatMap(start -> timeLimit.map(start::plus))
                : Optional.empty();
    }

    /// Whether the job still has the same state.
    ///
    /// @param before the same job, read earlier
    /// @return true if state, source, what SLURM reports, remote id and stage of cancellation are the same
    public boolean hasSameStateAs(Job before) {
        return state.equals(before.state)
                && evidence.source == before.evidence.source
                && evidence.current == before.evidence.current
                && hpc.isPresent() == before.hpc.isPresent()
                && hpc.flatMap(now -> before.hpc.map(now::hasSameStateAs)).orElse(true)
                && containers.equals(before.containers)
                && remoteJobId.equals(before.remoteJobId)
                && cancellationStage().equals(before.cancellationStage());
    }

    /// @return a number that is equal for jobs that have the same state ([#hasSameStateAs]), and different for nearly all
    ///     others; only valid in this process
    public int stateHash() {
        return Objects.hash(
                state,
                evidence.source,
                evidence.current,
                hpc.map(HpcJob::stateHash),
                containers,
                remoteJobId,
                cancellationStage());
    }

    /// @return how far its cancellation has come; empty if it is not being deleted
    public Optional<Cancellation.Stage> cancellationStage() {
        return cancellation.map(Cancellation::stage);
    }

    /// @return whether its pod was removed and nothing shows that it ended on the HPC
    public boolean hasUnconfirmedEnd() {
        return cancellationStage().equals(Optional.of(Cancellation.Stage.UNCONFIRMED));
    }

    /// @return the same job without its definition
    public Job withoutDefinition() {
        return withDefinition(Optional.empty());
    }

    /// @param other what it was created from, if that is known
    /// @return the same job with this definition
    public Job withDefinition(Optional<JobDefinition> other) {
        return with(cancellation, other);
    }

    /// @param stage how far its cancellation has come
    /// @return the same job with this cancellation
    public Job withCancellation(Cancellation stage) {
        return with(Optional.of(stage), definition);
    }

    /// Replaces the texts that come from others than the gateway: messages and the values of labels. Identifiers stay,
    /// and so does the definition.
    ///
    /// @param replacement the new text for each
    /// @return the same job with other texts
    public Job withTexts(UnaryOperator<String> replacement) {
        Map<String, String> otherLabels = new LinkedHashMap<>();
        labels.forEach((key, value) -> otherLabels.put(key, replacement.apply(value)));
        return with(
                state.withMessage(replacement),
                hpc.map(known -> known.withWaitMessage(replacement)),
                cancellation.map(known -> known.withMessage(replacement)),
                otherLabels,
                definition);
    }

    private Job with(
            Optional<Cancellation> otherCancellation, Optional<JobDefinition> otherDefinition) {
        return with(state, hpc, otherCancellation, labels, otherDefinition);
    }

    private Job with(
            JobState otherState,
            Optional<HpcJob> otherHpc,
            Optional<Cancellation> otherCancellation,
            Map<String, String> otherLabels,
            Optional<JobDefinition> otherDefinition) {
        return new Job(
                name,
                workspace,
                uid,
                node,
                otherState,
                evidence,
                otherHpc,
                containers,
                remoteJobId,
                timeLimit,
                otherCancellation,
                createdAt,
                managedBy,
                submittedBy,
                otherLabels,
                otherDefinition);
    }

    /// How a state is known.
    ///
    /// @param source where the state is known from
    /// @param observedAt when it was observed
    /// @param current false if the node has lost contact since, so that the state may have changed
    public record Evidence(Source source, Instant observedAt, boolean current) {}

    /// How a container ended.
    ///
    /// @param name its name
    /// @param exitCode 0 to 255
    /// @param finishedAt when it ended, by the clock of the job's compute node, in whole seconds
    public record ContainerExit(String name, int exitCode, Instant finishedAt) {}

    /// Where a job's state is known from.
    public enum Source {
        /// The status of the pod, which interLink writes.
        API_SERVER,
        /// The lines of the job's script or of SLURM in the job's log.
        JOB_RECORD,
        /// SLURM itself, asked by its slurmrestd.
        SLURM
    }
}
