package io.interlinkgateway.sandbox;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.compute.ComputeThreads;
import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPage;
import io.interlinkgateway.job.JobQuery;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.job.PlacedJob;
import io.interlinkgateway.job.Replacement;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.PodTranslation;
import io.interlinkgateway.pod.PodYaml;
import io.interlinkgateway.pod.Repetition;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Jobs that the [LocalNode] runs, kept as pods in the [PodStore].
final class SandboxJobs implements Jobs {

    private final SandboxProperties properties;
    private final PodStore pods;
    private final LocalNode node;
    private final JobReading reading;
    private final ComputeThreads compute;
    private final Clock clock;

    SandboxJobs(
            SandboxProperties properties,
            PodStore pods,
            LocalNode node,
            JobReading reading,
            ComputeThreads compute,
            Clock clock) {
        this.properties = properties;
        this.pods = pods;
        this.node = node;
        this.reading = reading;
        this.compute = compute;
        this.clock = clock;
    }

    @Override
    public Submission submit(PlacedJob job) {
        Pod wanted = podFor(job);
        Pod accepted = accepted(wanted);
        Optional<Pod> existing = pods.add(accepted);
        return existing.isPresent() ? repeated(existing.get(), wanted) : started(accepted);
    }

    @Override
    public Submission replace(PlacedJob job, Replacement replacement) {
        Pod wanted = podFor(job);
        Pod accepted = accepted(wanted);
        Repetition.requireReplaceable(pods.find(PodStore.Key.of(wanted)), wanted, replacement);
        long deadline = System.nanoTime() + properties.replaceTimeout().toNanos();
        while (true) {
            Optional<Pod> existing = pods.add(accepted);
            if (existing.isEmpty()) {
                return started(accepted);
            }
            if (Repetition.stays(existing.get(), wanted, replacement, clock.instant())) {
                return repeated(existing.get(), wanted);
            }
            Repetition.requireReplaceable(existing, wanted, replacement);
            node.end(existing.get());
            awaitRemoval(existing.get(), job.name(), deadline);
        }
    }

    private void awaitRemoval(Pod pod, JobName name, long deadline) {
        try {
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (!pods.awaitRemoval(PodStore.Key.of(pod), pod.getMetadata().getUid(), left)) {
                throw new GatewayException.StillTerminating(name);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new GatewayException.ClusterUnavailable(
                    "The gateway was stopped while it waited for the old job's end.");
        }
    }

    private Submission started(Pod accepted) {
        node.run(accepted);
        return new Submission(read(accepted), true);
    }

    private Submission repeated(Pod existing, Pod wanted) {
        return new Submission(Repetition.sameJob(existing, wanted, clock.instant()), false);
    }

    @Override
    public Optional<Job> staying(PlacedJob job, Replacement replacement) {
        Pod wanted = podFor(job);
        return Repetition.stayingJob(
                pods.find(PodStore.Key.of(wanted)), wanted, replacement, clock.instant());
    }

    @Override
    public Optional<Job> repeated(PlacedJob job) {
        Pod wanted = podFor(job);
        return pods.find(PodStore.Key.of(wanted))
                .flatMap(existing -> Repetition.repeatedJob(existing, wanted, clock.instant()));
    }

    @Override
    public Preview preview(PlacedJob job) {
        Pod pod = podFor(job);
        return compute.run(() -> {
            List<Finding> warnings = new ArrayList<>(PodTranslation.warningsFor(job));
            warnings.addAll(PodValidity.warnings(pod));
            return new Preview(PodYaml.of(pod), PodTranslation.batchLines(pod), warnings);
        });
    }

    @Override
    public Optional<Job> find(Workspace workspace, JobName name) {
        return pods.find(PodStore.Key.of(workspace, name)).map(this::read);
    }

    @Override
    public JobPage list(JobQuery query) {
        return compute.run(() ->
                JobPage.read(
                        query,
                        pods.after(query.workspace(), query.after())
                                .map(pod ->
                                        new JobPage.Candidate(
                                                new JobName(pod.getMetadata().getName()),
                                                Serialization.asJson(pod).length(),
                                                () -> read(pod)))
                                .iterator()));
    }

    @Override
    public int count(JobFilter filter, int most) {
        return (int)
                pods.after(filter.workspace(), "")
                        .map(this::read)
                        .filter(filter::matches)
                        .limit(most)
                        .count();
    }

    @Override
    public Optional<String> manifest(Workspace workspace, JobName name) {
        return pods.find(PodStore.Key.of(workspace, name)).map(PodYaml::of);
    }

    @Override
    public Optional<Job> delete(Workspace workspace, JobName name, Set<String> meant) {
        Optional<Pod> there = pods.find(PodStore.Key.of(workspace, name));
        // The node ends the pod only by the UID that is compared here.
        Repetition.requireMeant(there, meant, name);
        return there.flatMap(node::end).map(this::read);
    }

    private Job read(Pod pod) {
        return reading.read(pod);
    }

    private Pod podFor(PlacedJob job) {
        return compute.run(() -> {
            Pod pod = PodTranslation.podFor(job);
            PodValidity.require(pod);
            return pod;
        });
    }

    private Pod accepted(Pod wanted) {
        Instant now = clock.instant();
        return PodStatuses.accepted(wanted, UUID.randomUUID().toString(), now);
    }
}
