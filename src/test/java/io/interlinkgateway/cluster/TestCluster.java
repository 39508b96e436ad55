package io.interlinkgateway.cluster;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.interlinkgateway.bench.ControlPlane;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.cluster.api.PodLog;
import io.interlinkgateway.cluster.watch.LogBudgets;
import io.interlinkgateway.cluster.watch.LogRequestLimits;
import io.interlinkgateway.cluster.watch.OpenFollows;
import io.interlinkgateway.cluster.watch.TestJobSources;
import io.interlinkgateway.cluster.watch.WatchedNodes;
import io.interlinkgateway.cluster.watch.WatchedWorkspaces;
import io.interlinkgateway.compute.ComputeThreads;
import io.interlinkgateway.contract.ObservedJobs;
import io.interlinkgateway.event.WalltimeTimers;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.slurm.TestHpcJobs;
import io.micrometer.observation.ObservationRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The real API server with a node that looks like interLink's. Its pods do not run; when one is deleted, it is
/// removed, as by a virtual kubelet. Pods of nodes that were not created here are not changed. The tested code acts as
/// the gateway's service account, restricted by the admission policies of `deploy`, but in every namespace.
final class TestCluster {

    static final NodeName NODE = new NodeName("vega-new-vk");

    private static final Logger LOG = LoggerFactory.getLogger(TestCluster.class);

    private static final class Shared {

        static final TestCluster CLUSTER = new TestCluster(ControlPlane.kubeconfig());
    }

    /// The kubelets of this cluster answer as many requests as come.
    private static final LogRequestLimits LIMITS = new LogRequestLimits(1000, 1000, 1000, 1);

    private final LogBudgets budgets = new LogBudgets(LIMITS);
    private final OpenFollows follows = new OpenFollows();
    private final ObservedJobs observed = new ObservedJobs();
    private final ClusterProperties properties =
            new ClusterProperties(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(60),
                    true,
                    new ClusterProperties.Watches(
                            Duration.ofSeconds(5), Duration.ofMinutes(10), 100, List.of()),
                    LIMITS);
    private final String kubeconfig;
    private final KubernetesClient client;

    /// The ports of their kubelets, by name.
    private final Map<String, Integer> nodes = new ConcurrentHashMap<>();

    private final ApiServer apiServer;
    private final WatchedNodes watchedNodes;
    private final WatchedWorkspaces workspaces;

    /// What SLURM reports of the jobs.
    final TestHpcJobs hpcs = new TestHpcJobs();

    /// @param kubeconfig an administrator's, as YAML
    // The heartbeat ends with the JVM.
    @SuppressWarnings("FutureReturnValueIgnored")
    TestCluster(String kubeconfig) {
        this.kubeconfig = kubeconfig;
        client = ClusterConfiguration.clientFor(Config.fromKubeconfig(kubeconfig), properties);
        apiServer =
                new ApiServer(
                        ClusterConfiguration.clientFor(gatewayIn(kubeconfig), properties),
                        properties.requestTimeout(),
                        ObservationRegistry.NOOP);
        Manifests.apply(client, "namespace.yaml", Deployment.NAME);
        Manifests.apply(client, "access.yaml", Deployment.NAME);
        Manifests.apply(client, "admission.yaml", Deployment.NAME);
        // The API server's view of new policies lags, and keeps their order: this is of the last
        // one.
        await().atMost(Duration.ofSeconds(60)).until(this::refusesTokensOfServiceAccounts);
        watchedNodes =
                new WatchedNodes(apiServer, properties.watches().staleness(), Clock.systemUTC());
        workspaces =
                new WatchedWorkspaces(
                        apiServer,
                        TestJobSources.of(
                                apiServer, watchedNodes, objects(), budgets, follows, hpcs),
                        WalltimeTimers.withoutMarks(),
                        observed,
                        properties.watches(),
                        Clock.systemUTC());
        workspaces.start();
        client.resource(node(NODE.value(), 0)).serverSideApply();
        heartbeat(NODE.value(), 0);
        Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory())
                .scheduleWithFixedDelay(this::heartbeats, 10, 10, TimeUnit.SECONDS);
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

    private static Config gatewayIn(String kubeconfig) {
        Config config = Config.fromKubeconfig(kubeconfig);
        config.setImpersonateUsername(
                "system:serviceaccount:" + Deployment.NAME + ":" + Deployment.NAME);
        config.setImpersonateGroups("system:masters");
        return config;
    }

    private boolean refusesTokensOfServiceAccounts() {
        Secret secret =
                new SecretBuilder()
                        .withNewMetadata()
                        .withName("w-" + UUID.randomUUID())
                        .addToAnnotations("kubernetes.io/service-account.name", "default")
                        .endMetadata()
                        .withType("kubernetes.io/service-account-token")
                        .build();
        return apiServer
                .send("POST", "/api/v1/namespaces/default/secrets?dryRun=All", secret)
                .body()
                .contains("interlink-gateway-secrets");
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

    ObservedJobs observed() {
        return observed;
    }

    ApiServer apiServer() {
        return apiServer;
    }

    KubernetesJobs jobs() {
        return new KubernetesJobs(
                apiServer,
                workspaces,
                observed,
                properties.replaceTimeout(),
                new ComputeThreads(2),
                Clock.systemUTC());
    }

    KubernetesJobEvents events() {
        return new KubernetesJobEvents(workspaces);
    }

    WatchedNodes watchedNodes() {
        return watchedNodes;
    }

    KubernetesVirtualNodes nodes() {
        return new KubernetesVirtualNodes(apiServer, watchedNodes);
    }

    KubernetesWorkspaceObjects objects() {
        return new KubernetesWorkspaceObjects(apiServer);
    }

    KubernetesCredentials credentials() {
        return new KubernetesCredentials(apiServer, Clock.systemUTC());
    }

    LogBudgets budgets() {
        return budgets;
    }

    OpenFollows follows() {
        return follows;
    }

    KubernetesJobLogs logs() {
        return new KubernetesJobLogs(
                apiServer,
                watchedNodes,
                new PodLog.Source(apiServer, properties.insecureSkipTlsVerifyBackend()),
                budgets,
                follows,
                credentials());
    }

    Workspace freshWorkspace() {
        String name = "w-" + UUID.randomUUID();
        client.resource(
                        new NamespaceBuilder()
                                .withNewMetadata()
                                .withName(name)
                                .addToLabels("pod-security.kubernetes.io/enforce", "baseline")
                                .endMetadata()
                                .build())
                .create();
        // Pods are refused until a controller has created it.
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() ->
                        client.serviceAccounts().inNamespace(name).withName("default").get()
                                != null);
        return new Workspace(name);
    }

    /// @param kubeletPort where its kubelet answers; 0 for nowhere
    static Node node(String name, int kubeletPort) {
        // spotless:off
        return new NodeBuilder()
                .withNewMetadata()
                    .withName(name)
                    .withLabels(Map.of(
                            MetadataNames.HOSTNAME, name,
                            MetadataNames.NODE_TYPE, "virtual-kubelet",
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

    String kubeconfig() {
        return kubeconfig;
    }

    /// A test may have stopped the API server.
    private void heartbeats() {
        try {
            nodes.forEach(this::heartbeat);
        } catch (KubernetesClientException unanswered) {
            LOG.info("No heartbeat: {}", unanswered.getMessage());
        }
    }

    /// As the virtual kubelet's; applied, since an edit would conflict with what controllers write to the node.
    void heartbeat(String name, int kubeletPort) {
        nodes.put(name, kubeletPort);
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

    /// What interLink writes when a job runs.
    void runs(Workspace workspace, JobName name) {
        // spotless:off
        client.pods().inNamespace(workspace.value()).withName(name.value())
                .editStatus(pod -> new PodBuilder(pod)
                        .editStatus()
                            .withPhase("Running")
                            .withContainerStatuses()
                            .addNewContainerStatus()
                                .withName("main").withImage("busybox").withImageID("busybox")
                                .withReady(true).withRestartCount(0)
                                .withNewState().withNewRunning().endRunning().endState()
                            .endContainerStatus()
                        .endStatus()
                        .build());
        // spotless:on
    }

    /// As a kubelet does, until it is done: a DELETE may conflict with what the scheduler writes.
    private void endDeleted(Pod pod) {
        boolean here =
                pod.getSpec().getNodeName() == null
                        || nodes.containsKey(pod.getSpec().getNodeName());
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
        // Not in the informer's own thread: there, the pods of one test would wait for those of
        // another.
        Thread.startVirtualThread(() ->
                await().pollDelay(Duration.ZERO)
                        .atMost(Duration.ofMinutes(2))
                        .ignoreExceptions()
                        .until(() -> {
                            ApiServer.Answer answer = apiServer.send("DELETE", path, options);
                            return answer.successful()
                                    || answer.code() == 404
                                    || answer.body().contains("UID in the precondition");
                        }));
    }
}
