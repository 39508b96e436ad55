package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.cluster.api.ApiOperation;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.cluster.watch.JobReading;
import io.interlinkgateway.cluster.watch.ResourceWatch;
import io.interlinkgateway.cluster.watch.WatchedPods;
import io.interlinkgateway.cluster.watch.WatchedWorkspaces;
import io.interlinkgateway.compute.ComputeThreads;
import io.interlinkgateway.failure.Checked;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.DeletionListener;
import io.interlinkgateway.job.GracePeriod;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPage;
import io.interlinkgateway.job.JobQuery;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.Replacement;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.DefinitionReading;
import io.interlinkgateway.pod.JobStore;
import io.interlinkgateway.pod.PlacedJob;
import io.interlinkgateway.pod.PodTranslation;
import io.interlinkgateway.pod.PodYaml;
import io.interlinkgateway.pod.TranslatedJob;
import io.interlinkgateway.status.ExistingPod;
import io.interlinkgateway.status.PodReading;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriComponentsBuilder;

/// Jobs as pods in a Kubernetes cluster. Concurrent submissions are only excluded by the API server, which keeps
/// names unique.
final class KubernetesJobs implements JobStore {

    /// How often to try again if a name is taken when the pod is created but free when it is read.
    private static final int ATTEMPTS = 5;

    /// How long the pod of a job spec stays after its deletion. The HPC gets the cancellation at once and `scancel` follows
    /// within 2 s (measured on interLink f6321757); Kubernetes' default of 30 s would only keep the job's name.
    private static final GracePeriod GRACE_PERIOD = new GracePeriod(5);

    private final ApiServer apiServer;
    private final KeyClaims claims;
    private final WatchedWorkspaces workspaces;
    private final DeletionListener deletions;
    private final Duration replaceTimeout;
    private final ComputeThreads compute;
    private final Clock clock;

    KubernetesJobs(
            ApiServer apiServer,
            WatchedWorkspaces workspaces,
            DeletionListener deletions,
            Duration replaceTimeout,
            ComputeThreads compute,
            Clock clock) {
        this.apiServer = apiServer;
        this.claims = new KeyClaims(apiServer, clock);
        this.workspaces = workspaces;
        this.deletions = deletions;
        this.replaceTimeout = replaceTimeout;
        this.compute = compute;
        this.clock = clock;
    }

    @Override
    public Submission submit(PlacedJob job) {
        Pod wanted = job.translated().pod();
        claims.claim(wanted);
        return submit(wanted);
    }

    private Submission submit(Pod wanted) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Pod> created = createOrReadBack(wanted);
            if (created.isPresent()) {
                workspaces.wrote(created.get());
                return new Submission(read(created.get()), true);
            }
            Optional<Pod> existing = pod(wanted);
            if (existing.isPresent()) {
                return new Submission(
                        ExistingPod.sameJob(existing.get(), wanted, clock.instant()), false);
            }
        }
        throw new GatewayException.ClusterUnavailable(
                "Other requests are creating and deleting a job with this name.");
    }

    /// A create whose response was lost may have succeeded. Then the pod exists and has this request's definition.
    ///
    /// @return the pod, unless the name is taken
    private Optional<Pod> createOrReadBack(Pod wanted) {
        try {
            return create(wanted);
        } catch (GatewayException.ClusterUnavailable failure) {
            Optional<Pod> made = pod(wanted).filter(pod -> ExistingPod.sameDefinition(pod, wanted));
            if (made.isEmpty()) {
                throw failure;
            }
            return made;
        }
    }

    /// @return the pod, unless the name is taken
    private Optional<Pod> create(Pod pod) {
        ApiServer.Answer answer = post(pod, "");
        if (answer.successful()) {
            return Optional.of(Serialization.unmarshal(answer.body(), Pod.class));
        }
        if (answer.code() == 409 && answer.hasReason("AlreadyExists")) {
            return Optional.empty();
        }
        throw refused(pod, answer);
    }

    /// Strict validation refuses unknown fields, which Kubernetes would otherwise drop.
    ///
    /// @param options further query parameters
    private ApiServer.Answer post(Pod pod, String options) {
        return apiServer.send(
                "POST",
                "/api/v1/namespaces/"
                        + pod.getMetadata().getNamespace()
                        + "/pods?fieldManager="
                        + PodTranslation.MANAGER
                        + "&fieldValidation=Strict"
                        + options,
                pod);
    }

    private GatewayException refused(Pod pod, ApiServer.Answer answer) {
        return switch (answer.code()) {
            case 409 ->
                    new GatewayException.ClusterUnavailable(
                            "The Kubernetes API server is busy with the quota of this workspace.");
            case 404 ->
                    new GatewayException.NotFound("workspace", pod.getMetadata().getNamespace());
            default -> apiServer.refused(answer.code(), answer.status());
        };
    }

    @Override
    public Submission replace(PlacedJob job, Replacement replacement) {
        Pod wanted = job.translated().pod();
        claims.claim(wanted);
        Optional<Pod> old = pod(wanted);
        ExistingPod.requireReplaceable(old, wanted, replacement);
        if (old.isPresent()
                && !ExistingPod.stays(old.get(), wanted, replacement, clock.instant())) {
            if (!isJob(old.get())) {
                throw new GatewayException.NameTaken(job.translated().job().name().value());
            }
            dryRun(wanted).orReject();
            delete(old.get(), replacement.gracePeriod());
            awaitEnd(old.get(), job.translated().job().name());
        }
        return submit(wanted);
    }

    private void awaitEnd(Pod old, JobName name) {
        String uid = old.getMetadata().getUid();
        try {
            apiServer.call(
                    ApiOperation.on(
                            "watch",
                            "pods",
                            old.getMetadata().getNamespace(),
                            old.getMetadata().getName()),
                    () ->
                            resource(old)
                                    .waitUntilCondition(
                                            pod ->
                                                    pod == null
                                                            || !uid.equals(
                                                                    pod.getMetadata().getUid()),
                                            replaceTimeout.toMillis(),
                                            TimeUnit.MILLISECONDS));
        } catch (KubernetesClientTimeoutException _) {
            throw new GatewayException.StillTerminating(name.value());
        }
    }

    @Override
    public Optional<Job> staying(TranslatedJob job, Replacement replacement) {
        Pod wanted = job.pod();
        return ExistingPod.stayingJob(pod(wanted), wanted, replacement, clock.instant());
    }

    @Override
    public Optional<Job> repeated(TranslatedJob job) {
        Pod wanted = job.pod();
        return pod(wanted)
                .flatMap(existing -> ExistingPod.repeatedJob(existing, wanted, clock.instant()));
    }

    @Override
    public Checked<Preview> preview(TranslatedJob job) {
        Checked<Pod> tried = dryRun(job.pod());
        return compute.run(() ->
                tried.then(pod ->
                        Checked.of(
                                new Preview(
                                        yaml(named(pod, job.job().name().value())),
                                        PodTranslation.batchLines(job.pod())),
                                List.of())));
    }

    /// Uses another name, so that an existing job with the name does not conflict.
    ///
    /// @return the pod as the API server would create it, or its findings if it is invalid
    private Checked<Pod> dryRun(Pod wanted) {
        Pod other = named(wanted, "preview-" + UUID.randomUUID());
        ApiServer.Answer answer = post(other, "&dryRun=All");
        if (answer.successful()) {
            return Checked.of(Serialization.unmarshal(answer.body(), Pod.class), List.of());
        }
        GatewayException refusal = refused(other, answer);
        if (refusal instanceof GatewayException.Rejected invalid) {
            return Checked.refused(invalid.findings());
        }
        throw refusal;
    }

    private static Pod named(Pod pod, String name) {
        return new PodBuilder(pod).editMetadata().withName(name).endMetadata().build();
    }

    /// A job that is missing in the watch may just have been created by another replica, so the API server is asked.
    @Override
    public Optional<Job> find(Workspace workspace, JobName name) {
        return workspaces
                .forReading(workspace, name)
                .flatMap(pods -> pods.find(name).map(pods::job))
                .or(() -> job(workspace, name).map(this::read));
    }

    @Override
    public Optional<String> manifest(Workspace workspace, JobName name) {
        return job(workspace, name).map(KubernetesJobs::yaml);
    }

    @Override
    public JobPage list(JobQuery query) {
        return workspaces
                .forReading(query.workspace())
                .map(watched -> compute.run(() -> page(query, watched)))
                .orElseGet(() -> listed(query));
    }

    @Override
    public int count(JobFilter filter, int most) {
        return workspaces
                .forChecking(filter.workspace())
                .map(watched ->
                        (int)
                                watched.after("")
                                        .filter(entry -> entry.matches(filter))
                                        .limit(most)
                                        .count())
                .orElseGet(() -> countListed(filter, most));
    }

    private int countListed(JobFilter filter, int most) {
        return (int)
                chunks(filter)
                        .flatMap(chunk -> chunk.pods().getItems().stream())
                        .filter(this::isJob)
                        .map(this::read)
                        .filter(filter::matches)
                        .limit(most)
                        .count();
    }

    private static JobPage page(JobQuery query, WatchedPods watched) {
        return JobPage.read(
                query,
                watched.after(query.after())
                        .filter(entry -> entry.matches(query.filter()))
                        .map(entry ->
                                new JobPage.Candidate(
                                        entry.name(),
                                        entry.packed().unpackedSize(),
                                        () -> watched.job(entry)))
                        .iterator());
    }

    /// Lists from the API server, which sorts pods by name but can't start at a given name.
    private JobPage listed(JobQuery query) {
        String after = query.after();
        return JobPage.read(
                query,
                chunks(query.filter())
                        .flatMap(chunk ->
                                chunk.pods().getItems().stream()
                                        .filter(this::isJob)
                                        .filter(pod ->
                                                pod.getMetadata().getName().compareTo(after) > 0)
                                        .map(pod ->
                                                new JobPage.Candidate(
                                                        new JobName(pod.getMetadata().getName()),
                                                        chunk.bytesOfAPod(),
                                                        () -> read(pod))))
                        .iterator());
    }

    /// A part of a list of pods.
    ///
    /// @param bytes the size of this part as JSON
    /// @param pods the pods, jobs or not
    private record Chunk(int bytes, PodList pods) {

        int bytesOfAPod() {
            return bytes / Math.max(1, pods.getItems().size());
        }
    }

    /// Requests each chunk when the previous one has been read.
    private Stream<Chunk> chunks(JobFilter filter) {
        return Stream.iterate(
                        Optional.of(chunk(filter, "")),
                        Optional::isPresent,
                        previous -> previous.flatMap(chunk -> next(filter, chunk)))
                .map(Optional::orElseThrow);
    }

    private Optional<Chunk> next(JobFilter filter, Chunk previous) {
        return Optional.ofNullable(previous.pods.getMetadata().getContinue())
                .filter(token -> !token.isEmpty())
                .map(token -> chunk(filter, token));
    }

    private Chunk chunk(JobFilter filter, String token) {
        String selector =
                filter.labels().entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining(","));
        ApiServer.Answer answer =
                apiServer.accepted(
                        apiServer.send(
                                "GET",
                                UriComponentsBuilder.fromPath("/api/v1/namespaces/{namespace}/pods")
                                        .queryParam("limit", ResourceWatch.CHUNK)
                                        .queryParam("continue", "{token}")
                                        .queryParam("labelSelector", "{selector}")
                                        .build(filter.workspace().value(), token, selector)
                                        .toString(),
                                null));
        return new Chunk(
                answer.body().length(),
                compute.run(() -> Serialization.unmarshal(answer.body(), PodList.class)));
    }

    @Override
    public Optional<Job> delete(
            Workspace workspace,
            JobName name,
            Set<String> uids,
            Optional<GracePeriod> gracePeriod) {
        Optional<Pod> existing = job(workspace, name);
        if (existing.isEmpty()) {
            Optional<Job> removed =
                    workspaces
                            .unconfirmed(workspace, name)
                            .filter(job -> uids.isEmpty() || uids.contains(job.uid()));
            if (removed.isPresent()) {
                return removed;
            }
        }
        // The API server deletes the pod only by the UID that is compared here.
        ExistingPod.requireUid(existing, uids, name);
        if (existing.isEmpty()) {
            return Optional.empty();
        }
        // Only a watch that has the pod before the deletion sees how it is removed.
        workspaces.forChecking(workspace);
        Pod known = workspaces.withKnownRecord(existing.get());
        Deletion deletion = delete(known, gracePeriod);
        return deletion.remaining().map(this::read).or(() -> removed(known, deletion));
    }

    /// The workspace is watched already, which is how the job's end became known.
    @Override
    public void expire(Workspace workspace, JobName name, String uid) {
        Optional<Pod> existing = job(workspace, name);
        ExistingPod.requireUid(existing, Set.of(uid), name);
        existing.ifPresent(pod -> delete(pod, Optional.empty()));
    }

    /// @return the job that was removed at once, if its end on the HPC is not confirmed
    private Optional<Job> removed(Pod before, Deletion deletion) {
        JobReading reading = workspaces.reading();
        return Optional.of(
                        deletion.deleted()
                                .map(pod -> PodReading.withRecordOf(pod, before))
                                .map(pod -> reading.readRemoved(pod, clock.instant()))
                                .orElseGet(() -> reading.readMissed(before, clock.instant())))
                .filter(Job::hasUnconfirmedEnd);
    }

    /// A deletion that the API server has accepted.
    ///
    /// @param deleted the pod as it was deleted; empty if it did not exist any more
    /// @param remaining the pod while it is being deleted; empty if it no longer exists
    private record Deletion(Optional<Pod> deleted, Optional<Pod> remaining) {}

    /// Deletes the pod with this UID, not a newer one with the same name. A conflict means either that there is a
    /// newer one, or that the scheduler changed the pod at the same time.
    ///
    /// @return the pod as it was deleted, and what remains of it
    private Deletion delete(Pod pod, Optional<GracePeriod> gracePeriod) {
        deletions.beforeDeletion(read(pod));
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            ApiServer.Answer answer = deleteOnce(pod, gracePeriod);
            Optional<Pod> remaining =
                    pod(pod).filter(now ->
                            now.getMetadata().getUid().equals(pod.getMetadata().getUid()));
            if (answer.code() != 409 || remaining.isEmpty()) {
                remaining.ifPresentOrElse(workspaces::wrote, () -> workspaces.deleted(pod));
                return new Deletion(deleted(answer, pod), remaining);
            }
        }
        throw new GatewayException.ClusterUnavailable("The job is being changed by others.");
    }

    /// The API server answers with the pod as it was when the deletion was accepted.
    private static Optional<Pod> deleted(ApiServer.Answer answer, Pod pod) {
        return Optional.of(answer)
                .filter(ApiServer.Answer::successful)
                .map(accepted -> Serialization.unmarshal(accepted.body(), Pod.class))
                .filter(deleted ->
                        deleted.getMetadata() != null
                                && pod.getMetadata().getUid().equals(deleted.getMetadata().getUid())
                                && deleted.getSpec() != null);
    }

    /// A raw pod keeps its own period, on which it may depend, unless that is 0: then Kubernetes would remove the pod
    /// before the HPC's job is cancelled, and a virtual node that is down would never cancel it.
    ///
    /// @return how long the pod stays; null for the period in the pod
    private static @Nullable Long defaultGracePeriod(Pod pod) {
        if (pod.getMetadata().getDeletionTimestamp() != null) {
            // A shorter period than that of the first request would be used instead of it.
            return null;
        }
        if (DefinitionReading.definitionOf(pod) instanceof JobSpec) {
            return GRACE_PERIOD.seconds();
        }
        Long own = pod.getSpec().getTerminationGracePeriodSeconds();
        return own != null && own == 0 ? 1L : null;
    }

    private ApiServer.Answer deleteOnce(Pod pod, Optional<GracePeriod> gracePeriod) {
        DeleteOptions options =
                new DeleteOptionsBuilder()
                        .withGracePeriodSeconds(
                                gracePeriod
                                        .map(GracePeriod::seconds)
                                        .orElseGet(() -> defaultGracePeriod(pod)))
                        .withNewPreconditions()
                        .withUid(pod.getMetadata().getUid())
                        .endPreconditions()
                        .build();
        ApiServer.Answer answer =
                apiServer.send(
                        "DELETE",
                        "/api/v1/namespaces/"
                                + pod.getMetadata().getNamespace()
                                + "/pods/"
                                + pod.getMetadata().getName(),
                        options);
        if (!answer.successful() && answer.code() != 404 && answer.code() != 409) {
            throw apiServer.refused(answer.code(), answer.status());
        }
        return answer;
    }

    private Optional<Pod> job(Workspace workspace, JobName name) {
        return apiServer.pod(workspace.value(), name.value()).filter(this::isJob);
    }

    private Optional<Pod> pod(Pod named) {
        return apiServer.pod(named.getMetadata().getNamespace(), named.getMetadata().getName());
    }

    private PodResource resource(Pod named) {
        return apiServer
                .client()
                .pods()
                .inNamespace(named.getMetadata().getNamespace())
                .withName(named.getMetadata().getName());
    }

    private boolean isJob(Pod pod) {
        return workspaces.reading().isJob(pod);
    }

    private Job read(Pod pod) {
        return workspaces.reading().read(pod, clock.instant());
    }

    private static String yaml(Pod pod) {
        return PodYaml.of(
                new PodBuilder(pod)
                        .editMetadata()
                        .withManagedFields(List.of())
                        .endMetadata()
                        .build());
    }
}
