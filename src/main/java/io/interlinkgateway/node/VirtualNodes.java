package io.interlinkgateway.node;

import io.interlinkgateway.job.NodeName;
import java.util.List;
import java.util.Optional;

/// Finds the virtual nodes of interLink, on which jobs can run. Other nodes are not included.
///
/// Every method throws [GatewayException.ClusterUnavailable] if the cluster does not respond in time.
public interface VirtualNodes {

    /// @return all virtual nodes, sorted by name
    List<VirtualNode> list();

    /// @param name a node's name
    /// @return the node, or nothing if there is no virtual node with that name
    Optional<VirtualNode> find(NodeName name);
}
