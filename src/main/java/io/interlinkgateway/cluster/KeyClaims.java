package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.pod.PodTranslation;
import io.interlinkgateway.status.ExistingPod;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.springframework.web.util.UriComponentsBuilder;

/// Reserves each Idempotency-Key of a workspace for one job name before anything is created. The reservation, called
/// a claim, is an Event whose name is derived from the key: creating an object is atomic, and the API server removes
/// Events after a time (`--event-ttl`, one hour by default). A job that exists for longer is found by its label. The
/// gateway never deletes a claim: another request may still depend on it (docs/adr/0002-a-job-is-its-pod.md).
final class KeyClaims {

    /// How often to try again if an existing claim expires before it can be read.
    private static final int ATTEMPTS = 5;

    private final ApiServer apiServer;
    private final Clock clock;

    KeyClaims(ApiServer apiServer, Clock clock) {
        this.apiServer = apiServer;
        this.clock = clock;
    }

    /// Claims the request's key, if it has one, for the job to be created.
    ///
    /// @param wanted the pod to be created
    /// @throws GatewayException.IdempotencyKeyReused if the key belongs to a job of another name
    void claim(Pod wanted) {
        ExistingPod.keyOf(wanted).ifPresent(key -> claim(wanted, key));
    }

    private void claim(Pod wanted, String key) {
        String name = wanted.getMetadata().getName();
        requireSame(labelled(wanted, key), name);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (created(wanted, key)) {
                return;
            }
            Optional<String> claimant = claimant(wanted, key);
            if (claimant.isPresent()) {
                requireSame(claimant, name);
                return;
            }
        }
        throw new GatewayException.ClusterUnavailable(
                "The claim of the Idempotency-Key can't be read.");
    }

    private static void requireSame(Optional<String> claimant, String wanted) {
        claimant.filter(other -> !other.equals(wanted))
                .ifPresent(other -> {
                    throw new GatewayException.IdempotencyKeyReused(other);
                });
    }

    /// The name of the job that was made with the key, from the API server's cache. A job too recent for the cache
    /// still has its claim.
    private Optional<String> labelled(Pod wanted, String key) {
        ApiServer.Answer answer =
                apiServer.accepted(
                        apiServer.send(
                                "GET",
                                UriComponentsBuilder.fromPath("/api/v1/namespaces/{namespace}/pods")
                                        .queryParam("labelSelector", "{selector}")
                                        .queryParam("resourceVersion", 0)
                                        .build(
                                                namespace(wanted),
                                                MetadataNames.IDEMPOTENCY_KEY + "=" + key)
                                        .toString(),
                                null));
        List<String> names =
                Serialization.unmarshal(answer.body(), PodList.class).getItems().stream()
                        .map(pod -> pod.getMetadata().getName())
                        .toList();
        String own = wanted.getMetadata().getName();
        return names.contains(own) ? Optional.of(own) : names.stream().findFirst();
    }

    private boolean created(Pod wanted, String key) {
        ApiServer.Answer answer = apiServer.send("POST", events(wanted), claimOf(wanted, key));
        if (answer.successful()) {
            return true;
        }
        if (answer.code() == 409) {
            return false;
        }
        if (answer.code() == 404) {
            throw new GatewayException.NotFound("workspace", namespace(wanted));
        }
        throw apiServer.refused(answer.code(), answer.status());
    }

    private Optional<String> claimant(Pod wanted, String key) {
        ApiServer.Answer answer =
                apiServer.send("GET", events(wanted) + "/" + claimName(key), null);
        if (answer.code() == 404) {
            return Optional.empty();
        }
        apiServer.accepted(answer);
        // Anyone who may create Events could have written it, so every field can be missing.
        return Optional.of(
                Optional.ofNullable(
                                Serialization.unmarshal(answer.body(), Event.class)
                                        .getInvolvedObject())
                        .map(ObjectReference::getName)
                        .orElse(""));
    }

    private Event claimOf(Pod wanted, String key) {
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        // spotless:off
        return new EventBuilder()
                .withNewMetadata()
                    .withName(claimName(key))
                    .withNamespace(namespace(wanted))
                .endMetadata()
                .withNewInvolvedObject()
                    .withApiVersion("v1")
                    .withKind("Pod")
                    .withNamespace(namespace(wanted))
                    .withName(wanted.getMetadata().getName())
                .endInvolvedObject()
                .withType("Normal")
                .withReason("IdempotencyKeyClaimed")
                .withMessage("An Idempotency-Key was used for this job. It can't be used for a job with another name.")
                .withNewSource().withComponent(PodTranslation.MANAGER).endSource()
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withCount(1)
                .build();
        // spotless:on
    }

    private static String claimName(String key) {
        return "idempotency-key-" + key;
    }

    private static String events(Pod wanted) {
        return "/api/v1/namespaces/" + namespace(wanted) + "/events";
    }

    private static String namespace(Pod pod) {
        return pod.getMetadata().getNamespace();
    }
}
