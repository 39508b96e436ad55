package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPage;
import io.interlinkgateway.job.JobQuery;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.job.PlacedJob;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.PodReading;
import io.interlinkgateway.pod.PodTranslation;
import io.interlinkgateway.pod.Repetition;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Jobs as pods of a real cluster. The API server's rule that names are unique is the only lock.
final class KubernetesJobs implements Jobs {

    /// How often a name may be taken when the pod is created and free when it is looked at.
    private static final int ATTEMPTS = 5;

    /// Chunks that one page may ask for: bounds the cost of a page in a workspace full of other pods.
    private static final int CHUNKS = 10;

    private final ApiServer apiServer;
    private final Duration replaceTimeout;
    private final Clock clock;

    KubernetesJobs(ApiServer apiServer, Duration replaceTimeout, Clock clock) {
        this.apiServer = apiServer;
        this.replaceTimeout = replaceTimeout;
        this.clock = clock;
    }

    @Override
    public Submission submit(PlacedJob job) {
        return submit(PodTranslation.podFor(job));
    }

    private Submission submit(Pod wanted) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Pod> created = createOrReadBack(wanted);
            if (created.isPresent()) {
                return new Submission(read(created.get()), true);
            }
            Optional<Pod> existing = pod(wanted);
            if (existing.isPresent()) {
                return new Submission(
                        Repetition.sameJob(existing.get(), wanted, clock.instant()), false);
            }
        }
        throw new GatewayException.ClusterUnavailable(
                "Other requests keep creating and deleting a job of this name.");
    }

    /// A create whose answer got lost may have been done. Then the pod is there, and it is ours.
    ///
    /// @return the pod, unless the name is taken
    private Optional<Pod> createOrReadBack(Pod wanted) {
        try {
            return create(wanted, "");
        } catch (GatewayException.ClusterUnavailable lost) {
            Optional<Pod> made = pod(wanted).filter(pod -> Repetition.sameDefinition(pod, wanted));
            if (made.isEmpty()) {
                throw lost;
            }
            return made;
        }
    }

    /// One POST. Strict validation refuses fields that Kubernetes does not know, which it would drop.
    ///
    /// @param options more query parameters
    /// @return the pod, unless the name is taken
    private Optional<Pod> create(Pod pod, String options) {
        String namespace = pod.getMetadata().getNamespace();
        ApiServer.Answer answer =
                apiServer.send(
                        "POST",
                        "/api/v1/namespaces/"
                                + namespace
                                + "/pods?fieldManager="
                                + PodTranslation.MANAGER
                                + "&fieldValidation=Strict"
                                + options,
                        pod);
        if (answer.successful()) {
            return Optional.of(Serialization.unmarshal(answer.body(), Pod.class));
        }
        if (answer.code() == 409 && answer.hasReason("AlreadyExists")) {
            return Optional.empty();
        }
        if (answer.code() == 409) {
            throw new GatewayException.ClusterUnavailable(
                    "The Kubernetes API server is busy with the quota of this workspace.");
        }
        if (answer.code() == 404) {
            throw new GatewayException.NotFound("workspace", namespace);
        }
        throw ApiServer.refused(answer.code(), answer.status());
    }

    @Override
    public Submission replace(PlacedJob job) {
        Pod wanted = PodTranslation.podFor(job);
        Optional<Pod> old = pod(wanted);
        if (old.isPresent() && !Repetition.sameKey(old.get(), wanted)) {
            if (!PodReading.isJob(old.get())) {
                throw new GatewayException.NameTaken(job.name());
            }
            dryRun(wanted);
            delete(old.get());
            awaitEnd(old.get(), job.name());
        }
        return submit(wanted);
    }

    private void awaitEnd(Pod old, JobName name) {
        String uid = old.getMetadata().getUid();
        try {
            apiServer.call(() ->
                    resource(old)
                            .waitUntilCondition(
                                    pod -> pod == null || !uid.equals(pod.getMetadata().getUid()),
                                    replaceTimeout.toMillis(),
                                    TimeUnit.MILLISECONDS));
        } catch (KubernetesClientTimeoutException late) {
            throw new GatewayException.StillTerminating(name);
        }
    }

    @Override
    public Optional<Job> repeated(PlacedJob job) {
        Pod wanted = PodTranslation.podFor(job);
        return pod(wanted)
                .flatMap(existing -> Repetition.repeatedJob(existing, wanted, clock.instant()));
    }

    @Override
    public Preview preview(PlacedJob job) {
        Pod wanted = PodTranslation.podFor(job);
        Pod shown =
                new PodBuilder(dryRun(wanted))
                        .editMetadata()
                        .withName(job.name().value())
                        .endMetadata()
                        .build();
        return new Preview(
                yaml(shown), PodTranslation.batchLines(wanted), PodTranslation.warningsFor(job));
    }

    /// Under another name, so that a job that has the name is not in the way.
    private Pod dryRun(Pod wanted) {
        Pod other =
                new PodBuilder(wanted)
                        .editMetadata()
                        .withName("preview-" + UUID.randomUUID())
                        .endMetadata()
                        .build();
        return create(other, "&dryRun=All").orElseThrow();
    }

    @Override
    public Optional<Job> find(Workspace workspace, JobName name) {
        return job(workspace, name).map(this::read);
    }

    @Override
    public Optional<String> manifest(Workspace workspace, JobName name) {
        return job(workspace, name).map(KubernetesJobs::yaml);
    }

    @Override
    public JobPage list(JobQuery query) {
        List<Job> items = new ArrayList<>();
        String token = query.cursor().map(KubernetesJobs::token).orElse(null);
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
            PodList pods = chunk(query, query.limit() - items.size(), token);
            pods.getItems().stream()
                    .filter(PodReading::isJob)
                    .map(this::read)
                    .filter(query::matches)
                    .forEach(items::add);
            token = pods.getMetadata().getContinue();
            if (token == null || token.isEmpty()) {
                return new JobPage(items, Optional.empty());
            }
            if (items.size() == query.limit()) {
                break;
            }
        }
        return new JobPage(items, Optional.ofNullable(token).map(KubernetesJobs::cursor));
    }

    /// At most as many pods as the page still has room for, so that it ends where a chunk ends.
    private PodList chunk(JobQuery query, int limit, @Nullable String token) {
        String selector =
                query.labels().entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining(","));
        try {
            return apiServer
                    .client()
                    .pods()
                    .inNamespace(query.workspace().value())
                    .list(
                            new ListOptionsBuilder()
                                    .withLimit((long) limit)
                                    .withContinue(token)
                                    .withLabelSelector(selector.isEmpty() ? null : selector)
                                    .build());
        } catch (KubernetesClientException failure) {
            boolean stale = failure.getCode() == 410 || failure.getCode() == 400;
            throw stale && token != null
                    ? new GatewayException.CursorExpired()
                    : ApiServer.failed(failure);
        }
    }

    private static String cursor(String token) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(token.getBytes(StandardCharsets.UTF_8));
    }

    private static String token(String cursor) {
        try {
            return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException foreign) {
            throw new GatewayException.CursorExpired();
        }
    }

    @Override
    public Optional<Job> delete(Workspace workspace, JobName name) {
        return job(workspace, name).flatMap(this::delete).map(this::read);
    }

    /// Deletes this very pod, never one that took its name since. A conflict means either that, or that the
    /// scheduler changed the pod at the same moment.
    ///
    /// @return the pod as it goes away, unless it is gone
    private Optional<Pod> delete(Pod pod) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            ApiServer.Answer answer = deleteOnce(pod);
            Optional<Pod> left =
                    pod(pod).filter(now ->
                            now.getMetadata().getUid().equals(pod.getMetadata().getUid()));
            if (answer.code() != 409 || left.isEmpty()) {
                return left;
            }
        }
        throw new GatewayException.ClusterUnavailable("The job keeps changing.");
    }

    private ApiServer.Answer deleteOnce(Pod pod) {
        DeleteOptions options =
                new DeleteOptionsBuilder()
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
            throw ApiServer.refused(answer.code(), answer.status());
        }
        return answer;
    }

    private Optional<Pod> job(Workspace workspace, JobName name) {
        return Optional.ofNullable(
                        apiServer.call(() ->
                                apiServer
                                        .client()
                                        .pods()
                                        .inNamespace(workspace.value())
                                        .withName(name.value())
                                        .get()))
                .filter(PodReading::isJob);
    }

    private Optional<Pod> pod(Pod named) {
        return Optional.ofNullable(apiServer.call(() -> resource(named).get()));
    }

    private PodResource resource(Pod named) {
        return apiServer
                .client()
                .pods()
                .inNamespace(named.getMetadata().getNamespace())
                .withName(named.getMetadata().getName());
    }

    private Job read(Pod pod) {
        return PodReading.jobFrom(pod, clock.instant());
    }

    private static String yaml(Pod pod) {
        return Serialization.asYaml(
                new PodBuilder(pod)
                        .editMetadata()
                        .withManagedFields(List.of())
                        .endMetadata()
                        .build());
    }
}
