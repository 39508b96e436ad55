package io.interlinkgateway.slurm;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Workspace;
import java.util.Set;

/// The pods that exist.
public interface LivePods {

    /// All pods of a workspace, whether jobs or not. They are read from the cluster, not from a watch.
    ///
    /// @param workspace the workspace
    /// @return the pods' UIDs
    /// @throws GatewayException.ClusterUnavailable if the cluster does not respond in time
    /// @throws GatewayException.ClusterRefused if the gateway has no permission to read them
    Set<String> uids(Workspace workspace);
}
