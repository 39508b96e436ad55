package io.interlinkgateway.sandbox;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.ContainerLog;
import io.interlinkgateway.log.JobLogs;
import io.interlinkgateway.log.Redaction;
import io.interlinkgateway.pod.ObjectReferences;
import io.interlinkgateway.record.PluginLog;
import io.interlinkgateway.sandbox.node.LocalNode;
import io.interlinkgateway.sandbox.node.PodStore;
import io.interlinkgateway.status.PodReading;
import java.io.IOException;
import java.util.Optional;

/// The files that containers of the [LocalNode] write to. As with interLink, the output of pre-exec is at the start
/// of each container's log.
final class SandboxJobLogs implements JobLogs {

    private final PodStore pods;
    private final LocalNode node;
    private final Credentials credentials;

    SandboxJobLogs(PodStore pods, LocalNode node, Credentials credentials) {
        this.pods = pods;
        this.node = node;
        this.credentials = credentials;
    }

    @Override
    public ContainerLog find(Workspace workspace, JobName name, Optional<String> container) {
        Pod pod = pod(workspace, name);
        return new SandboxContainerLog(
                new ContainerLog.Key(
                        workspace,
                        name,
                        pod.getMetadata().getUid(),
                        PodReading.containerOf(pod, container)));
    }

    private Pod pod(Workspace workspace, JobName name) {
        return pods.find(PodStore.Key.of(workspace, name))
                .orElseThrow(() -> new GatewayException.NotFound("job", name.value()));
    }

    private final class SandboxContainerLog implements ContainerLog {

        private final Key key;

        SandboxContainerLog(Key key) {
            this.key = key;
        }

        @Override
        public Key key() {
            return key;
        }

        @Override
        public Opened open(boolean follow) {
            Pod pod = pod(key.workspace(), key.job());
            if (!key.uid().equals(pod.getMetadata().getUid())) {
                throw new GatewayException.NotFound("job", key.job().value());
            }
            try {
                return new Opened(
                        node.log(pod, key.container(), follow),
                        PluginLog.of(PodReading.logContextOf(pod), key.container()),
                        Redaction.of(
                                credentials.passwordForms(
                                        key.workspace(), ObjectReferences.credentialsOf(pod))));
            } catch (IOException _) {
                throw new GatewayException.ClusterUnavailable("The job's log can't be read now.");
            }
        }
    }
}
