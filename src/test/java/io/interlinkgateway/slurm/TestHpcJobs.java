package io.interlinkgateway.slurm;

import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.NodeName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Reports what a test sets; at first, nothing.
public final class TestHpcJobs implements HpcJobs {

    private final Map<String, HpcJob> jobs = new ConcurrentHashMap<>();
    private final List<Consumer<Set<String>>> listeners = new CopyOnWriteArrayList<>();

    /// From now on SLURM reports this of a pod's job.
    ///
    /// @param uid the pod's UID
    /// @param job the job
    public void report(String uid, HpcJob job) {
        jobs.put(uid, job);
        listeners.forEach(listener -> listener.accept(Set.of(uid)));
    }

    @Override
    public Optional<HpcJob> find(NodeName node, String uid, Optional<String> id) {
        return Optional.ofNullable(jobs.get(uid));
    }

    @Override
    public void listen(Consumer<Set<String>> listener) {
        listeners.add(listener);
    }
}
