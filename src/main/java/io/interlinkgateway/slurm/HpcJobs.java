package io.interlinkgateway.slurm;

import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.NodeName;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// What SLURM reports of jobs, for the virtual nodes whose slurmrestd is configured. It is asked every few seconds for all
/// jobs; the results here are from memory.
public interface HpcJobs {

    /// What SLURM last reported of a pod's job. interLink's plugin names the job after the pod's UID, and other users of
    /// the HPC can give their jobs the same name. So jobs of others than the configured user are ignored, and if the id is
    /// known, only the job with that id is meant. If not, jobs of the configured user take precedence over those whose
    /// user SLURM does not report. Among several jobs of one user the latest is meant; if they belong to several users,
    /// none is.
    ///
    /// @param node the virtual node
    /// @param uid the pod's UID
    /// @param id the job's id in SLURM, if it is known
    /// @return empty if the node has no slurmrestd, SLURM has no such job, or the last response is too old to show what a
    ///     job does that had not ended. A job that has ended stays known for some time after SLURM has removed it
    Optional<HpcJob> find(NodeName node, String uid, Optional<String> id);

    /// Reports changes from now on.
    ///
    /// @param listener gets the UIDs of pods whose jobs appear, change or disappear in SLURM, or whose last response has
    ///     become too old; there may be no such pods. Changes of the estimated start are not reported. The thread that
    ///     asks the slurmrestd calls it and waits for it
    void listen(Consumer<Set<String>> listener);
}
