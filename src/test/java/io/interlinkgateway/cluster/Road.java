package io.interlinkgateway.cluster;

import io.interlinkgateway.bench.Slurm;
import io.interlinkgateway.bench.VirtualNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// Everything between a request and a compute node: the packaged gateway with the rights of its manifests, the API
/// server with its scheduler, a virtual node that behaves as interLink's, a real SLURM and Apptainer.
///
/// @param folder for files of the test
/// @param deployment the manifests, applied
/// @param slurm the HPC
/// @param nodeName the name of the HPC's virtual node
/// @param node its process
/// @param gateway the gateway
record Road(
        Path folder,
        Deployment deployment,
        Slurm slurm,
        String nodeName,
        VirtualNode node,
        GatewayProcess gateway)
        implements AutoCloseable {

    /// interLink looks at its pods each 5 s; so often, a test would mostly wait.
    private static final double SPEED = 5;

    private static final JsonMapper MAPPER = new JsonMapper();

    static Road open(Path folder, String nodeName) throws IOException {
        Deployment deployment = new Deployment(TestCluster.shared());
        Slurm slurm = Slurm.start();
        VirtualNode node = VirtualNode.start(Map.of(nodeName, slurm), SPEED);
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), deployment.kubeconfig());
        return new Road(folder, deployment, slurm, nodeName, node, new GatewayProcess(kubeconfig));
    }

    /// @param id of a job on the HPC
    /// @return what scontrol says of it, by field
    Map<String, String> slurmJob(String id) {
        return Stream.of(slurm.run("scontrol", "--oneliner", "show", "job", id).split("\\s+"))
                .map(field -> field.split("=", 2))
                .filter(field -> field.length == 2)
                .collect(Collectors.toMap(field -> field[0], field -> field[1], (a, _) -> a));
    }

    Desk freshDesk() throws IOException {
        return new Desk(this, deployment.freshWorkspace());
    }

    /// @param command for the shell of the image
    /// @param slurm members of the spec's `slurm`, as JSON
    /// @return a job spec
    String spec(String command, String slurm) {
        return MAPPER.writeValueAsString(
                        Map.of(
                                "node", nodeName,
                                "image", VirtualNode.image(),
                                "command", List.of("/bin/sh", "-c"),
                                "args", List.of(command),
                                "resources",
                                        Map.of("limits", Map.of("cpu", "1", "memory", "256Mi"))))
                .replaceFirst("}$", ", \"slurm\": {" + slurm + "}}");
    }

    @Override
    public void close() {
        gateway.close();
        node.close();
        slurm.close();
    }
}
