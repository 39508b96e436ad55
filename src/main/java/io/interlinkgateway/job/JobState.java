package io.interlinkgateway.job;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/// What a job is doing, as far as it is known.
public sealed interface JobState {

    /// It waits; nothing of it has run.
    ///
    /// @param reason which layer holds it
    /// @param message that layer's words, in plain language
    record Queued(QueueReason reason, String message) implements JobState {}

    /// Its init containers run, or its container is about to.
    record Starting() implements JobState {}

    /// It runs.
    ///
    /// @param since when it was first seen running, if that is known
    record Running(Optional<Instant> since) implements JobState {}

    /// It ended well.
    ///
    /// @param startedAt when it began, if that is known
    /// @param finishedAt when it ended, if that is known
    record Succeeded(Optional<Instant> startedAt, Optional<Instant> finishedAt)
            implements JobState {}

    /// It ended badly, or never began.
    ///
    /// @param startedAt when it began, if that is known
    /// @param finishedAt when it ended, if that is known
    /// @param exitCode of the first container that failed, if that is known
    /// @param reason the kind of failure
    /// @param message what happened, in the words of who knows
    record Failed(
            Optional<Instant> startedAt,
            Optional<Instant> finishedAt,
            OptionalInt exitCode,
            FailureReason reason,
            String message)
            implements JobState {}

    /// It was deleted and is going away.
    ///
    /// @param since when that was asked
    record Cancelling(Instant since) implements JobState {}

    /// Nobody can say what it is doing.
    ///
    /// @param why what is missing or contradicts itself
    record Unknown(String why) implements JobState {}

    /// Which layer holds a queued job.
    enum QueueReason {
        /// Kubernetes finds no room on the node.
        NODE_FULL,
        /// The node is not ready or has a taint that the pod does not tolerate.
        NODE_NOT_READY,
        /// A Secret that the pod needs is not there.
        SECRET_MISSING,
        /// The job is being handed over to the HPC.
        SUBMITTING,
        /// SLURM has the job in its queue.
        IN_HPC_QUEUE,
        /// SLURM put the job back into its queue.
        REQUEUED
    }

    /// What made a job fail.
    enum FailureReason {
        /// Its own exit code.
        EXIT_CODE("Read the job's log: it ended itself with this exit code."),
        /// It used more memory than its limit.
        OUT_OF_MEMORY("Ask for more memory in resources.limits.memory."),
        /// It ran into its walltime.
        TIME_LIMIT("Ask for more time in slurm.timeLimit."),
        /// Somebody cancelled it on the HPC.
        CANCELLED_ON_HPC("Ask the HPC's people why, or submit it again."),
        /// Its compute node failed.
        NODE_FAILED(
                "Submit it again; exclude the compute node with slurm.exclude if it happens"
                        + " again."),
        /// The HPC did not accept it.
        SUBMISSION_REFUSED("Correct the SLURM options that the message names."),
        /// The image could not be pulled or is not there.
        IMAGE_UNAVAILABLE("Check image.path on the HPC, or give image.pullFrom."),
        /// The image has no such command.
        COMMAND_NOT_FOUND("Check command and the image's PATH."),
        /// The node lost contact.
        NODE_UNREACHABLE("Wait until the node is ready again."),
        /// Something else, see the message.
        OTHER("Read the message and the job's log.");

        private final String cure;

        FailureReason(String cure) {
            this.cure = cure;
        }

        /// @return what to do about it, one sentence
        public String cure() {
            return cure;
        }
    }
}
