package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.cluster.api.PodLog;
import io.interlinkgateway.cluster.watch.LogBudget;
import io.interlinkgateway.cluster.watch.LogBudgets;
import io.interlinkgateway.cluster.watch.OpenFollows;
import io.interlinkgateway.cluster.watch.WatchedNodes;
import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.ContainerLog;
import io.interlinkgateway.log.JobLogs;
import io.interlinkgateway.log.LogStream;
import io.interlinkgateway.log.Redaction;
import io.interlinkgateway.pod.ObjectReferences;
import io.interlinkgateway.record.PluginLog;
import io.interlinkgateway.status.PodReading;
import java.time.Duration;
import java.util.Optional;

/// Logs through the API server, which requests them from the virtual kubelet, which requests them from the plugin on
/// the HPC.
final class KubernetesJobLogs implements JobLogs {

    private final ApiServer apiServer;
    private final WatchedNodes nodes;
    private final PodLog.Source logs;
    private final LogBudgets budgets;
    private final OpenFollows follows;
    private final Credentials credentials;

    KubernetesJobLogs(
            ApiServer apiServer,
            WatchedNodes nodes,
            PodLog.Source logs,
            LogBudgets budgets,
            OpenFollows follows,
            Credentials credentials) {
        this.apiServer = apiServer;
        this.nodes = nodes;
        this.logs = logs;
        this.budgets = budgets;
        this.follows = follows;
        this.credentials = credentials;
    }

    @Override
    public ContainerLog find(Workspace workspace, JobName name, Optional<String> container) {
        Pod pod = pod(workspace, name);
        return new KubernetesContainerLog(
                new ContainerLog.Key(
                        workspace,
                        name,
                        pod.getMetadata().getUid(),
                        PodReading.containerOf(pod, container)));
    }

    private Pod pod(Workspace workspace, JobName name) {
        return apiServer
                .pod(workspace.value(), name.value())
                .filter(pod -> PodReading.isJob(pod, nodes::has))
                .orElseThrow(() -> new GatewayException.NotFound("job", name.value()));
    }

    private final class KubernetesContainerLog implements ContainerLog {

        private final Key key;

        KubernetesContainerLog(Key key) {
            this.key = key;
        }

        @Override
        public Key key() {
            return key;
        }

        @Override
        public Opened open(boolean follow) {
            Pod pod = present();
            budgets.of(PodReading.nodeOf(pod)).spend();
            return open(pod, follow);
        }

        @Override
        public Opened openAfterOthers(Duration patience) throws InterruptedException {
            Pod pod = present();
            if (!budgets.of(PodReading.nodeOf(pod)).await(LogBudget.Purpose.ARCHIVE, patience)) {
                throw new GatewayException.ClusterUnavailable(
                        "The node has no room for another log request.");
            }
            return open(pod, false);
        }

        /// Reads the pod again: the remote job's id, which identifies the record, is set some time after the pod's
        /// creation.
        private Pod present() {
            Pod pod = pod(key.workspace(), key.job());
            if (!key.uid().equals(pod.getMetadata().getUid())) {
                throw new GatewayException.NotFound("job", key.job().value());
            }
            return pod;
        }

        private Opened open(Pod pod, boolean follow) {
            Redaction redaction =
                    Redaction.of(
                            credentials.passwordForms(
                                    key.workspace(), ObjectReferences.credentialsOf(pod)));
            LogStream stream =
                    logs.open(
                            key.workspace().value(),
                            key.job().value(),
                            key.container(),
                            follow ? PodLog.Extent.FOLLOWED : PodLog.Extent.WHOLE);
            return new Opened(
                    follow ? follows.shared(key.uid(), key.container(), stream) : stream,
                    PluginLog.of(PodReading.logContextOf(pod), key.container()),
                    redaction);
        }
    }
}
