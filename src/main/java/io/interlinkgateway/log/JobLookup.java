package io.interlinkgateway.log;

import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import java.util.Optional;

/// The part of [io.interlinkgateway.job.Jobs] that logs need.
@FunctionalInterface
public interface JobLookup {

    /// @param workspace the job's workspace
    /// @param name the job's name
    /// @return the job, or nothing if there is none
    /// @throws io.interlinkgateway.failure.GatewayException.ClusterUnavailable if it can't be read now
    Optional<Job> find(Workspace workspace, JobName name);
}
