package io.interlinkgateway.event;

import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;

/// What a subscriber receives.
public sealed interface JobEvent {

    /// Where in the order of all changes this stands. Whoever subscribes after it misses nothing.
    ///
    /// @return an opaque text without control characters
    String position();

    /// A job was made, or its state changed.
    ///
    /// @param position see [#position()]
    /// @param job as it is now, which may be later than this change; without its definition, which never changes
    record Changed(String position, Job job) implements JobEvent {

        /// Keeps no definition, for many events may wait for a slow subscriber.
        public Changed {
            job = job.withoutDefinition();
        }
    }

    /// A job is gone.
    ///
    /// @param position see [#position()]
    /// @param name its name, which another may have by now
    /// @param uid its UID
    record Deleted(String position, JobName name, String uid) implements JobEvent {}

    /// The changes since the position that was subscribed after are not all known: list the jobs again.
    /// What happens from now on follows.
    ///
    /// @param position see [#position()]
    record Reset(String position) implements JobEvent {}

    /// Nothing more comes, because the gateway stops or the subscriber was too slow. Subscribe again after
    /// this position.
    ///
    /// @param position see [#position()]
    record Ended(String position) implements JobEvent {}
}
