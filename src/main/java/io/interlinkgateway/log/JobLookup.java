package io.interlinkgateway.log;

import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import java.util.Optional;

/// All that logs need of [io.interlinkgateway.job.Jobs].
@FunctionalInterface
public interface JobLookup {

    /// @param workspace where to look
    /// @param name the job's name
    /// @return the job, unless there is none
    /// @throws io.interlinkgateway.failure.GatewayException.ClusterUnavailable if it is not known now
    Optional<Job> find(Workspace workspace, JobName name);
}
