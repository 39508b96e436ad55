package io.interlinkgateway.log;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import java.util.Optional;

/// Where the logs of jobs are read.
public interface JobLogs {

    /// @param workspace where to look
    /// @param name the job's name
    /// @param container which container; empty for the first
    /// @return the log of a container of the job that has this name now
    /// @throws GatewayException.NotFound if there is no such job or container
    /// @throws GatewayException.ClusterUnavailable if the cluster gives no answer in time
    ContainerLog find(Workspace workspace, JobName name, Optional<String> container);
}
