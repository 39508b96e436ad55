package io.interlinkgateway.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/// A real Kubernetes control plane, one for all tests of a JVM: the one that `GATEWAY_TEST_KUBECONFIG` names,
/// else the one that `bench/control-plane` builds, else k3s where a Docker engine answers.
public final class ControlPlane {

    private static final String GIVEN = "GATEWAY_TEST_KUBECONFIG";

    private static final class Started {

        static final String KUBECONFIG = start();
    }

    private ControlPlane() {}

    /// @return the administrator's kubeconfig, as YAML
    public static String kubeconfig() {
        return Started.KUBECONFIG;
    }

    static boolean isGiven() {
        return System.getenv(GIVEN) != null;
    }

    /// @return whether a Docker engine answers; where there is no socket of one, none is asked
    static boolean dockerAnswers() {
        String home = System.getProperty("user.home");
        boolean socket =
                System.getenv("DOCKER_HOST") != null
                        || Stream.of(
                                        "/var/run/docker.sock",
                                        System.getenv("XDG_RUNTIME_DIR") + "/docker.sock",
                                        home + "/.docker/run/docker.sock",
                                        home + "/.docker/desktop/docker.sock",
                                        home + "/.testcontainers.properties")
                                .anyMatch(file -> Files.exists(Path.of(file)));
        // An engine that hangs would be waited for, for minutes.
        return socket
                && CompletableFuture.supplyAsync(
                                () -> DockerClientFactory.instance().isDockerAvailable())
                        .completeOnTimeout(false, 20, TimeUnit.SECONDS)
                        .exceptionally(_ -> false)
                        .join();
    }

    private static String start() {
        if (isGiven()) {
            return read(Path.of(System.getenv(GIVEN)));
        }
        return Component.OWN_CONTROL_PLANE.isUsable() ? built() : k3s();
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
