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

    /// Stores observations, all or none of them, but for those of workspaces whose secrets can't be masked now. Repeated
    /// and outdated ones change nothing, so that several replicas may write the same ones in any order.
    ///
    /// @param observations any number, of any jobs
    /// @return the workspaces whose credentials can't be read now, so that nothing of them was stored
    Set<Workspace> write(List<Observation> observations);

    /// @param workspace a workspace
    /// @param uid a pod's UID
    /// @return the job with its definition and its archived logs; empty if the workspace has no such job
    /// @throws GatewayException.HistoryUnreadable if its entry can't be read
    Optional<PastJob> find(Workspace workspace, String uid);

    /// @param workspace a workspace
    /// @param name a job's name
    /// @return the UID of the job that had this name last
    Optional<String> lastOf(Workspace workspace, JobName name);

    /// @param uid a pod's UID
    /// @return the changes of the job's state, oldest first; at most 1,000, and only those that can be read
    List<StateChange> changes(String uid);

    /// @param uid a pod's UID
    /// @return the pod as it was submitted, as YAML; empty if it is not stored, or the job is not known
    /// @throws GatewayException.HistoryUnreadable if it can't be read
    Optional<String> manifest(String uid);

    /// @param query which jobs
    /// @return a page of them, without those whose entries can't be read; its cost does not depend on what is not on it
    /// @throws GatewayException.CursorExpired if the cursor is not valid
    HistoryPage list(HistoryQuery query);

    /// @return the workspaces of jobs whose pods exist as far as the history knows; at most 1,000
    Set<Workspace> workspaces();

    /// Jobs whose pods exist as far as the history knows.
    ///
    /// @param workspace a workspace
    /// @param after the UID after which to begin; empty for the first ones
    /// @param most how many
    /// @return the jobs in the order of their UIDs, without their definitions and logs, and without those whose entries
    ///     can't be read
    List<PastJob> live(Workspace workspace, String after, int most);

    /// Removes a job with its changes and logs, also one whose entry can't be read. Later observations
    /// of it are ignored, for the time for which removed jobs are kept otherwise.
    ///
    /// @param workspace a workspace
    /// @param uid a pod's UID
    /// @return whether it was removed
    Removal remove(Workspace workspace, String uid);

    /// The result of a removal.
    enum Removal {
        /// The job was removed.
        REMOVED,
        /// Nothing was changed: the job's pod exists as far as the history knows.
        STILL_LIVE,
        /// The workspace has no such job.
        UNKNOWN
    }

    /// @param node a node
    /// @param period how far back
    /// @return statistics of the jobs that started or ended in that period
    NodeStatistics statistics(NodeName node, Duration period);
}
