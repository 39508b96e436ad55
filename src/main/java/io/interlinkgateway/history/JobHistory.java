package io.interlinkgateway.history;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Stores what was observed of jobs. Every method throws [GatewayException.HistoryUnavailable] if the database does not
/// respond in time, or there is none.
public interface JobHistory {

    /// @return whether there is a database, which need not be reachable now; if not, nothing is recorded
    default boolean isOn() {
        return true;
    }

    /// Stores observations, all or none of them. Repeated and outdated ones change nothing, so that several replicas may
    /// write the same ones in any order.
    ///
    /// @param observations any number, of any jobs
    void write(List<Observation> observations);

    /// @param uid a pod's UID
    /// @return the job with its definition and its archived logs; empty if it is not known
    Optional<PastJob> find(String uid);

    /// @param workspace a workspace
    /// @param name a job's name
    /// @return the UID of the job that had this name last
    Optional<String> lastOf(Workspace workspace, JobName name);

    /// @param uid a pod's UID
    /// @return the changes of the job's state, oldest first; at most 1,000
    List<StateChange> changes(String uid);

    /// @param uid a pod's UID
    /// @return the pod as it was submitted, as YAML; empty if the job is not known
    Optional<String> manifest(String uid);

    /// @param query which jobs
    /// @return a page of them; its cost does not depend on what is not on it
    /// @throws GatewayException.CursorExpired if the cursor is not valid
    HistoryPage list(HistoryQuery query);

    /// @return the workspaces of jobs whose pods exist as far as the history knows; at most 1,000
    Set<Workspace> workspaces();

    /// Jobs whose pods exist as far as the history knows.
    ///
    /// @param workspace a workspace
    /// @param after the UID after which to begin; empty for the first ones
    /// @param most how many
    /// @return the jobs in the order of their UIDs, without their definitions and logs
    List<PastJob> live(Workspace workspace, String after, int most);

    /// Removes a job with its changes and logs.
    ///
    /// @param uid a pod's UID
    /// @return whether it was known
    boolean remove(String uid);

    /// @param node a node
    /// @param period how far back
    /// @return statistics of the jobs that started or ended in that period
    NodeStatistics statistics(NodeName node, Duration period);
}
