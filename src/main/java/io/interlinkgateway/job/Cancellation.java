package io.interlinkgateway.job;

import java.time.Instant;
import java.util.function.UnaryOperator;

/// What is known about the end of a job whose deletion was requested or whose pod was removed. A deletion removes the
/// pod from Kubernetes; whether the HPC ended the job is another question.
///
/// @param stage how far the cancellation is known to have come
/// @param at the time of the stage: of the request; of interLink's report; of the job's end, or of the request or the
///     removal if that end is not known; of the removal
/// @param source where the stage is known from
/// @param message an explanation: what shows it, or why nothing does
public record Cancellation(Stage stage, Instant at, Job.Source source, String message) {

    /// @return the same with another message
    Cancellation withMessage(UnaryOperator<String> replacement) {
        return new Cancellation(stage, at, source, replacement.apply(message));
    }

    /// How far a cancellation is known to have come.
    public enum Stage {
        /// The deletion was requested, and the pod still exists.
        REQUESTED,
        /// interLink reports that it passed the cancellation on to the HPC, and the pod still exists.
        SENT,
        /// It is known that the job ended on the HPC, or that the HPC never had it.
        CONFIRMED,
        /// The pod was removed, and nothing shows that the job ended on the HPC.
        UNCONFIRMED
    }
}
