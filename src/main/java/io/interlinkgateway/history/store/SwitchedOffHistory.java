package io.interlinkgateway.history.store;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.HistoryPage;
import io.interlinkgateway.history.HistoryQuery;
import io.interlinkgateway.history.JobHistory;
import io.interlinkgateway.history.NodeStatistics;
import io.interlinkgateway.history.Observation;
import io.interlinkgateway.history.PastJob;
import io.interlinkgateway.history.StateChange;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The history without a database: nothing is recorded, and callers who read it get [GatewayException.SwitchedOff].
final class SwitchedOffHistory implements JobHistory {

    static GatewayException.SwitchedOff off() {
        return new GatewayException.SwitchedOff(
                "This gateway keeps no history: it has no database (gateway.history.directory or"
                        + " spring.datasource.url).");
    }

    @Override
    public boolean isOn() {
        return false;
    }

    @Override
    public Set<Workspace> write(List<Observation> observations) {
        return Set.of();
    }

    @Override
    public Optional<PastJob> find(Workspace workspace, String uid) {
        throw off();
    }

    /// Nothing is known, as the lookup is made for each job that does not exist.
    @Override
    public Optional<String> lastOf(Workspace workspace, JobName name) {
        return Optional.empty();
    }

    @Override
    public List<StateChange> changes(String uid) {
        throw off();
    }

    @Override
    public Optional<String> manifest(String uid) {
        throw off();
    }

    @Override
    public HistoryPage list(HistoryQuery query) {
        throw off();
    }

    @Override
    public Set<Workspace> workspaces() {
        return Set.of();
    }

    @Override
    public List<PastJob> live(Workspace workspace, String after, int most) {
        return List.of();
    }

    @Override
    public Removal remove(Workspace workspace, String uid) {
        throw off();
    }

    @Override
    public NodeStatistics statistics(NodeName node, Duration period) {
        throw off();
    }
}
