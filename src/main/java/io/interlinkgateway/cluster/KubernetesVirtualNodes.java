package io.interlinkgateway.cluster;

import io.interlinkgateway.cluster.api.ApiOperation;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.cluster.watch.WatchedNodes;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.node.VirtualNodes;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.status.PodReading;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The virtual nodes of a Kubernetes cluster, from the watch if it is up to date, else from the API server.
final class KubernetesVirtualNodes implements VirtualNodes {

    private final ApiServer apiServer;
    private final WatchedNodes watched;

    KubernetesVirtualNodes(ApiServer apiServer, WatchedNodes watched) {
        this.apiServer = apiServer;
        this.watched = watched;
    }

    @Override
    public List<VirtualNode> list() {
        return watched.forReading().orElseGet(this::listed);
    }

    private List<VirtualNode> listed() {
        return apiServer
                .call(
                        ApiOperation.list("nodes"),
                        () -> apiServer.client().nodes().withLabel(MetadataNames.NODE_TYPE).list())
                .getItems()
                .stream()
                .flatMap(node -> PodReading.nodeFrom(node).stream())
                .sorted(Comparator.comparing(node -> node.name().value()))
                .toList();
    }

    /// A node that is missing in the watch may just have been created, so the API server is asked.
    @Override
    public Optional<VirtualNode> find(NodeName name) {
        return watched.find(name).or(() -> fetched(name));
    }

    private Optional<VirtualNode> fetched(NodeName name) {
        return Optional.ofNullable(
                        apiServer.call(
                                ApiOperation.on("get", "nodes", name.value()),
                                () -> apiServer.client().nodes().withName(name.value()).get()))
                .flatMap(PodReading::nodeFrom);
    }
}
