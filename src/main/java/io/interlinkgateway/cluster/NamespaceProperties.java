package io.interlinkgateway.cluster;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The namespaces that the gateway itself makes or fills.
///
/// @param own the namespace in which the gateway runs and keeps API tokens; it is never a workspace
/// @param createWorkspaces whether a workspace that a rule names is created on first use, which needs
///     `deploy/workspace-creation.yaml`
/// @param quota the resource quota of each workspace that the gateway creates, by Kubernetes' names: `pods: 100`,
///     `"[limits.memory]": 4Ti`. None unless configured
/// @param podSecurity the level of Kubernetes' pod security in each workspace that the gateway creates.
///     `restricted` refuses pods without a security context, which interLink ignores, and so most of today's manifests
@ConfigurationProperties("gateway.namespaces")
record NamespaceProperties(
        @DefaultValue("interlink-gateway") String own,
        @DefaultValue("false") boolean createWorkspaces,
        @DefaultValue Map<String, String> quota,
        @DefaultValue("baseline") PodSecurity podSecurity) {

    /// The levels of Kubernetes' Pod Security Standards that keep pods off the host.
    enum PodSecurity {
        /// No access to the host.
        BASELINE,
        /// Hardened as well.
        RESTRICTED
    }
}
