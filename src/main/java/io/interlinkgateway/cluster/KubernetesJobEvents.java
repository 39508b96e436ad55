package io.interlinkgateway.cluster;

import io.interlinkgateway.cluster.watch.WatchedWorkspaces;
import io.interlinkgateway.event.JobEvents;
import io.interlinkgateway.job.JobFilter;
import java.util.Optional;

/// Changes of jobs as the watches report them. Positions are resource versions, so they are valid on every replica of
/// the gateway.
final class KubernetesJobEvents implements JobEvents {

    private final WatchedWorkspaces workspaces;

    KubernetesJobEvents(WatchedWorkspaces workspaces) {
        this.workspaces = workspaces;
    }

    @Override
    public Subscription subscribe(JobFilter filter, Optional<String> after) {
        return workspaces.follow(filter, after);
    }
}
