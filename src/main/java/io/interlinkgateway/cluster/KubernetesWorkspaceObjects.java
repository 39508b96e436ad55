package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.interlinkgateway.cluster.api.ApiOperation;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.job.MissingObject;
import io.interlinkgateway.job.ObjectName;
import io.interlinkgateway.job.ObjectReference.Kind;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.job.WorkspaceObjects;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Secrets and ConfigMaps of a Kubernetes cluster. The API server can't return the keys alone; the values are dropped
/// here.
final class KubernetesWorkspaceObjects implements WorkspaceObjects {

    private final ApiServer apiServer;

    KubernetesWorkspaceObjects(ApiServer apiServer) {
        this.apiServer = apiServer;
    }

    @Override
    public Optional<Set<String>> find(Workspace workspace, Kind kind, ObjectName name) {
        return switch (kind) {
            case SECRET -> {
                @Nullable Secret secret =
                        apiServer.call(
                                ApiOperation.on("get", "secrets", workspace.value(), name.value()),
                                () ->
                                        apiServer
                                                .client()
                                                .secrets()
                                                .inNamespace(workspace.value())
                                                .withName(name.value())
                                                .get());
                yield Optional.ofNullable(secret).map(found -> keys(found.getData()));
            }
            case CONFIG_MAP -> {
                @Nullable ConfigMap configMap =
                        apiServer.call(
                                ApiOperation.on(
                                        "get", "configmaps", workspace.value(), name.value()),
                                () ->
                                        apiServer
                                                .client()
                                                .configMaps()
                                                .inNamespace(workspace.value())
                                                .withName(name.value())
                                                .get());
                yield Optional.ofNullable(configMap)
                        .map(found -> keys(found.getData(), found.getBinaryData()));
            }
        };
    }

    @SafeVarargs
    private static Set<String> keys(@Nullable Map<String, String>... parts) {
        return Stream.of(parts)
                .flatMap(Stream::ofNullable)
                .map(Map::keySet)
                .flatMap(Collection::stream)
                .collect(Collectors.toUnmodifiableSet());
    }

    /// A command is at the end of a hint, without a full stop, so that it can be copied.
    @Override
    public String hint(Workspace workspace, MissingObject missing) {
        if (missing.exists()) {
            return "Add it with this command: " + patch(workspace, missing);
        }
        String command = "with this command: " + create(workspace, missing);
        if (!missing.canBeCredential()) {
            return "Create it " + command;
        }
        String request = "with " + missing.credentialRequest(workspace);
        return missing.keys().isEmpty()
                ? "Create it " + request + "; or, if it is no MLflow credential, " + command
                : "Create it " + request + ".";
    }

    private static String create(Workspace workspace, MissingObject missing) {
        Set<String> keys = missing.keys().isEmpty() ? Set.of("KEY") : missing.keys();
        return "kubectl -n "
                + workspace
                + switch (missing.reference().kind()) {
                    case SECRET -> " create secret generic ";
                    case CONFIG_MAP -> " create configmap ";
                }
                + missing.reference().name()
                + joined(keys, key -> " --from-literal=" + key + "=VALUE", "");
    }

    private static String patch(Workspace workspace, MissingObject missing) {
        String values = joined(missing.keys(), key -> "\"" + key + "\":\"VALUE\"", ",");
        return "kubectl -n "
                + workspace
                + switch (missing.reference().kind()) {
                    case SECRET ->
                            " patch secret "
                                    + missing.reference().name()
                                    + " --type=merge -p '{\"stringData\":{";
                    case CONFIG_MAP ->
                            " patch configmap "
                                    + missing.reference().name()
                                    + " --type=merge -p '{\"data\":{";
                }
                + values
                + "}}'";
    }

    private static String joined(
            Set<String> keys, Function<String, String> written, String separator) {
        return keys.stream().sorted().map(written).collect(Collectors.joining(separator));
    }
}
