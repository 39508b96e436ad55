package io.interlinkgateway.contract;

import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.job.DeletionListener;
import io.interlinkgateway.job.Job;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/// What an adapter reports to the history, in order.
public final class ObservedJobs implements JobObserver, DeletionListener {

    /// @param removed whether the job's pod was removed
    public record Observed(long version, Job job, boolean removed, Supplier<Origin> reading) {

        public Origin origin() {
            return reading.get();
        }
    }

    private final List<Observed> observed = new CopyOnWriteArrayList<>();
    private final List<Job> deletions = new CopyOnWriteArrayList<>();

    @Override
    public void changed(long version, Job job, Supplier<Origin> origin) {
        observed.add(new Observed(version, job, false, origin));
    }

    @Override
    public void removed(long version, Job job, Supplier<Origin> origin) {
        observed.add(new Observed(version, job, true, origin));
    }

    @Override
    public void beforeDeletion(Job job) {
        deletions.add(job);
    }

    public List<Observed> all() {
        return List.copyOf(observed);
    }

    public List<Observed> of(String uid) {
        return observed.stream().filter(change -> change.job().uid().equals(uid)).toList();
    }

    /// @return the jobs for which the listener of deletions was called
    public List<Job> deletions(String uid) {
        return deletions.stream().filter(job -> job.uid().equals(uid)).toList();
    }
}
