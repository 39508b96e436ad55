package io.interlinkgateway.slurm;

import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.Workspace;
import java.util.Optional;

/// A job in SLURM's response whose name is a pod's UID.
///
/// @param uid its name
/// @param user its owner in SLURM, if the response has that
/// @param workspace the namespace of its pod, if its script is where interLink's SLURM plugin puts it
/// @param job what SLURM reports of it
record SlurmJob(String uid, Optional<String> user, Optional<Workspace> workspace, HpcJob job) {

    boolean hasEnded() {
        return job.state().ended();
    }

    /// @return SLURM's id, 1 to 2³² - 1; a later job has a higher one
    long number() {
        return Long.parseLong(job.id());
    }
}
