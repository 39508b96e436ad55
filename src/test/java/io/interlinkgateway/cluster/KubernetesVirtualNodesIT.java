package io.interlinkgateway.cluster;

import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.contract.VirtualNodesContract;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.node.VirtualNodes;

@Requires(Component.CONTROL_PLANE)
class KubernetesVirtualNodesIT extends VirtualNodesContract {

    @Override
    protected VirtualNodes nodes() {
        return TestCluster.shared().nodes();
    }

    @Override
    protected NodeName node() {
        return TestCluster.NODE;
    }
}
