package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Workspace;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@Requires(Component.CONTROL_PLANE)
class KubernetesLivePodsIT {

    private final TestCluster cluster = TestCluster.shared();

    private static KubernetesLivePods pods(KubernetesClient client) {
        return new KubernetesLivePods(
                new ApiServer(client, Duration.ofSeconds(10), ObservationRegistry.NOOP));
    }

    @Test
    void allPodsOfAWorkspaceAndNoOthersAreThere() {
        Workspace workspace = cluster.freshWorkspace();
        Pod pod = created(workspace);
        created(cluster.freshWorkspace());
        KubernetesLivePods pods = pods(cluster.client());

        assertThat(pods.uids(workspace)).containsExactly(pod.getMetadata().getUid());
        assertThat(pods.uids(cluster.freshWorkspace())).isEmpty();
    }

    private Pod created(Workspace workspace) {
        return cluster.client()
                .resource(
                        new PodBuilder()
                                .withNewMetadata()
                                .withName("any")
                                .withNamespace(workspace.value())
                                .endMetadata()
                                .withNewSpec()
                                .addNewContainer()
                                .withName("c")
                                .withImage("busybox")
                                .endContainer()
                                .endSpec()
                                .build())
                .create();
    }

    @Test
    void whatMayNotBeReadIsRefused() {
        Config config = Config.fromKubeconfig(cluster.kubeconfig());
        config.setImpersonateUsername("stranger");
        try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
            assertThatExceptionOfType(GatewayException.ClusterRefused.class)
                    .isThrownBy(() -> pods(client).uids(cluster.freshWorkspace()));
        }
    }
}
