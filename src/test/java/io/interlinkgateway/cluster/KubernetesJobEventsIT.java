package io.interlinkgateway.cluster;

import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.contract.JobEventsContract;
import io.interlinkgateway.contract.ObservedJobs;
import io.interlinkgateway.event.JobEvents;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.JobStore;

@Requires(Component.CONTROL_PLANE)
class KubernetesJobEventsIT extends JobEventsContract {

    private final TestCluster cluster = TestCluster.shared();

    @Override
    protected JobEvents events() {
        return cluster.events();
    }

    @Override
    protected JobStore jobs() {
        return cluster.jobs();
    }

    @Override
    protected Workspace freshWorkspace() {
        return cluster.freshWorkspace();
    }

    @Override
    protected ObservedJobs observed() {
        return cluster.observed();
    }

    @Override
    protected NodeName node() {
        return TestCluster.NODE;
    }
}
