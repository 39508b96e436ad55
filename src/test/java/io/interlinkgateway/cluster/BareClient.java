package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.interlinkgateway.cluster.watch.LogRequestLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The Kubernetes client as the gateway connects it, without the gateway.
public final class BareClient {

    private BareClient() {}

    /// @param kubeconfig a file
    /// @return a client that the caller closes
    /// @throws IOException if the file can't be read
    public static KubernetesClient from(Path kubeconfig) throws IOException {
        return ClusterConfiguration.clientFor(
                Config.fromKubeconfig(Files.readString(kubeconfig)),
                new ClusterProperties(
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(3),
                        Duration.ZERO,
                        true,
                        new ClusterProperties.Watches(
                                Duration.ofSeconds(5), Duration.ofMinutes(10), 100, List.of()),
                        new LogRequestLimits(5, 10, 4, 1)));
    }
}
