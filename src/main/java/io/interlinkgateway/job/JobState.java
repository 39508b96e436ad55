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
    /// @param since when that layer got it, if that is known
    record Queued(QueueReason reason, String message, Optional<Instant> since)
            implements JobState {}

    /// Its init containers run, or its container is about to.
    record Starting() implements JobState {}

    /// It runs.
    ///
    /// @param since when it began, if that is known
    record Running(Optional<Moment> since) implements JobState {}

    /// It ended well.
    ///
    /// @param startedAt when it began, if that is known
    /// @param finishedAt when it ended, if that is known
    record Succeeded(Optional<Moment> startedAt, Optional<Moment> finishedAt) implements JobState {}

    /// It ended badly, or never began.
    ///
    /// @param startedAt when it began, if that is known
    /// @param finishedAt when it ended, if that is known
    /// @param exitCode of the first container that failed, 0 to 255; none if it never ended by itself or
    ///     that is not known
    /// @param reason the kind of failure
    /// @param message what happened, in the words of who knows
    record Failed(
            Optional<Moment> startedAt,
            Optional<Moment> finishedAt,
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
    /// @param reason the kind of ignorance
    /// @param why what is missing or contradicts itself
    record Unknown(UnknownReason reason, String why) implements JobState {}

    /// A time in a job's life.
    ///
    /// @param at the time
    /// @param precision how near the truth it is
    record Moment(Instant at, Precision precision) {}

    /// How near the truth a time is.
    enum Precision {
        /// The job's own clock, to the second.
        SECOND,
        /// When interLink noticed: up to half a minute late, more after an outage of its own.
        OBSERVED
    }

    /// Which layer holds a queued job.
    enum QueueReason {
        /// Kubernetes finds no room on the node.
        NODE_FULL("Wait for other jobs to end, ask for less, or choose another node."),
        /// The node is not ready or has a taint that the pod does not tolerate.
        NODE_NOT_READY("Wait until the node is ready, or choose another one."),
        /// A Secret that the pod needs is not there, or a key of one, or a ConfigMap.
        SECRET_MISSING(
                "Create it. If the job does not continue within a few minutes, submit it again."),
        /// The job is being handed over to the HPC.
        SUBMITTING("Wait; this takes a few seconds."),
        /// SLURM has the job in its queue.
        IN_HPC_QUEUE("Wait; SLURM starts the job when resources are free."),
        /// SLURM put the job back into its queue.
        REQUEUED("Wait; SLURM starts the job again from the beginning.");

        private final String hint;

        QueueReason(String hint) {
            this.hint = hint;
        }

        /// @return what to do about it, one sentence
        public String hint() {
            return hint;
        }
    }

    /// Why nobody can say what a job is doing.
    enum UnknownReason {
        /// interLink says that it ended well, which it also says of jobs that have not begun; the job's own
        /// record does not say so (yet).
        SUCCESS_UNCONFIRMED("Wait; the gateway keeps looking for the job's record in its log."),
        /// What is known contradicts itself.
        CONTRADICTION("Read the job's log with raw=true, and check the job in SLURM."),
        /// Something ended it that may let SLURM start it again.
        MAY_START_AGAIN("Wait, or check the job in SLURM."),
        /// The pod's status says nothing about the job.
        STATUS_UNREADABLE(
                "Contact the node's operator: its virtual kubelet reports an unknown phase.");

        private final String hint;

        UnknownReason(String hint) {
            this.hint = hint;
        }

        /// @return what to do about it, one sentence
        public String hint() {
            return hint;
        }
    }

    /// What made a job fail.
    enum FailureReason {
        /// Its own exit code.
        EXIT_CODE("Read the job's log: the program ended with this exit code."),
        /// It used more memory than its limit.
        OUT_OF_MEMORY("Request more memory in resources.limits.memory."),
        /// It ran into its walltime.
        TIME_LIMIT("Request more time in slurm.timeLimit."),
        /// Somebody cancelled it on the HPC.
        CANCELLED_ON_HPC("Contact the HPC's support to learn why, or submit the job again."),
        /// Its compute node failed.
        NODE_FAILED(
                "Submit the job again. If this happens again, exclude the compute node with"
                        + " slurm.exclude."),
        /// The HPC did not accept it.
        SUBMISSION_REFUSED("Correct the SLURM options named in the message."),
        /// What runs before the containers failed: preExec, or the pull of image.pullFrom.
        PRE_EXEC_FAILED("Read the end of the job's log: preExec or the pull of the image failed."),
        /// The image could not be pulled or is not there.
        IMAGE_UNAVAILABLE("Check image.path on the HPC, or give image.pullFrom."),
        /// The image has no such command.
        COMMAND_NOT_FOUND("Check command and the image's PATH."),
        /// Something else, see the message.
        OTHER("Read the message and the job's log.");

        private final String hint;

        FailureReason(String hint) {
            this.hint = hint;
        }

        /// @return what to do about it, one sentence
        public String hint() {
            return hint;
        }
    }
}
