package io.interlinkgateway.history;

import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.job.Job;
import java.time.Instant;
import java.util.function.Supplier;

/// A job as it was observed at one time.
///
/// @param version the resource version of its pod, or of the pod's removal
/// @param seenAt when this gateway observed it
/// @param job the job, without its definition
/// @param presence whether its pod existed
/// @param origin reads what the job was created from; only called for jobs that are not stored yet
public record Observation(
        long version,
        Instant seenAt,
        Job job,
        Presence presence,
        Supplier<JobObserver.Origin> origin) {

    /// Whether a job's pod exists.
    public enum Presence {
        /// The pod exists.
        LIVE,
        /// The pod was removed.
        REMOVED
    }
}
