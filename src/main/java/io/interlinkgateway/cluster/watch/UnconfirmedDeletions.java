package io.interlinkgateway.cluster.watch;

import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// The jobs of a workspace that this gateway saw being removed and whose end on the HPC is not confirmed: the last one
/// of each name, and at most [#MOST] of them. Without their definitions.
final class UnconfirmedDeletions {

    static final int MOST = 1000;

    private final SequencedMap<JobName, Job> jobs = new LinkedHashMap<>();

    /// A job was removed.
    ///
    /// @param job as it was last known, with its cancellation
    synchronized void removed(Job job) {
        jobs.remove(job.name());
        if (job.hasUnconfirmedEnd()) {
            jobs.putLast(job.name(), job.withoutDefinition());
            if (jobs.size() > MOST) {
                jobs.pollFirstEntry();
            }
        }
    }

    /// @return the last job of that name, if its end is not confirmed
    synchronized Optional<Job> find(JobName name) {
        return Optional.ofNullable(jobs.get(name));
    }
}
