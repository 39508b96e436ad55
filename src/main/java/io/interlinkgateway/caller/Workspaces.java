package io.interlinkgateway.caller;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Workspace;

/// Provides workspaces.
public interface Workspaces {

    /// Creates the workspace if it does not exist, a rule gives it, and the configuration allows it.
    ///
    /// @param workspace one of the caller's
    /// @param byRule whether a rule of the configuration gives the workspace. An open gateway has no rules; without
    ///     this check, everyone who can reach it could create any namespace
    /// @throws GatewayException.NotFound if it can't be a workspace
    /// @throws GatewayException.ClusterUnavailable if the cluster does not respond in time
    /// @throws GatewayException.ClusterRefused if the gateway is not permitted to create it
    void open(Workspace workspace, boolean byRule);
}
