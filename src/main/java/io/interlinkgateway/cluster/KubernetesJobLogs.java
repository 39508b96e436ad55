package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.JobLogs;
import io.interlinkgateway.pod.PodReading;
import java.io.InputStream;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Logs by way of the API server, which asks the virtual kubelet, which asks the plugin on the HPC.
final class KubernetesJobLogs implements JobLogs {

    private static final Set<String> STARTED = Set.of("Running", "Succeeded", "Failed");

    private final ApiServer apiServer;
    private final boolean insecureSkipTlsVerifyBackend;

    KubernetesJobLogs(ApiServer apiServer, boolean insecureSkipTlsVerifyBackend) {
        this.apiServer = apiServer;
        this.insecureSkipTlsVerifyBackend = insecureSkipTlsVerifyBackend;
    }

    @Override
    public InputStream open(Workspace workspace, JobName name, Options options) {
        Pod pod =
                Optional.ofNullable(apiServer.call(() -> resource(workspace, name).get()))
                        .filter(PodReading::isJob)
                        .orElseThrow(() -> new GatewayException.NotFound("job", name.value()));
        String container = containerOf(pod, options);
        String path = path(workspace, name, options, container);
        if (started(pod)) {
            return LogStream.open(apiServer, path, options.follow());
        }
        return options.follow()
                ? new DeferredStream(() ->
                        awaitStart(workspace, name)
                                ? LogStream.open(apiServer, path, true)
                                : InputStream.nullInputStream())
                : InputStream.nullInputStream();
    }

    private static String containerOf(Pod pod, Options options) {
        Stream<String> names =
                Stream.concat(
                                pod.getSpec().getContainers().stream(),
                                pod.getSpec().getInitContainers().stream())
                        .map(Container::getName);
        return names.filter(name -> options.container().map(name::equals).orElse(true))
                .findFirst()
                .orElseThrow(() ->
                        new GatewayException.NotFound("container", options.container().orElse("")));
    }

    private String path(Workspace workspace, JobName name, Options options, String container) {
        return "/api/v1/namespaces/"
                + workspace
                + "/pods/"
                + name
                + "/log?container="
                + container
                + (options.follow() ? "&follow=true" : "")
                + (options.tailLines().isPresent()
                        ? "&tailLines=" + options.tailLines().getAsInt()
                        : "")
                + (insecureSkipTlsVerifyBackend ? "&insecureSkipTLSVerifyBackend=true" : "");
    }

    /// @return false if the pod went away before it started
    private boolean awaitStart(Workspace workspace, JobName name) {
        while (true) {
            Optional<Boolean> there = startedWithinAnHour(workspace, name);
            if (there.isPresent()) {
                return there.get();
            }
        }
    }

    private Optional<Boolean> startedWithinAnHour(Workspace workspace, JobName name) {
        try {
            Pod pod =
                    apiServer.call(() ->
                            resource(workspace, name)
                                    .waitUntilCondition(
                                            now -> now == null || started(now), 1, TimeUnit.HOURS));
            return Optional.of(pod != null);
        } catch (KubernetesClientTimeoutException stillWaiting) {
            return Optional.empty();
        }
    }

    private static boolean started(@Nullable Pod pod) {
        return pod != null
                && pod.getStatus() != null
                && pod.getStatus().getPhase() != null
                && STARTED.contains(pod.getStatus().getPhase());
    }

    private PodResource resource(Workspace workspace, JobName name) {
        return apiServer.client().pods().inNamespace(workspace.value()).withName(name.value());
    }
}
