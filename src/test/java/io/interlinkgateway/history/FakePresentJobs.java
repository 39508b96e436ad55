package io.interlinkgateway.history;

import io.interlinkgateway.event.PresentJobs;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Watched pods of the workspaces that are recorded.
public final class FakePresentJobs implements PresentJobs {

    private record Numbered(Workspace workspace, int number) implements Watch {}

    final Set<Workspace> recorded = ConcurrentHashMap.newKeySet();
    final Map<String, Existing> jobs = new ConcurrentHashMap<>();
    volatile long reached = 1_000_000;

    /// How often the watches of all workspaces were closed and started again.
    final AtomicInteger restarts = new AtomicInteger();

    /// Called with the UID of each job that is looked up, before it is.
    volatile Consumer<String> lookup = _ -> {};

    public void put(long version, Job job) {
        jobs.put(job.uid(), new Existing(version, job, HistoryJobs.origin()));
    }

    @Override
    public void record(Workspace workspace) {
        recorded.add(workspace);
    }

    @Override
    public Set<Watch> watches() {
        int number = restarts.get();
        return recorded.stream()
                .map(workspace -> new Numbered(workspace, number))
                .collect(Collectors.toSet());
    }

    @Override
    public OptionalLong reached(Workspace workspace) {
        return OptionalLong.of(reached);
    }

    @Override
    public boolean has(Workspace workspace, JobName name, String uid) {
        lookup.accept(uid);
        return jobs.containsKey(uid);
    }

    @Override
    public Stream<Existing> jobs(Workspace workspace) {
        return jobs.values().stream();
    }
}
