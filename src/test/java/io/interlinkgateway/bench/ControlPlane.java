package io.interlinkgateway.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/// A real Kubernetes control plane, one for all tests of a JVM: the one that `GATEWAY_TEST_KUBECONFIG` names,
/// else k3s where a Docker engine answers, else the one that `bench/control-plane` builds. With `CI=true` one
/// of them must be there.
public final class ControlPlane {

    private static final class Started {

        static final String KUBECONFIG = start();
    }

    private ControlPlane() {}

    /// @return the administrator's kubeconfig, as YAML
    public static String kubeconfig() {
        return Started.KUBECONFIG;
    }

    static void requireBuilt() {
        boolean built = Files.exists(Path.of(".cache/control-plane/stamp"));
        if (!built && !"true".equals(System.getenv("CI"))) {
            Assumptions.abort(
                    "No Kubernetes: set GATEWAY_TEST_KUBECONFIG, start Docker, or run"
                            + " bench/control-plane/build.sh");
        }
    }

    private static String start() {
        String given = System.getenv("GATEWAY_TEST_KUBECONFIG");
        if (given != null) {
            return read(Path.of(given));
        }
        if (DockerClientFactory.instance().isDockerAvailable()) {
            return k3s();
        }
        return built();
    }

    // Closed with the JVM by Testcontainers itself.
    @SuppressWarnings("resource")
    private static String k3s() {
        K3sContainer container =
                new K3sContainer(DockerImageName.parse("rancher/k3s:v1.34.1-k3s1"));
        container.start();
        return container.getKubeConfigYaml();
    }

    private static String built() {
        OwnControlPlane shared = OwnControlPlane.start("control-plane");
        Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
        return shared.kubeconfig();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
