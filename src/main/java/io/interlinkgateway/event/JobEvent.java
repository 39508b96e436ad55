package io.interlinkgateway.event;

import io.interlinkgateway.job.Cancellation;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import java.time.Duration;

/// An event for a subscriber.
public sealed interface JobEvent {

    /// The position in the order of all changes. A subscription after it receives all later changes.
    ///
    /// @return an opaque text without control characters
    String position();

    /// A job was created, or its state changed.
    ///
    /// @param position see [#position()]
    /// @param job the job, possibly with a later state than that of this change; without its definition, which does
    ///     not change
    record Changed(String position, Job job) implements JobEvent {

        /// Removes the definition, because many events may be queued for a slow subscriber.
        public Changed {
            job = job.withoutDefinition();
        }
    }

    /// A job was deleted.
    ///
    /// @param position see [#position()]
    /// @param name its name, which another job may have now
    /// @param uid its UID
    /// @param cancellation whether its end on the HPC is confirmed
    record Deleted(String position, JobName name, String uid, Cancellation cancellation)
            implements JobEvent {}

    /// The end of a running job's time limit came near.
    ///
    /// @param position see [#position()]
    /// @param job the job, without its definition
    /// @param mark how long before the end of the time limit the event was due
    record Walltime(String position, Job job, Duration mark) implements JobEvent {

        /// Removes the definition, as [Changed] does.
        public Walltime {
            job = job.withoutDefinition();
        }
    }

    /// The changes since the subscription's position are not completely known: list the jobs again. Later changes
    /// follow.
    ///
    /// @param position see [#position()]
    record Reset(String position) implements JobEvent {}

    /// The subscription ends, because the gateway stops or the subscriber was too slow. Subscribe again after this
    /// position.
    ///
    /// @param position see [#position()]
    record Ended(String position) implements JobEvent {}
}
