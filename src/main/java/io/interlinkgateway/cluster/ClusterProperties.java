package io.interlinkgateway.cluster;

import io.interlinkgateway.cluster.watch.LogRequestLimits;
import io.interlinkgateway.job.Workspace;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The connection to the Kubernetes API server, which is found by KUBECONFIG or by the pod's service account.
///
/// @param requestTimeout the timeout of one request to the API server. A create whose response is lost takes a second
///     request, which reads the result. Followed logs and watches are not limited
/// @param connectTimeout the timeout for connecting to the API server
/// @param replaceTimeout how long a replacement (`PUT` with `replace=true`) waits until the old job's pod is
///     removed
/// @param insecureSkipTlsVerifyBackend whether the API server may read logs from virtual kubelets whose certificate
///     it can't verify, as is usual with interLink (interLink's issues 174, 447, 475)
/// @param watches how jobs and nodes are kept up to date
/// @param logRequests how many log requests a virtual node answers
@ConfigurationProperties("gateway.cluster")
public record ClusterProperties(
        @DefaultValue("10s") Duration requestTimeout,
        @DefaultValue("3s") Duration connectTimeout,
        @DefaultValue("90s") Duration replaceTimeout,
        @DefaultValue("true") boolean insecureSkipTlsVerifyBackend,
        @DefaultValue Watches watches,
        @DefaultValue @NestedConfigurationProperty LogRequestLimits logRequests) {

    /// How jobs and nodes are kept up to date.
    ///
    /// @param staleness how long reads are still answered from a watch after its connection was lost; after that,
    ///     reads go to the API server
    /// @param idle the time after the last read of a workspace at which its watch is closed
    /// @param maxWorkspaces the maximum number of workspaces that are watched at the same time; one more closes the
    ///     watch that was read least recently, if possible one that is not recorded by the history. Recorded workspaces
    ///     stay watched, so set it to their number or more
    /// @param always the workspaces that are watched all the time, so that starts and ends of their jobs are known and
    ///     recorded even if no client reads them
    public record Watches(
            @DefaultValue("5s") Duration staleness,
            @DefaultValue("10m") Duration idle,
            @DefaultValue("100") int maxWorkspaces,
            @DefaultValue List<Workspace> always) {

        /// Checks that all of them can be watched.
        public Watches {
            always = List.copyOf(always);
            if (always.size() > maxWorkspaces) {
                throw new IllegalArgumentException(
                        "gateway.cluster.watches.always has more workspaces than max-workspaces.");
            }
        }
    }
}
