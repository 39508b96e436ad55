package io.interlinkgateway.cluster.watch;

import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/// The jobs of a workspace that this gateway saw being removed and whose end on the HPC is not confirmed: the last one
/// of each name, and at most [#MOST] of them.
final class UnconfirmedDeletions {

    static final int MOST = 1000;

    /// A removed job.
    ///
    /// @param version the version of its removal
    /// @param job as it was last known, with its cancellation and without its definition
    /// @param pod its last pod, from which it is read again when SLURM reports it
    record Removal(long version, Job job, CompressedPods.Packed pod) {}

    private final SequencedMap<JobName, Removal> removals = new LinkedHashMap<>();

    /// A job was removed, or SLURM has confirmed its end since.
    synchronized void removed(Removal removal) {
        JobName name = removal.job.name();
        removals.remove(name);
        if (removal.job.hasUnconfirmedEnd()) {
            removals.putLast(name, removal);
            if (removals.size() > MOST) {
                removals.pollFirstEntry();
            }
        }
    }

    /// @return the last job of that name, if its end is not confirmed
    synchronized Optional<Job> find(JobName name) {
        return Optional.ofNullable(removals.get(name)).map(Removal::job);
    }

    /// @param uids pods' UIDs
    /// @return the removals of these pods
    synchronized List<Removal> of(Set<String> uids) {
        return removals.values().stream()
                .filter(removal -> uids.contains(removal.job.uid()))
                .toList();
    }
}
