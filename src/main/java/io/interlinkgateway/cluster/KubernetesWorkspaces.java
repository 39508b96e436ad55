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
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.pod.PodTranslation;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// Workspaces as namespaces. Where it is allowed, one that is missing is made, closed at first: the quota and the
/// gateway's own rights come before its first pod. One that others made is left as it is.
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
        if (workspace.value().equals(properties.own())) {
            throw new GatewayException.NotFound("workspace", workspace.value());
        }
        if (!byRule || !properties.createWorkspaces() || seen.contains(workspace)) {
            return;
        }
        Namespace there =
                apiServer.call(
                        () -> apiServer.client().namespaces().withName(workspace.value()).get());
        if (there == null) {
            createUnlessThere(namespace(workspace));
        }
        if (there == null || isOwn(there)) {
            complete(workspace);
        }
        seen.add(workspace);
    }

    /// A gateway that was killed between the steps is followed by one that goes on with them.
    private void complete(Workspace workspace) {
        if (!properties.quota().isEmpty()) {
            createUnlessThere(quota(workspace));
        }
        createUnlessThere(rights(workspace));
        awaitUse(workspace);
    }

    /// The API server's view of new rights lags, and the namespace's service account is made by a controller.
    private void awaitUse(Workspace workspace) {
        String path = "/api/v1/namespaces/" + workspace + "/pods?dryRun=All";
        long end = System.nanoTime() + apiServer.deadline().toNanos();
        while (apiServer.send("POST", path, smallestPod()).code() == 403) {
            if (System.nanoTime() > end) {
                throw new GatewayException.ClusterUnavailable(
                        "The workspace is made, but can't be used yet.");
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /// It passes the admission policies of `deploy` and every level of pod security.
    private static Pod smallestPod() {
        Map<String, Quantity> little =
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
                        .withNewResources().withLimits(little).withRequests(little).endResources()
                        .withNewSecurityContext()
                            .withAllowPrivilegeEscalation(false)
                            .withNewCapabilities().withDrop("ALL").endCapabilities()
                        .endSecurityContext()
                    .endContainer()
                .endSpec()
                .build();
        // spotless:on
    }

    private static boolean isOwn(Namespace namespace) {
        Map<String, String> labels = namespace.getMetadata().getLabels();
        return labels != null
                && PodTranslation.MANAGER.equals(labels.get(MetadataNames.MANAGED_BY));
    }

    private void createUnlessThere(HasMetadata object) {
        try {
            apiServer.client().resource(object).create();
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

    private HasMetadata rights(Workspace workspace) {
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
                    .withNamespace(properties.own())
                .endSubject()
                .build();
        // spotless:on
    }
}
