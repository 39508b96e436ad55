package io.interlinkgateway.load;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.interlinkgateway.cluster.BareClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// Measures the gateway and the bare client in turns on the same API server, so that noise hits both, and prints
/// tables in Markdown, ratios first.
final class LoadBenchmark {

    /// The namespaces that `run.sh` opens to the gateway.
    static final String SUBMITS = "load-submits";

    static final String PAGES = "load-pages";

    private LoadBenchmark() {}

    /// @param arguments the folder of the control plane with what `run.sh` put there, the gateway's address, and
    ///     `submits` or `pages` for one part alone; or the folder, `steady`, and the command that starts a gateway,
    ///     see [SteadyState]; or the folder, `history`, and the addresses of a gateway with a history and one without
    static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        if (arguments[1].equals("steady")) {
            steadyState(folder, List.of(arguments).subList(2, arguments.length));
            return;
        }
        if (arguments[1].equals("history")) {
            try (Gateway with = gateway(folder, arguments[2], "with");
                    Gateway without = gateway(folder, arguments[3], "without")) {
                new HistoryComparison(with, without).run();
            }
            return;
        }
        Set<String> parts =
                arguments.length > 2 ? Set.of(arguments[2]) : Set.of("submits", "pages");
        try (KubernetesClient bare = BareClient.from(folder.resolve("gateway.kubeconfig"));
                KubernetesClient administrator = BareClient.from(folder.resolve("kubeconfig"));
                Gateway gateway =
                        new Gateway(URI.create(arguments[1]), process(folder, "gateway"))) {
            if (parts.contains("submits")) {
                new SubmitComparison(
                                gateway, bare, administrator, process(folder, "kube-apiserver"))
                        .run();
            }
            if (parts.contains("pages")) {
                new PageComparison(gateway, bare, process(folder, "kube-apiserver")).run();
            }
        }
    }

    private static void steadyState(Path folder, List<String> command) throws Exception {
        try (KubernetesClient bare = BareClient.from(folder.resolve("gateway.kubeconfig"));
                KubernetesClient administrator = BareClient.from(folder.resolve("kubeconfig"))) {
            new SteadyState(folder, command, bare, administrator, process(folder, "kube-apiserver"))
                    .run();
        }
    }

    private static Gateway gateway(Path folder, String address, String name) throws IOException {
        return new Gateway(URI.create(address), process(folder, name));
    }

    private static RunningProcess process(Path folder, String name) throws IOException {
        return RunningProcess.of(Files.readString(folder.resolve(name + ".pid")));
    }
}
