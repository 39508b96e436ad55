package io.interlinkgateway.sandbox;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.compute.ComputeThreads;
import io.interlinkgateway.failure.Checked;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.DeletionListener;
import io.interlinkgateway.job.GracePeriod;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPage;
import io.interlinkgateway.job.JobQuery;
import io.interlinkgateway.job.MissingObject;
import io.interlinkgateway.job.Replacement;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.JobStore;
import io.interlinkgateway.pod.ObjectReferences;
import io.interlinkgateway.pod.PlacedJob;
import io.interlinkgateway.pod.PodTranslation;
import io.interlinkgateway.pod.PodYaml;
import io.interlinkgateway.pod.TranslatedJob;
import io.interlinkgateway.sandbox.node.LocalNode;
import io.interlinkgateway.sandbox.node.PodStatuses;
import io.interlinkgateway.sandbox.node.PodStore;
import io.interlinkgateway.status.ClusterFacts;
import io.interlinkgateway.status.ExistingPod;
import io.interlinkgateway.status.PodReading;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Jobs that run on the [LocalNode], stored as pods in the [PodStore].
final class SandboxJobs implements JobStore {

    private final SandboxProperties properties;
    private final PodStore pods;
    private final LocalNode node;
    private final SandboxCredentials credentials;
    private final DeletionListener deletions;
    private final ComputeThreads compute;
    private final Clock clock;

    SandboxJobs(
            SandboxProperties properties,
            PodStore pods,
            LocalNode node,
            SandboxCredentials credentials,
            DeletionListener deletions,
            ComputeThreads compute,
            Clock clock) {
        this.properties = properties;
        this.pods = pods;
        this.node = node;
        this.credentials = credentials;
        this.deletions = deletions;
        this.compute = compute;
        this.clock = clock;
    }

    @Override
    public Submission submit(PlacedJob job) {
        Pod wanted = valid(job);
        Pod accepted = accepted(wanted);
        Optional<Pod> existing = pods.add(accepted);
        return existing.isPresent() ? repeated(existing.get(), wanted) : started(accepted);
    }

    @Override
    public Submission replace(PlacedJob job, Replacement replacement) {
        Pod wanted = valid(job);
        Pod accepted = accepted(wanted);
        ExistingPod.requireReplaceable(pods.find(PodStore.Key.of(wanted)), wanted, replacement);
        long deadline = System.nanoTime() + properties.replaceTimeout().toNanos();
        while (true) {
            Optional<Pod> existing = pods.add(accepted);
            if (existing.isEmpty()) {
                return started(accepted);
            }
            if (ExistingPod.stays(existing.get(), wanted, replacement, clock.instant())) {
                return repeated(existing.get(), wanted);
            }
            ExistingPod.requireReplaceable(existing, wanted, replacement);
            end(existing.get(), replacement.gracePeriod());
            awaitRemoval(existing.get(), job.translated().job().name(), deadline);
        }
    }

    private void awaitRemoval(Pod pod, JobName name, long deadline) {
        try {
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (!pods.awaitRemoval(PodStore.Key.of(pod), pod.getMetadata().getUid(), left)) {
                throw new GatewayException.StillTerminating(name.value());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new GatewayException.ClusterUnavailable(
                    "The gateway was stopped while it waited for the old job to end.");
        }
    }

    private Submission started(Pod accepted) {
        node.run(accepted);
        return new Submission(read(accepted), true);
    }

    private Submission repeated(Pod existing, Pod wanted) {
        return new Submission(ExistingPod.sameJob(existing, wanted, clock.instant()), false);
    }

    @Override
    public Optional<Job> staying(TranslatedJob job, Replacement replacement) {
        Pod wanted = job.pod();
        return ExistingPod.stayingJob(
                pods.find(PodStore.Key.of(wanted)), wanted, replacement, clock.instant());
    }

    @Override
    public Optional<Job> repeated(TranslatedJob job) {
        Pod wanted = job.pod();
        return pods.find(PodStore.Key.of(wanted))
                .flatMap(existing -> ExistingPod.repeatedJob(existing, wanted, clock.instant()));
    }

    @Override
    public Checked<Preview> preview(TranslatedJob job) {
        Pod pod = job.pod();
        return compute.run(() -> {
            List<Finding> errors = PodValidity.errors(pod);
            return errors.isEmpty()
                    ? Checked.of(
                            new Preview(PodYaml.of(pod), PodTranslation.batchLines(pod)),
                            PodValidity.warnings(pod))
                    : Checked.refused(errors);
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
    public Optional<Job> delete(
            Workspace workspace,
            JobName name,
            Set<String> uids,
            Optional<GracePeriod> gracePeriod) {
        Optional<Pod> existing = pods.find(PodStore.Key.of(workspace, name));
        // The node deletes a pod by its UID, which is checked here.
        ExistingPod.requireUid(existing, uids, name);
        return existing.flatMap(pod -> end(pod, gracePeriod)).map(this::read);
    }

    @Override
    public void expire(Workspace workspace, JobName name, String uid) {
        delete(workspace, name, Set.of(uid), Optional.empty());
    }

    private Optional<Pod> end(Pod pod, Optional<GracePeriod> gracePeriod) {
        deletions.beforeDeletion(read(pod));
        return node.end(pod, gracePeriod);
    }

    /// Reads a job from its pod, with the Secret that it waits for.
    Job read(Pod pod) {
        Workspace workspace = new Workspace(pod.getMetadata().getNamespace());
        Optional<MissingObject> missing =
                MissingObject.among(
                                ObjectReferences.of(pod),
                                (kind, name) -> credentials.find(workspace, kind, name))
                        .filter(MissingObject::holdsTheJob)
                        .findFirst();
        return PodReading.jobFrom(
                pod, new ClusterFacts(clock.instant(), missing, Optional.empty()));
    }

    private Pod valid(PlacedJob job) {
        Pod pod = job.translated().pod();
        List<Finding> errors = compute.run(() -> PodValidity.errors(pod));
        if (!errors.isEmpty()) {
            throw new GatewayException.Rejected(errors);
        }
        return pod;
    }

    private Pod accepted(Pod wanted) {
        Instant now = clock.instant();
        return PodStatuses.accepted(wanted, UUID.randomUUID().toString(), now);
    }
}
