package io.interlinkgateway.record;

import io.interlinkgateway.job.Job.ContainerExit;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;

/// What a job's own record in its log says, see [PluginLog]. It is kept on the pod as the annotation
/// [MetadataNames#JOB_RECORD], so that it is found once.
public sealed interface JobRecord {

    /// The log has output, and no record. Either what runs before the containers still runs or failed, or
    /// another kind of plugin wrote it.
    record NoHeader() implements JobRecord {}

    /// The job began.
    ///
    /// @param startedAt when its first container began, if it has
    record Started(Optional<Instant> startedAt) implements JobRecord {}

    /// The job's script came to its end.
    ///
    /// @param startedAt when its first container began
    /// @param finishedAt when the script ended
    /// @param exitCode the script's own, 0 to 255
    /// @param containers how the containers ended, in their order; init containers only where they failed
    /// @param memoryKill whether SLURM killed a process of it for its memory
    /// @param fault what the container runtime said, if it could not start the container that failed first;
    ///     known only from that container's log
    record Ended(
            Instant startedAt,
            Instant finishedAt,
            int exitCode,
            List<ContainerExit> containers,
            boolean memoryKill,
            Optional<Fault> fault)
            implements JobRecord {

        /// Copies the list.
        public Ended {
            containers = List.copyOf(containers);
        }

        /// The container that failed first, in their order: its log explains most.
        ///
        /// @return nothing if all of them ended with 0
        public Optional<ContainerExit> firstFailure() {
            return containers.stream().filter(exit -> exit.exitCode() != 0).findFirst();
        }

        /// @return whether everything ended with 0 and nothing was killed
        public boolean wentWell() {
            return exitCode == 0 && !memoryKill && firstFailure().isEmpty();
        }
    }

    /// SLURM killed the job.
    ///
    /// @param startedAt when its first container began, if it had
    /// @param killedAt when, by the compute node's local time, whose offset SLURM does not give
    /// @param killer what for
    /// @param words SLURM's own
    record Killed(
            Optional<Instant> startedAt,
            Optional<LocalDateTime> killedAt,
            KillCause killer,
            String words)
            implements JobRecord {}

    /// There are several records, and no way to know which is true.
    record Contradictory() implements JobRecord {}

    /// The log is whole, the plugin says that its container has ended, and there is no record: another kind
    /// of plugin, whose claims are all that there is. [PluginLog] can't find that out by itself.
    record OtherPlugin() implements JobRecord {}

    /// What SLURM kills jobs for.
    enum KillCause {
        /// The walltime.
        TIME_LIMIT(true),
        /// The memory limit.
        MEMORY(true),
        /// Somebody asked for it.
        CANCELLATION(true),
        /// The compute node failed. SLURM may start the job again.
        NODE_FAILURE(false),
        /// A job of higher priority. SLURM may start the job again.
        PREEMPTION(false),
        /// Somebody asked for the job to be started again.
        REQUEUE(false);

        private final boolean forGood;

        KillCause(boolean forGood) {
            this.forGood = forGood;
        }

        public boolean forGood() {
            return forGood;
        }
    }

    /// Why a container was not started.
    ///
    /// @param kind which part was missing
    /// @param words the container runtime's own
    record Fault(FaultKind kind, String words) {}

    /// What a container runtime finds missing.
    enum FaultKind {
        /// The image.
        IMAGE,
        /// The command in it.
        COMMAND
    }

    /// What is left of a record whose end the plugin does not confirm: the job can have printed that end.
    ///
    /// @return the same without an end
    default JobRecord withoutEnd() {
        return switch (this) {
            case Ended ended -> new Started(Optional.of(ended.startedAt()));
            case NoHeader _, Started _, Killed _, Contradictory _, OtherPlugin _ -> this;
        };
    }
}
