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

    /// @param folder for files of the test
    /// @param nodeName the name of the HPC's virtual node
    /// @param pace interLink's: at its own, a test mostly waits
    /// @param options of the gateway
    /// @return the stack, once pods can be scheduled to the node
    /// @throws IOException if a part of it can't be started
    static EndToEndStack open(
            Path folder, String nodeName, VirtualNode.Pace pace, String... options)
            throws IOException {
        Deployment deployment = new Deployment(TestCluster.shared());
        Slurm slurm = Slurm.start();
        VirtualNode node = VirtualNode.start(Map.of(nodeName, slurm), pace);
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), deployment.kubeconfig());
        return new EndToEndStack(
                folder, deployment, slurm, nodeName, node, new GatewayProcess(kubeconfig, options));
    }

    WorkspaceClient freshClient() throws IOException {
        return new WorkspaceClient(gateway, deployment.freshWorkspace(), folder);
    }

    @Override
    public void close() {
        gateway.close();
        node.close();
        slurm.close();
    }
}
