package io.interlinkgateway.node;

import io.interlinkgateway.job.NodeName;
import java.util.List;
import java.util.Optional;

/// The nodes that jobs can be sent to. Nodes that aren't virtual nodes of interLink are none of them.
///
/// Every method throws [GatewayException.ClusterUnavailable] when the cluster gives no answer in time.
public interface VirtualNodes {

    /// @return all of them, by name
    List<VirtualNode> list();

    /// @param name a node's name
    /// @return the node, unless there is none or it is no virtual node
    Optional<VirtualNode> find(NodeName name);
}
