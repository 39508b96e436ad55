package io.interlinkgateway.cluster;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.interlinkgateway.bench.ControlPlane;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.pod.Annotations;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;

/// The real API server with a node that looks like interLink's. Nobody runs its pods; when one is deleted, it
/// goes away, as a virtual kubelet sees to. Pods of nodes that were not made here are left alone.
final class TestCluster {

    static final NodeName NODE = new NodeName("vega-new-vk");

    private static final class Shared {

        static final TestCluster CLUSTER = new TestCluster();
    }

    private final ClusterProperties properties =
            new ClusterProperties(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(60),
                    true,
                    new ClusterProperties.Watches(
                            Duration.ofSeconds(5), Duration.ofMinutes(10), 100));
    private final KubernetesClient client =
            ClusterConfiguration.clientFor(
                    Config.fromKubeconfig(ControlPlane.kubeconfig()), properties);
    private final Set<String> nodes = ConcurrentHashMap.newKeySet();
    private final ApiServer apiServer = new ApiServer(client, properties.requestTimeout());
    private final WatchedNodes watchedNodes =
            new WatchedNodes(apiServer, properties.watches().staleness(), Clock.systemUTC());
    private final WatchedWorkspaces workspaces =
            new WatchedWorkspaces(
                    apiServer,
                    watchedNodes,
                    new MissingSecrets(apiServer),
                    new RecordSearch(
                            apiServer, new PodLog.Source(apiServer, true), Duration.ofSeconds(10)),
                    properties.watches(),
                    Clock.systemUTC());

    // The heartbeat ends with the JVM.
    @SuppressWarnings("FutureReturnValueIgnored")
    private TestCluster() {
        client.resource(node(NODE.value(), 0)).serverSideApply();
        heartbeat(NODE.value());
        Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory())
                .scheduleWithFixedDelay(() -> heartbeat(NODE.value()), 10, 10, TimeUnit.SECONDS);
        client.pods()
                .inAnyNamespace()
                .inform(
                        new ResourceEventHandler<>() {
                            @Override
                            public void onAdd(Pod pod) {
                                endDeleted(pod);
                            }

                            @Override
                            public void onUpdate(Pod before, Pod pod) {
                                endDeleted(pod);
                            }

                            @Override
                            public void onDelete(Pod pod, boolean unknown) {
                                Assertions.assertNotNull(pod);
                            }
                        });
    }

    static TestCluster shared() {
        return Shared.CLUSTER;
    }

    KubernetesClient client() {
        return client;
    }

    ClusterProperties properties() {
        return properties;
    }

    ApiServer apiServer() {
        return apiServer;
    }

    KubernetesJobs jobs() {
        return new KubernetesJobs(
                apiServer, workspaces, properties.replaceTimeout(), Clock.systemUTC());
    }

    KubernetesJobEvents events() {
        return new KubernetesJobEvents(workspaces);
    }

    KubernetesVirtualNodes nodes() {
        return new KubernetesVirtualNodes(apiServer, watchedNodes);
    }

    KubernetesCredentials credentials() {
        return new KubernetesCredentials(apiServer, Clock.systemUTC());
    }

    KubernetesJobLogs logs() {
        return new KubernetesJobLogs(
                apiServer,
                new PodLog.Source(apiServer, properties.insecureSkipTlsVerifyBackend()),
                credentials());
    }

    Workspace freshWorkspace() {
        String name = "w-" + UUID.randomUUID();
        client.resource(
                        new NamespaceBuilder()
                                .withNewMetadata()
                                .withName(name)
                                .endMetadata()
                                .build())
                .create();
        return new Workspace(name);
    }

    /// @param kubeletPort where its kubelet answers; 0 for nowhere
    static Node node(String name, int kubeletPort) {
        // spotless:off
        return new NodeBuilder()
                .withNewMetadata()
                    .withName(name)
                    .withLabels(Map.of(
                            Annotations.HOSTNAME, name,
                            Annotations.NODE_TYPE, "virtual-kubelet",
                            "kubernetes.io/role", "agent"))
                .endMetadata()
                .withNewSpec()
                    .addNewTaint()
                        .withKey(VirtualNode.INTERLINK_TAINT)
                        .withValue("true")
                        .withEffect("NoSchedule")
                    .endTaint()
                .endSpec()
                .build();
        // spotless:on
    }

    private void heartbeat(String name) {
        heartbeat(name, 0);
    }

    /// As the virtual kubelet's; applied, since an edit would conflict with what controllers write to the node.
    void heartbeat(String name, int kubeletPort) {
        nodes.add(name);
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        // spotless:off
        client.resource(new NodeBuilder()
                .withNewMetadata().withName(name).endMetadata()
                .withNewStatus()
                    .withCapacity(capacity())
                    .withAllocatable(capacity())
                    .addNewAddress().withType("InternalIP").withAddress("127.0.0.1").endAddress()
                    .withNewDaemonEndpoints()
                        .withNewKubeletEndpoint(kubeletPort)
                    .endDaemonEndpoints()
                    .addNewCondition()
                        .withType("Ready").withStatus("True").withReason("KubeletPending")
                        .withMessage("kubelet is pending.")
                        .withLastHeartbeatTime(now).withLastTransitionTime(now)
                    .endCondition()
                    .addNewCondition()
                        .withType("InterlinkConnectivity").withStatus("True")
                        .withReason("InterlinkPingSuccessful").withMessage("ok")
                        .withLastHeartbeatTime(now).withLastTransitionTime(now)
                    .endCondition()
                .endStatus()
                .build())
                .subresource("status")
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("virtual-kubelet")
                        .withForce(true)
                        .build());
        // spotless:on
    }

    private static Map<String, Quantity> capacity() {
        return Map.of(
                "cpu", new Quantity("10000"),
                "memory", new Quantity("30000Gi"),
                "pods", new Quantity("10000"),
                "nvidia.com/gpu", new Quantity("8"));
    }

    /// As a kubelet does, until it is done: a DELETE may conflict with what the scheduler writes.
    private void endDeleted(Pod pod) {
        boolean here =
                pod.getSpec().getNodeName() == null || nodes.contains(pod.getSpec().getNodeName());
        if (!here || pod.getMetadata().getDeletionTimestamp() == null) {
            return;
        }
        DeleteOptions options =
                new DeleteOptionsBuilder()
                        .withGracePeriodSeconds(0L)
                        .withNewPreconditions()
                        .withUid(pod.getMetadata().getUid())
                        .endPreconditions()
                        .build();
        String path =
                "/api/v1/namespaces/"
                        + pod.getMetadata().getNamespace()
                        + "/pods/"
                        + pod.getMetadata().getName();
        await().until(() -> {
            ApiServer.Answer answer = apiServer.send("DELETE", path, options);
            return answer.successful()
                    || answer.code() == 404
                    || answer.body().contains("UID in the precondition");
        });
    }
}
