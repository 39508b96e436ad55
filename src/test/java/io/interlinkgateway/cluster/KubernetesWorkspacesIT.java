package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Workspace;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// With the rights of the optional manifest, and no others.
@Requires(Component.CONTROL_PLANE)
class KubernetesWorkspacesIT {

    private static final TestCluster CLUSTER = TestCluster.shared();
    private static @Nullable KubernetesClient gatewaysClient;

    @BeforeAll
    static void deploy() {
        Deployment deployment = new Deployment(CLUSTER);
        deployment.allowWorkspaceCreation();
        gatewaysClient =
                ClusterConfiguration.clientFor(
                        Config.fromKubeconfig(deployment.kubeconfig()), CLUSTER.properties());
        // The API server's view of a new policy lags.
        await().atMost(Duration.ofSeconds(60))
                .until(() -> refused(binding("default", "interlink-gateway")));
    }

    @AfterAll
    static void close() {
        client().close();
    }

    private static KubernetesClient client() {
        return Objects.requireNonNull(gatewaysClient);
    }

    private static KubernetesWorkspaces workspaces(boolean create) {
        return new KubernetesWorkspaces(
                new ApiServer(client(), Duration.ofSeconds(10), ObservationRegistry.NOOP),
                new NamespaceProperties(
                        Deployment.NAME,
                        create,
                        Map.of("pods", "3"),
                        NamespaceProperties.PodSecurity.BASELINE));
    }

    private static Workspace unused() {
        return new Workspace("w-" + UUID.randomUUID());
    }

    private static @Nullable Namespace namespace(Workspace workspace) {
        return CLUSTER.client().namespaces().withName(workspace.value()).get();
    }

    @Test
    void aWorkspaceIsCreatedOnFirstUseWithQuotaAndPodSecurity() {
        Workspace workspace = unused();

        workspaces(true).open(workspace, true);

        assertThat(Objects.requireNonNull(namespace(workspace)).getMetadata().getLabels())
                .containsEntry("app.kubernetes.io/managed-by", "interlink-gateway")
                .containsEntry("pod-security.kubernetes.io/enforce", "baseline");
        assertThat(
                        CLUSTER.client()
                                .resourceQuotas()
                                .inNamespace(workspace.value())
                                .withName("interlink-gateway")
                                .get()
                                .getSpec()
                                .getHard())
                .isEqualTo(Map.of("pods", new Quantity("3")));
        assertThat(client().pods().inNamespace(workspace.value()).list().getItems()).isEmpty();
    }

    @Test
    void anotherGatewayUsesTheExistingWorkspace() {
        Workspace workspace = unused();
        workspaces(true).open(workspace, true);

        workspaces(true).open(workspace, true);

        assertThat(client().pods().inNamespace(workspace.value()).list().getItems()).isEmpty();
    }

    @Test
    void noWorkspaceIsCreatedUnlessConfigured() {
        Workspace workspace = unused();

        workspaces(false).open(workspace, true);

        assertThat(namespace(workspace)).isNull();
    }

    @Test
    void anOpenGatewayCreatesNoWorkspaces() {
        Workspace workspace = unused();

        workspaces(true).open(workspace, false);

        assertThat(namespace(workspace)).isNull();
    }

    @Test
    void aNamespaceOfOthersIsNotChanged() {
        Workspace workspace = CLUSTER.freshWorkspace();

        workspaces(true).open(workspace, true);

        assertThat(
                        CLUSTER.client()
                                .rbac()
                                .roleBindings()
                                .inNamespace(workspace.value())
                                .list()
                                .getItems())
                .isEmpty();
    }

    @Test
    void theGatewaysOwnNamespaceCanNotBeAWorkspace() {
        assertThatThrownBy(() -> workspaces(true).open(new Workspace(Deployment.NAME), true))
                .isInstanceOf(GatewayException.NotFound.class);
    }

    @Test
    void theGatewayCanNotGiveItselfPermissionsElsewhere() {
        assertThat(refused(binding("kube-system", "interlink-gateway"))).isTrue();
        assertThat(refused(binding(CLUSTER.freshWorkspace().value(), "interlink-gateway")))
                .isTrue();
    }

    @Test
    void theGatewayCanNotGiveOthersPermissions() {
        Workspace workspace = unused();
        workspaces(true).open(workspace, true);

        assertThat(refused(binding(workspace.value(), "somebody-else"))).isTrue();
    }

    private static NamespaceBuilder ownNamespace(String name) {
        // spotless:off
        return new NamespaceBuilder()
                .withNewMetadata()
                    .withName(name)
                    .addToLabels("app.kubernetes.io/managed-by", "interlink-gateway")
                    .addToLabels("pod-security.kubernetes.io/enforce", "baseline")
                .endMetadata();
        // spotless:on
    }

    private static NamespaceBuilder labelled(String label, @Nullable String value) {
        NamespaceBuilder namespace = ownNamespace(unused().value());
        // spotless:off
        return value == null
                ? namespace.editMetadata().removeFromLabels(label).endMetadata()
                : namespace.editMetadata().addToLabels(label, value).endMetadata();
        // spotless:on
    }

    static Stream<NamespaceBuilder> mightyNamespaces() {
        return Stream.of(
                labelled("pod-security.kubernetes.io/enforce", "privileged"),
                labelled("pod-security.kubernetes.io/enforce", null),
                labelled("pod-security.kubernetes.io/enforce-version", "v1.0"),
                labelled("team", "administrators"),
                ownNamespace("kube-" + unused()),
                ownNamespace("openshift-" + unused()),
                ownNamespace("default"),
                ownNamespace(Deployment.NAME));
    }

    @ParameterizedTest
    @MethodSource("mightyNamespaces")
    void theGatewayCanNotCreateNamespacesOtherThanWorkspaces(NamespaceBuilder namespace) {
        assertThat(refused(namespace.build())).isTrue();
    }

    @Test
    void theGatewayCanCreateNamespacesOfWorkspaces() {
        assertThat(refused(ownNamespace(unused().value()).build())).isFalse();
    }

    @Test
    void theGatewayCanNotChangeNamespaces() {
        Workspace workspace = unused();
        workspaces(true).open(workspace, true);

        ApiServer.Answer answer =
                new ApiServer(client(), Duration.ofSeconds(10), ObservationRegistry.NOOP)
                        .patch(
                                "/api/v1/namespaces/" + workspace,
                                Map.of(
                                        "metadata",
                                        Map.of(
                                                "labels",
                                                Map.of(
                                                        "pod-security.kubernetes.io/enforce",
                                                        "privileged"))));

        assertThat(answer.code()).as(answer.body()).isEqualTo(403);
    }

    private static RoleBinding binding(String namespace, String serviceAccount) {
        // spotless:off
        return new RoleBindingBuilder()
                .withNewMetadata().withName("w-" + UUID.randomUUID()).withNamespace(namespace).endMetadata()
                .withNewRoleRef()
                    .withApiGroup("rbac.authorization.k8s.io")
                    .withKind("ClusterRole")
                    .withName("interlink-gateway-workspace")
                .endRoleRef()
                .addNewSubject()
                    .withKind("ServiceAccount")
                    .withName(serviceAccount)
                    .withNamespace(Deployment.NAME)
                .endSubject()
                .build();
        // spotless:on
    }

    private static boolean refused(HasMetadata object) {
        try {
            client().resource(object).create();
            CLUSTER.client().resource(object).delete();
            return false;
        } catch (KubernetesClientException refusal) {
            return String.valueOf(refusal.getMessage())
                    .contains("interlink-gateway-workspace-creation");
        }
    }
}
