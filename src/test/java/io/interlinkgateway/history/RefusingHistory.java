package io.interlinkgateway.history;

import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A history that can't store one of the jobs.
record RefusingHistory(JobHistory history, String refused) implements JobHistory {

    @Override
    public Set<Workspace> write(List<Observation> observations) {
        if (observations.stream().anyMatch(seen -> seen.job().uid().equals(refused))) {
            throw new IllegalArgumentException("not storable");
        }
        return history.write(observations);
    }

    @Override
    public Optional<PastJob> find(Workspace workspace, String uid) {
        return history.find(workspace, uid);
    }

    @Override
    public Optional<String> lastOf(Workspace workspace, JobName name) {
        return history.lastOf(workspace, name);
    }

    @Override
    public List<StateChange> changes(String uid) {
        return history.changes(uid);
    }

    @Override
    public Optional<String> manifest(String uid) {
        return history.manifest(uid);
    }

    @Override
    public HistoryPage list(HistoryQuery query) {
        return history.list(query);
    }

    @Override
    public Set<Workspace> workspaces() {
        return history.workspaces();
    }

    @Override
    public List<PastJob> live(Workspace workspace, String after, int most) {
        return history.live(workspace, after, most);
    }

    @Override
    public Removal remove(Workspace workspace, String uid) {
        return history.remove(workspace, uid);
    }

    @Override
    public NodeStatistics statistics(NodeName node, Duration period) {
        return history.statistics(node, period);
    }
}
