package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.interlinkgateway.caller.Workspaces;
import io.interlinkgateway.cluster.api.ApiOperation;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.pod.PodTranslation;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// Workspaces as namespaces. If the configuration allows, a missing namespace is created, with its quota and the
/// gateway's permissions before its first pod. A namespace that others created is not changed.
final class KubernetesWorkspaces implements Workspaces {

    private static final Duration POLL = Duration.ofMillis(100);

    private final ApiServer apiServer;
    private final NamespaceProperties properties;
    private final Set<Workspace> seen = ConcurrentHashMap.newKeySet();

    KubernetesWorkspaces(ApiServer apiServer, NamespaceProperties properties) {
        this.apiServer = apiServer;
        this.properties = properties;
    }

    @Override
    public void open(Workspace workspace, boolean byRule) {
        if (workspace.value().equals(properties.gatewayNamespace())) {
            throw new GatewayException.NotFound("workspace", workspace.value());
        }
        if (!byRule || !properties.createWorkspaces() || seen.contains(workspace)) {
            return;
        }
        Namespace existing =
                apiServer.call(
                        ApiOperation.on("get", "namespaces", workspace.value()),
                        () -> apiServer.client().namespaces().withName(workspace.value()).get());
        if (existing == null) {
            createIfMissing(namespace(workspace));
        }
        if (existing == null || isManagedByGateway(existing)) {
            completeSetup(workspace);
        }
        seen.add(workspace);
    }

    /// Every step can be repeated: if the gateway is killed in between, the next use of the workspace completes them.
    private void completeSetup(Workspace workspace) {
        if (!properties.quota().isEmpty()) {
            createIfMissing(quota(workspace));
        }
        createIfMissing(permissions(workspace));
        awaitUsable(workspace);
    }

    /// Waits until a pod can be created: the API server applies new permissions with a delay, and a controller
    /// creates the namespace's service account.
    private void awaitUsable(Workspace workspace) {
        String path = "/api/v1/namespaces/" + workspace + "/pods?dryRun=All";
        long end = System.nanoTime() + apiServer.deadline().toNanos();
        while (apiServer.send("POST", path, minimalPod()).code() == 403) {
            if (System.nanoTime() > end) {
                throw new GatewayException.ClusterUnavailable(
                        "The workspace has been created, but can't be used yet.");
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /// A pod that passes the admission policies of `deploy` and every level of pod security.
    private static Pod minimalPod() {
        Map<String, Quantity> minimum =
                Map.of("cpu", Quantity.parse("1m"), "memory", Quantity.parse("1Mi"));
        // spotless:off
        return new PodBuilder()
                .withNewMetadata().withName("preview-" + UUID.randomUUID()).endMetadata()
                .withNewSpec()
                    .withAutomountServiceAccountToken(false)
                    .withNodeSelector(Map.of(MetadataNames.HOSTNAME, "preview"))
                    .withNewSecurityContext()
                        .withRunAsNonRoot(true)
                        .withNewSeccompProfile().withType("RuntimeDefault").endSeccompProfile()
                    .endSecurityContext()
                    .addNewContainer()
                        .withName("preview")
                        .withImage("preview")
                        .withNewResources().withLimits(minimum).withRequests(minimum).endResources()
                        .withNewSecurityContext()
                            .withAllowPrivilegeEscalation(false)
                            .withNewCapabilities().withDrop("ALL").endCapabilities()
                        .endSecurityContext()
                    .endContainer()
                .endSpec()
                .build();
        // spotless:on
    }

    private static boolean isManagedByGateway(Namespace namespace) {
        Map<String, String> labels = namespace.getMetadata().getLabels();
        return labels != null
                && PodTranslation.MANAGER.equals(labels.get(MetadataNames.MANAGED_BY));
    }

    private void createIfMissing(HasMetadata object) {
        try {
            apiServer.measured(
                    new ApiOperation(
                            "create",
                            object.getPlural(),
                            Optional.ofNullable(object.getMetadata().getNamespace()),
                            Optional.of(object.getMetadata().getName())),
                    () -> apiServer.client().resource(object).create());
        } catch (KubernetesClientException failure) {
            if (failure.getCode() != 409) {
                throw apiServer.failed(failure);
            }
        }
    }

    private Namespace namespace(Workspace workspace) {
        String level = properties.podSecurity().name().toLowerCase(Locale.ROOT);
        // spotless:off
        return new NamespaceBuilder()
                .withNewMetadata()
                    .withName(workspace.value())
                    .withLabels(Map.of(
                            MetadataNames.MANAGED_BY, PodTranslation.MANAGER,
                            "pod-security.kubernetes.io/enforce", level,
                            "pod-security.kubernetes.io/warn", "restricted"))
                .endMetadata()
                .build();
        // spotless:on
    }

    private HasMetadata quota(Workspace workspace) {
        Map<String, Quantity> hard = new LinkedHashMap<>();
        properties.quota().forEach((name, amount) -> hard.put(name, Quantity.parse(amount)));
        // spotless:off
        return new ResourceQuotaBuilder()
                .withNewMetadata()
                    .withName(PodTranslation.MANAGER)
                    .withNamespace(workspace.value())
                .endMetadata()
                .withNewSpec().withHard(hard).endSpec()
                .build();
        // spotless:on
    }

    private HasMetadata permissions(Workspace workspace) {
        // spotless:off
        return new RoleBindingBuilder()
                .withNewMetadata()
                    .withName(PodTranslation.MANAGER)
                    .withNamespace(workspace.value())
                .endMetadata()
                .withNewRoleRef()
                    .withApiGroup("rbac.authorization.k8s.io")
                    .withKind("ClusterRole")
                    .withName("interlink-gateway-workspace")
                .endRoleRef()
                .addNewSubject()
                    .withKind("ServiceAccount")
                    .withName("interlink-gateway")
                    .withNamespace(properties.gatewayNamespace())
                .endSubject()
                .build();
        // spotless:on
    }
}
