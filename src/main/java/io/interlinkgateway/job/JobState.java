package io.interlinkgateway.job;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/// The state of a job.
public sealed interface JobState {

    /// @param replacement the new message
    /// @return the same state with another message, if it has one
    default JobState withMessage(UnaryOperator<String> replacement) {
        return switch (this) {
            case Queued queued ->
                    new Queued(queued.reason, replacement.apply(queued.message), queued.since);
            case Failed failed ->
                    new Failed(
                            failed.startedAt,
                            failed.finishedAt,
                            failed.exitCode,
                            failed.reason,
                            replacement.apply(failed.message));
            case Unknown unknown -> new Unknown(unknown.reason, replacement.apply(unknown.why));
            case Starting _, Running _, Succeeded _, Cancelling _ -> this;
        };
    }

    /// It waits, and nothing of it has run.
    ///
    /// @param reason where and why it waits
    /// @param message an explanation, from the layer that it waits for
    /// @param since since when, if known
    record Queued(QueueReason reason, String message, Optional<Instant> since)
            implements JobState {}

    /// Its init containers run, or its containers are being started.
    record Starting() implements JobState {}

    /// It runs.
    ///
    /// @param since when it started, if known
    record Running(Optional<Moment> since) implements JobState {}

    /// It ended with success.
    ///
    /// @param startedAt when it started, if known
    /// @param finishedAt when it ended, if known
    record Succeeded(Optional<Moment> startedAt, Optional<Moment> finishedAt) implements JobState {}

    /// It ended without success, or could not be started.
    ///
    /// @param startedAt when it started, if known
    /// @param finishedAt when it ended, if known
    /// @param exitCode the exit code of the first container that failed, 0 to 255; empty if it was killed or the code
    ///     is unknown
    /// @param reason the kind of failure
    /// @param message an explanation, if possible from the program that detected the failure
    record Failed(
            Optional<Moment> startedAt,
            Optional<Moment> finishedAt,
            OptionalInt exitCode,
            FailureReason reason,
            String message)
            implements JobState {}

    /// It is being deleted.
    ///
    /// @param since when the deletion was requested
    record Cancelling(Instant since) implements JobState {}

    /// Its state is not known.
    ///
    /// @param reason why the state is not known
    /// @param why an explanation: what is missing or contradictory
    record Unknown(UnknownReason reason, String why) implements JobState {}

    /// A time in a job's life.
    ///
    /// @param at the time
    /// @param precision how precise it is
    record Moment(Instant at, Precision precision) {}

    /// How precise a time is.
    enum Precision {
        /// From the job's own record: whole seconds of the compute node's clock.
        SECOND,
        /// When interLink noticed: up to half a minute late, or more after an outage of interLink.
        OBSERVED
    }

    /// Where and why a queued job waits.
    enum QueueReason {
        /// The node does not have enough free resources.
        NODE_FULL("Wait for other jobs to end, request less, or choose another node."),
        /// The node is not ready or has a taint that the pod does not tolerate.
        NODE_NOT_READY("Wait until the node is ready, or choose another one."),
        /// A Secret or ConfigMap that the pod refers to, or a key of one, does not exist.
        SECRET_MISSING(
                "Create it. If the job does not continue within a few minutes, submit it again."),
        /// The job is being submitted to the HPC.
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

    /// Why a job's state is not known.
    enum UnknownReason {
        /// interLink reports success, which it also reports for jobs that have not started, and the job's own record
        /// does not confirm it (yet).
        SUCCESS_UNCONFIRMED("Wait; the gateway continues to search the log for the job's record."),
        /// The sources contradict each other.
        CONTRADICTION("Read the job's log with raw=true, and check the job in SLURM."),
        /// It was ended in a way after which SLURM may start it again.
        MAY_START_AGAIN("Wait, or check the job in SLURM."),
        /// The pod's phase is not one that Kubernetes or interLink defines.
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

    /// Why a job failed.
    enum FailureReason {
        /// A container's exit code is not 0.
        EXIT_CODE("Read the job's log: the program ended with this exit code."),
        /// It used more memory than its limit.
        OUT_OF_MEMORY("Request more memory in resources.limits.memory."),
        /// It reached its time limit.
        TIME_LIMIT("Request more time in slurm.timeLimit."),
        /// It was cancelled, preempted or requeued on the HPC.
        CANCELLED_ON_HPC("Contact the HPC's support to learn why, or submit the job again."),
        /// Its compute node failed.
        NODE_FAILED(
                "Submit the job again. If this happens again, exclude the compute node with"
                        + " slurm.exclude."),
        /// The HPC did not accept it.
        SUBMISSION_REFUSED("Correct the SLURM options named in the message."),
        /// The commands before the containers failed: preExec, or the pull of image.pullFrom.
        PRE_EXEC_FAILED(
                "Read the end of the job's log: preExec or the pull of the image probably failed."),
        /// The image could not be pulled or does not exist.
        IMAGE_UNAVAILABLE("Check image.path on the HPC, or give image.pullFrom."),
        /// The image has no such command.
        COMMAND_NOT_FOUND("Check command and the image's PATH."),
        /// Another reason, see the message.
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
