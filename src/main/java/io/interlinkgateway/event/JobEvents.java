package io.interlinkgateway.event;

import io.interlinkgateway.job.JobFilter;
import java.time.Duration;
import java.util.Optional;

/// Changes of jobs, in order.
public interface JobEvents {

    /// Follows jobs. Delivers changes after which a job matches the filter, deletions of jobs that match it in any
    /// state, and marks before the end of the time limit of running jobs that match it.
    ///
    /// @param filter which jobs
    /// @param after the position of the last event that the subscriber received, from any replica; empty to start now
    /// @return the changes since then and the later ones; must be closed
    /// @throws io.interlinkgateway.failure.GatewayException.ClusterUnavailable if the cluster does not respond in
    ///     time
    Subscription subscribe(JobFilter filter, Optional<String> after);

    /// The events of one subscriber. Not thread-safe, except [#end()].
    interface Subscription extends AutoCloseable {

        /// @param patience how long to wait for an event
        /// @return the next one, or nothing if none came in time
        /// @throws InterruptedException if the thread is interrupted while it waits
        Optional<JobEvent> next(Duration patience) throws InterruptedException;

        /// @return the subscriber's position: a subscription after it receives what [#next] would return
        String position();

        /// Ends the subscription: after the queued events it receives [JobEvent.Ended]. Thread-safe.
        void end();

        @Override
        void close();
    }
}
