package io.interlinkgateway.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/// A job as SLURM reports it.
///
/// @param id SLURM's id
/// @param state its state
/// @param slurmState SLURM's name of the state; several names, separated by commas, if SLURM reports several
/// @param waitReason why it waits; only if it is [State#PENDING] and SLURM has a reason
/// @param estimatedStart when SLURM expects to start it; only if it is [State#PENDING] and SLURM has planned it. It may
///     be in the past
/// @param nodes the compute nodes that it has or had, in SLURM's notation (`gn[01-04]`)
/// @param exitCode the exit code of its script, 0 to 255; only if it has ended, and not by a signal
/// @param signal the signal that ended its script, 1 to 127
/// @param submittedAt when it was submitted, in whole seconds
/// @param startedAt when SLURM allocated its compute nodes, in whole seconds; empty if it never did. A restart changes it
/// @param endedAt when it ended, in whole seconds
/// @param restarts how often SLURM has requeued it
/// @param partition its partition
/// @param timeLimit its time limit in whole minutes; empty if it has none
/// @param observedAt when SLURM was asked; the job was in this state at that time or later
public record HpcJob(
        String id,
        State state,
        String slurmState,
        Optional<WaitReason> waitReason,
        Optional<Instant> estimatedStart,
        Optional<String> nodes,
        OptionalInt exitCode,
        OptionalInt signal,
        Optional<Instant> submittedAt,
        Optional<Instant> startedAt,
        Optional<Instant> endedAt,
        int restarts,
        Optional<String> partition,
        Optional<Duration> timeLimit,
        Instant observedAt) {

    /// Why a job waits.
    ///
    /// @param code SLURM's `state_reason`
    /// @param message its meaning, one sentence; it only repeats the code if that is not known
    public record WaitReason(String code, String message) {}

    /// @return whether it has ended and SLURM has no processes of it left to end
    public boolean isGone() {
        return state.ended() && !slurmState.contains("COMPLETING");
    }

    /// @return whether it has ended without having been started: then it has no log
    public boolean neverStarted() {
        return state.ended() && startedAt.isEmpty() && restarts == 0;
    }

    /// Whether the job is unchanged, apart from its estimated start, which changes all the time.
    ///
    /// @param before the same job, read earlier
    /// @return true if nothing has happened to the job in between
    public boolean hasSameStateAs(HpcJob before) {
        return observedAtEpoch(Optional.empty()).equals(before.observedAtEpoch(Optional.empty()));
    }

    /// @return equal for jobs that [#hasSameStateAs]
    int stateHash() {
        return observedAtEpoch(Optional.empty()).hashCode();
    }

    /// @return the same job without the time of the observation, which differs in each response
    public HpcJob withoutObservation() {
        return observedAtEpoch(estimatedStart);
    }

    /// @return the same job with another message about why it waits
    HpcJob withWaitMessage(UnaryOperator<String> replacement) {
        return with(
                waitReason.map(wait -> new WaitReason(wait.code, replacement.apply(wait.message))),
                estimatedStart,
                observedAt);
    }

    private HpcJob observedAtEpoch(Optional<Instant> estimate) {
        return with(waitReason, estimate, Instant.EPOCH);
    }

    private HpcJob with(Optional<WaitReason> wait, Optional<Instant> estimate, Instant observed) {
        return new HpcJob(
                id,
                state,
                slurmState,
                wait,
                estimate,
                nodes,
                exitCode,
                signal,
                submittedAt,
                startedAt,
                endedAt,
                restarts,
                partition,
                timeLimit,
                observed);
    }

    /// The state of a job. The names are SLURM's.
    public enum State {
        /// It waits.
        PENDING(false),
        /// It has its compute nodes, which power up.
        CONFIGURING(false),
        /// It runs.
        RUNNING(false),
        /// It has its compute nodes and is stopped.
        SUSPENDED(false),
        /// It is ending; SLURM does not report yet how.
        COMPLETING(false),
        /// Its script ended with the exit code 0.
        COMPLETED(true),
        /// Its script ended with another exit code or by a signal, or could not be started.
        FAILED(true),
        /// It was cancelled, before or after its start.
        CANCELLED(true),
        /// It reached its time limit.
        TIMEOUT(true),
        /// A compute node failed.
        NODE_FAIL(true),
        /// Another job preempted it.
        PREEMPTED(true),
        /// A compute node did not start up.
        BOOT_FAIL(true),
        /// It could not have ended before its deadline.
        DEADLINE(true),
        /// It used more memory than its limit.
        OUT_OF_MEMORY(true),
        /// A state that the gateway does not know.
        OTHER(false);

        private final boolean ended;

        State(boolean ended) {
            this.ended = ended;
        }

        /// @return whether the job has ended for good
        public boolean ended() {
            return ended;
        }
    }
}
