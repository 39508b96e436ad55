package io.interlinkgateway.cluster;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The namespaces that the gateway creates or stores its own objects in.
///
/// @param gatewayNamespace the namespace in which the gateway runs and stores API tokens; it can't be used as a
///     workspace
/// @param createWorkspaces whether a workspace that a rule names is created on first use; this requires
///     `deploy/workspace-creation.yaml`
/// @param quota the resource quota of each workspace that the gateway creates, by Kubernetes' names: `pods: 100`,
///     `"[limits.memory]": 4Ti`. By default there is none
/// @param podSecurity the Pod Security Standard of each workspace that the gateway creates. `restricted` refuses pods
///     without a security context. interLink ignores security contexts, so most existing manifests have none
@ConfigurationProperties("gateway.namespaces")
record NamespaceProperties(
        @DefaultValue("interlink-gateway") String gatewayNamespace,
        @DefaultValue("false") boolean createWorkspaces,
        @DefaultValue Map<String, String> quota,
        @DefaultValue("baseline") PodSecurity podSecurity) {

    /// The levels of Kubernetes' Pod Security Standards that deny access to the host.
    enum PodSecurity {
        /// No access to the host.
        BASELINE,
        /// No access to the host, and further restrictions.
        RESTRICTED
    }
}
