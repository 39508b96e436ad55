package io.interlinkgateway.cluster;

import io.interlinkgateway.bench.Slurm;
import io.interlinkgateway.bench.VirtualNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Everything between a request and a compute node: the packaged gateway with the rights of its manifests, the API
/// server with its scheduler, a virtual node that behaves as interLink's, a real SLURM and Apptainer.
///
/// @param folder for files of the test
/// @param deployment the manifests, applied
/// @param slurm the HPC
/// @param nodeName the name of the HPC's virtual node
/// @param node its process
/// @param gateway the gateway
record EndToEndStack(
        Path folder,
        Deployment deployment,
        Slurm slurm,
        String nodeName,
        VirtualNode node,
        GatewayProcess gateway)
        implements AutoCloseable {

    /// interLink looks at its pods each 5 s; so often, a test would mostly wait.
    private static final double SPEED = 5;

    static EndToEndStack open(Path folder, String nodeName) throws IOException {
        Deployment deployment = new Deployment(TestCluster.shared());
        Slurm slurm = Slurm.start();
        VirtualNode node = VirtualNode.start(Map.of(nodeName, slurm), SPEED);
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), deployment.kubeconfig());
        return new EndToEndStack(
                folder, deployment, slurm, nodeName, node, new GatewayProcess(kubeconfig));
    }

    WorkspaceClient freshDesk() throws IOException {
        return new WorkspaceClient(gateway, deployment.freshWorkspace(), folder);
    }

    @Override
    public void close() {
        gateway.close();
        node.close();
        slurm.close();
    }
}
