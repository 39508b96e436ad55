package io.interlinkgateway.replay;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.ControlPlane;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.bench.Slurm;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What no recording shows: deletions that meet an HPC where something is amiss.
@Requires({
    Component.OWN_CONTROL_PLANE,
    Component.SLURM,
    Component.VIRTUAL_NODE,
    Component.APPTAINER
})
class DeletionIT {

    private final KubernetesClient client =
            new KubernetesClientBuilder()
                    .withConfig(Config.fromKubeconfig(ControlPlane.kubeconfig()))
                    .build();

    @AfterEach
    void closeClient() {
        client.close();
    }

    @Test
    void aJobInTheQueueIsCancelled() {
        try (ReplayEnvironment stage = new ReplayEnvironment(client, "deletion", Slurm.start())) {
            ReplayEnvironment.Replay job = stage.submit(pod("--begin=now+1hour", "echo never"));
            job.awaitJobState("PENDING");
            job.delete();
            job.awaitDeleted();
            job.awaitJobState("CANCELLED");
        }
    }

    @Test
    void aJobThatIsDeletedWhileThePluginIsDownIsCancelledAfterItsRestart() {
        try (ReplayEnvironment stage = new ReplayEnvironment(client, "deletion", Slurm.start())) {
            ReplayEnvironment.Replay job = stage.submit(pod("-p gpu", "sleep 500"));
            job.awaitPhase("Running");
            stage.node().pluginDown(stage.nodeName());
            job.delete();
            job.awaitDeletion();
            stage.node().pluginUp(stage.nodeName());
            job.awaitJobState("CANCELLED");
        }
    }

    @Test
    void aJobThatIsDeletedWhileTheVirtualKubeletIsDownIsCancelledAfterItsRestart() {
        try (ReplayEnvironment stage = new ReplayEnvironment(client, "deletion", Slurm.start())) {
            ReplayEnvironment.Replay job = stage.submit(pod("-p gpu", "sleep 500"));
            job.awaitPhase("Running");
            stage.node().kill();
            job.delete();
            job.awaitDeletion();
            stage.node().startAgain();
            job.awaitJobState("CANCELLED");
        }
    }

    private static JsonNode pod(String flags, String script) {
        ObjectNode pod = (ObjectNode) Recording.read("succeeds").submitted().deepCopy();
        ((ObjectNode) pod.at("/metadata/annotations")).put("slurm-job.vk.io/flags", flags);
        ((ObjectNode) pod.at("/spec/containers/0")).putArray("args").add(script);
        return pod;
    }
}
