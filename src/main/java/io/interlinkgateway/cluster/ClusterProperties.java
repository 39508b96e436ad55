package io.interlinkgateway.cluster;

import io.interlinkgateway.cluster.watch.LogRequestLimits;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How the gateway talks to the Kubernetes API server, which it finds by KUBECONFIG or its service account.
///
/// @param requestTimeout how long one request to the API server may take; after a lost answer one more follows.
///     Followed logs and watches are not limited by it
/// @param connectTimeout how long to wait for a connection to the API server
/// @param replaceTimeout how long a replacement (`PUT` with `replace=true`) waits until the old job's pod is
///     removed
/// @param insecureSkipTlsVerifyBackend whether the API server may read logs from virtual kubelets whose certificate
///     it can't verify, which is the usual case with interLink (its issues 174, 447, 475)
/// @param watches how jobs and nodes are kept up to date
/// @param logRequests how many log requests a virtual node answers
@ConfigurationProperties("gateway.cluster")
public record ClusterProperties(
        @DefaultValue("10s") Duration requestTimeout,
        @DefaultValue("3s") Duration connectTimeout,
        @DefaultValue("90s") Duration replaceTimeout,
        @DefaultValue("true") boolean insecureSkipTlsVerifyBackend,
        @DefaultValue Watches watches,
        @DefaultValue LogRequestLimits logRequests) {

    /// How jobs and nodes are kept up to date.
    ///
    /// @param staleness how long a watch still answers after its connection was lost; then the API server is asked
    ///     itself
    /// @param idle how long after the last read of a workspace its watch ends
    /// @param workspaces the most workspaces that are watched at a time; one more ends the watch that was read
    ///     longest ago
    public record Watches(
            @DefaultValue("5s") Duration staleness,
            @DefaultValue("10m") Duration idle,
            @DefaultValue("100") int workspaces) {}
}
