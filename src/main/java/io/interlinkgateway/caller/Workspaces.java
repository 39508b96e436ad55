package io.interlinkgateway.caller;

import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.Workspace;

/// Where workspaces are.
public interface Workspaces {

    /// Makes the workspace if it is not there and the configuration allows to.
    ///
    /// @param workspace one of the caller's
    /// @throws GatewayException.ClusterUnavailable when the cluster gives no answer in time
    /// @throws GatewayException.ClusterRefused when the gateway may not
    void open(Workspace workspace);
}
