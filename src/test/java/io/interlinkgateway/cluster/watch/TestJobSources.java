package io.interlinkgateway.cluster.watch;

import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.cluster.api.PodLog;
import io.interlinkgateway.job.WorkspaceObjects;
import io.interlinkgateway.slurm.HpcJobs;
import java.time.Clock;

/// What the watches of tests know of jobs besides their pods.
public final class TestJobSources {

    private TestJobSources() {}

    /// @param nodes the virtual nodes
    /// @param objects where Secrets and ConfigMaps are read
    /// @return sources that watch the records of jobs
    public static JobSources of(
            ApiServer apiServer,
            WatchedNodes nodes,
            WorkspaceObjects objects,
            LogBudgets budgets,
            OpenFollows follows,
            HpcJobs hpcs) {
        return new JobSources(
                nodes,
                new MissingObjects(objects),
                RecordWatches.of(
                        apiServer,
                        new PodLog.Source(apiServer, true),
                        budgets,
                        follows,
                        Clock.systemUTC()),
                hpcs);
    }
}
