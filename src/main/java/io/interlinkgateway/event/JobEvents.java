package io.interlinkgateway.event;

import io.interlinkgateway.job.JobFilter;
import java.time.Duration;
import java.util.Optional;

/// Changes of jobs, in order.
public interface JobEvents {

    /// Follows jobs. Told are the changes after which a job matches the filter, and the ends of all jobs that
    /// match it, whatever their last state.
    ///
    /// @param filter which jobs
    /// @param after the position of the last event that the subscriber saw, from this gateway or another;
    ///     empty to begin now
    /// @return the changes since then, then those that come; to be closed
    /// @throws io.interlinkgateway.failure.GatewayException.ClusterUnavailable if the cluster gives no answer in
    ///     time
    Subscription subscribe(JobFilter filter, Optional<String> after);

    /// What one subscriber still has to see. For one thread at a time, but for [#end()].
    interface Subscription extends AutoCloseable {

        /// @param patience how long to wait for an event
        /// @return the next one, or nothing if none came in time
        /// @throws InterruptedException if the thread is interrupted while it waits
        Optional<JobEvent> next(Duration patience) throws InterruptedException;

        /// @return where the subscriber is: a subscription after it receives what [#next] would give
        String position();

        /// Lets go of the subscriber: after what waits comes [JobEvent.Ended]. For any thread.
        void end();

        @Override
        void close();
    }
}
