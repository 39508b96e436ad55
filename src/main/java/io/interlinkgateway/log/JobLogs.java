package io.interlinkgateway.log;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import java.util.Optional;

/// Finds the logs of jobs.
public interface JobLogs {

    /// @param workspace the job's workspace
    /// @param name the job's name
    /// @param container the container's name; empty for the default one
    /// @return the log of a container of the present job with this name
    /// @throws GatewayException.NotFound if there is no such job or container
    /// @throws GatewayException.ClusterUnavailable if the cluster does not respond in time
    ContainerLog find(Workspace workspace, JobName name, Optional<String> container);
}
