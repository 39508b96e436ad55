package io.interlinkgateway.job;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A job as it is now.
///
/// @param name its name
/// @param workspace where it lives
/// @param uid its pod's UID, which no other job ever had
/// @param node where it was sent
/// @param state what it does
/// @param evidence how that is known
/// @param containers how its containers ended, in their order, as far as its own record says so
/// @param remoteJobId the HPC's own id for it, once it has one
/// @param timeLimit how long SLURM lets it run, in whole minutes as SLURM rounds it; empty if the job names none, when
///     the partition's own limit holds, which is not known
/// @param createdAt when its pod was created
/// @param managedBy `gateway`, or what else created the pod
/// @param labels the caller's own labels
/// @param definition what it was made from: the spec, or the pod without what the cluster added; left out where
///     many jobs are kept, for it may have a megabyte
public record Job(
        JobName name,
        Workspace workspace,
        String uid,
        Optional<NodeName> node,
        JobState state,
        Evidence evidence,
        List<ContainerExit> containers,
        Optional<String> remoteJobId,
        Optional<Duration> timeLimit,
        Instant createdAt,
        String managedBy,
        Map<String, String> labels,
        Optional<JobDefinition> definition) {

    /// Copies the list.
    public Job {
        containers = List.copyOf(containers);
    }

    /// When SLURM will end the job for its time limit; it may do so up to a minute later.
    ///
    /// @return nothing unless it runs, since a time that is known, with a limit
    public Optional<Instant> endsAt() {
        return state instanceof JobState.Running running
                ? running.since().flatMap(start -> timeLimit.map(start.at()::plus))
                : Optional.empty();
    }

    /// Whether two readings of a job report the same state.
    ///
    /// @param before the same job, read earlier
    /// @return true if its state, how that is known, and the HPC's id are the same
    public boolean hasSameStateAs(Job before) {
        return state.equals(before.state)
                && evidence.source == before.evidence.source
                && evidence.current == before.evidence.current
                && containers.equals(before.containers)
                && remoteJobId.equals(before.remoteJobId);
    }

    /// @return the same job without its definition
    public Job withoutDefinition() {
        return new Job(
                name,
                workspace,
                uid,
                node,
                state,
                evidence,
                containers,
                remoteJobId,
                timeLimit,
                createdAt,
                managedBy,
                labels,
                Optional.empty());
    }

    /// How a state is known.
    ///
    /// @param source who said so
    /// @param observedAt when that was seen
    /// @param current false if the node lost contact then, so that the job may be elsewhere by now
    public record Evidence(Source source, Instant observedAt, boolean current) {}

    /// How a container ended.
    ///
    /// @param name its name
    /// @param exitCode 0 to 255
    /// @param finishedAt when it ended by the job's own clock, to the second
    public record ContainerExit(String name, int exitCode, Instant finishedAt) {}

    /// Who says what a job does.
    public enum Source {
        /// The pod's status claims it.
        API_SERVER,
        /// The job's own record, or SLURM's, in its log.
        JOB_RECORD
    }
}
