package io.interlinkgateway.caller;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Workspace;

/// Where workspaces are.
public interface Workspaces {

    /// Makes the workspace if it is not there, a rule leads to it, and the configuration allows to.
    ///
    /// @param workspace one of the caller's
    /// @param byRule whether a rule of the configuration leads the caller there; an open gateway has none, and
    ///     whoever reaches it could have any namespace made
    /// @throws GatewayException.NotFound if it can be no workspace
    /// @throws GatewayException.ClusterUnavailable when the cluster gives no answer in time
    /// @throws GatewayException.ClusterRefused when the gateway may not
    void open(Workspace workspace, boolean byRule);
}
