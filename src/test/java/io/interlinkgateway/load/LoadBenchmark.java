package io.interlinkgateway.load;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.interlinkgateway.cluster.BareClient;
import java.net.URI;
import java.nio.file.Path;

/// Measures the gateway and the bare client in turns on the same API server, so that noise hits both, and prints
/// tables in Markdown, ratios first.
final class LoadBenchmark {

    /// The namespaces that `run.sh` opens to the gateway.
    static final String SUBMITS = "load-submits";

    static final String PAGES = "load-pages";

    private LoadBenchmark() {}

    /// @param arguments the gateway's kubeconfig, the administrator's, the gateway's address and its process id
    static void main(String[] arguments) throws Exception {
        try (KubernetesClient bare = BareClient.from(Path.of(arguments[0]));
                KubernetesClient administrator = BareClient.from(Path.of(arguments[1]));
                Gateway gateway =
                        new Gateway(URI.create(arguments[2]), Long.parseLong(arguments[3]))) {
            new SubmitComparison(gateway, bare, administrator).run();
            new PageComparison(gateway, bare).run();
        }
    }
}
