package io.interlinkgateway.cluster;

import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.node.VirtualNodes;
import io.interlinkgateway.pod.Annotations;
import io.interlinkgateway.pod.PodReading;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The virtual nodes of a real cluster.
final class KubernetesVirtualNodes implements VirtualNodes {

    private final ApiServer apiServer;

    KubernetesVirtualNodes(ApiServer apiServer) {
        this.apiServer = apiServer;
    }

    @Override
    public List<VirtualNode> list() {
        return apiServer
                .call(() -> apiServer.client().nodes().withLabel(Annotations.NODE_TYPE).list())
                .getItems()
                .stream()
                .flatMap(node -> PodReading.nodeFrom(node).stream())
                .sorted(Comparator.comparing(node -> node.name().value()))
                .toList();
    }

    @Override
    public Optional<VirtualNode> find(NodeName name) {
        return Optional.ofNullable(
                        apiServer.call(
                                () -> apiServer.client().nodes().withName(name.value()).get()))
                .flatMap(PodReading::nodeFrom);
    }
}
