package io.interlinkgateway.cluster;

import io.interlinkgateway.contract.VirtualNodesContract;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.node.VirtualNodes;

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
