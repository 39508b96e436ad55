package io.interlinkgateway.history;

import io.interlinkgateway.event.PresentJobs;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Watched pods of the workspaces that are recorded.
final class FakePresentJobs implements PresentJobs {

    final Set<Workspace> recorded = ConcurrentHashMap.newKeySet();
    final Map<String, Existing> jobs = new ConcurrentHashMap<>();
    volatile long reached = 1_000_000;

    void put(long version, Job job) {
        jobs.put(job.uid(), new Existing(version, job, HistoryJobs.origin()));
    }

    @Override
    public void record(Workspace workspace) {
        recorded.add(workspace);
    }

    @Override
    public Set<Workspace> workspaces() {
        return Set.copyOf(recorded);
    }

    @Override
    public OptionalLong reached(Workspace workspace) {
        return OptionalLong.of(reached);
    }

    @Override
    public boolean has(Workspace workspace, JobName name, String uid) {
        return jobs.containsKey(uid);
    }

    @Override
    public Stream<Existing> jobs(Workspace workspace) {
        return jobs.values().stream();
    }
}
