package io.interlinkgateway.sandbox;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.JobLogs;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Stream;

/// The files that the [LocalNode] lets containers write into. As with interLink, what ran before the
/// containers stands at the head of each container's log.
final class SandboxJobLogs implements JobLogs {

    private final PodStore pods;
    private final LocalNode node;

    SandboxJobLogs(PodStore pods, LocalNode node) {
        this.pods = pods;
        this.node = node;
    }

    @Override
    public InputStream open(Workspace workspace, JobName name, Options options) {
        Pod pod =
                pods.find(PodStore.Key.of(workspace, name))
                        .orElseThrow(() -> new GatewayException.NotFound("job", name.value()));
        String container =
                options.container()
                        .orElseGet(() -> pod.getSpec().getContainers().getFirst().getName());
        boolean known =
                Stream.concat(
                                pod.getSpec().getInitContainers().stream(),
                                pod.getSpec().getContainers().stream())
                        .map(Container::getName)
                        .anyMatch(container::equals);
        if (!known) {
            throw new GatewayException.NotFound("container", container);
        }
        List<LogFile> files = node.logs(pod, container);
        try {
            return LogStream.of(files, options.follow(), options.tailLines());
        } catch (IOException failure) {
            throw new GatewayException.ClusterUnavailable("The job's log can't be read now.");
        }
    }
}
