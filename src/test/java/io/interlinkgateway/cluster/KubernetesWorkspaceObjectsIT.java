package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Kubectl;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.contract.WorkspaceObjectsContract;
import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.MissingObject;
import io.interlinkgateway.job.ObjectName;
import io.interlinkgateway.job.ObjectReference.Kind;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.job.WorkspaceObjects;
import io.micrometer.observation.ObservationRegistry;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Requires(Component.CONTROL_PLANE)
class KubernetesWorkspaceObjectsIT extends WorkspaceObjectsContract {

    private static final ObjectName NAME = new ObjectName("mlflow-server");

    @TempDir private Path folder = Path.of("not-yet");

    private final TestCluster cluster = TestCluster.shared();

    @Override
    protected WorkspaceObjects objects() {
        return cluster.objects();
    }

    @Override
    protected Credentials credentials() {
        return cluster.credentials();
    }

    @Override
    protected Workspace freshWorkspace() {
        return cluster.freshWorkspace();
    }

    @Test
    void aConfigMapHasTheKeysOfItsTextsAndBytes() {
        Workspace workspace = freshWorkspace();
        cluster.client()
                .resource(
                        new ConfigMapBuilder()
                                .withNewMetadata()
                                .withName(NAME.value())
                                .withNamespace(workspace.value())
                                .endMetadata()
                                .withData(Map.of("rate", "0.1"))
                                .withBinaryData(Map.of("weights", "AAEC"))
                                .build())
                .create();

        assertThat(objects().find(workspace, Kind.CONFIG_MAP, NAME))
                .contains(Set.of("rate", "weights"));
    }

    @Test
    void readingWithoutPermissionIsRefused() {
        Config config = Config.fromKubeconfig(cluster.kubeconfig());
        config.setImpersonateUsername("stranger");
        try (KubernetesClient client =
                ClusterConfiguration.clientFor(config, cluster.properties())) {
            WorkspaceObjects unreadable =
                    new KubernetesWorkspaceObjects(
                            new ApiServer(
                                    client,
                                    cluster.properties().requestTimeout(),
                                    ObservationRegistry.NOOP));
            Workspace workspace = freshWorkspace();

            for (Kind kind : Kind.values()) {
                assertThatExceptionOfType(GatewayException.ClusterRefused.class)
                        .isThrownBy(() -> unreadable.find(workspace, kind, NAME));
            }
        }
    }

    /// Each hint that names a kubectl command is done as it stands.
    @Test
    void theCommandsInHintsCreateTheMissingObjects() {
        Workspace workspace = freshWorkspace();
        for (Kind kind : Kind.values()) {
            follow(workspace, missing(kind, false, "api.token", "B"));
            assertThat(objects().find(workspace, kind, NAME)).contains(Set.of("api.token", "B"));
            follow(workspace, missing(kind, true, "C", "d"));
            assertThat(objects().find(workspace, kind, NAME))
                    .contains(Set.of("api.token", "B", "C", "d"));
        }
    }

    private void follow(Workspace workspace, MissingObject missing) {
        String hint = objects().hint(workspace, missing);
        String command = hint.substring(hint.indexOf("kubectl ") + "kubectl ".length());
        new Kubectl(folder, workspace.value())
                .run(
                        Stream.of(command.split(" "))
                                .map(word -> word.replaceAll("^'|'$", ""))
                                .toArray(String[]::new));
    }

    @Test
    void theHintForASecretUsedAsAWholeOffersACredentialOrACommand() {
        Workspace workspace = freshWorkspace();

        assertThat(objects().hint(workspace, missing(Kind.SECRET, false)))
                .contains("PUT /api/v1/mlflow-credentials/mlflow-server?workspace=" + workspace)
                .contains(
                        "kubectl -n "
                                + workspace
                                + " create secret generic mlflow-server --from-literal=KEY=VALUE");
    }
}
