package io.interlinkgateway.status;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.Replacement;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.pod.ModelFields;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Compares a pod that already exists with the one that a request would create: whether both are the same job, and
/// whether the existing one may be replaced. They have the same name or the same Idempotency-Key.
public final class ExistingPod {

    private ExistingPod() {}

    /// The existing job, if the request would create the same one: it was made from the same definition. A pod that
    /// is being deleted only counts for a repeat of the request that made it.
    ///
    /// @param existing the existing pod
    /// @param wanted the pod that the request would create, see [TranslatedJob#pod]
    /// @param observedAt when the existing pod was read
    /// @return the existing job
    /// @throws GatewayException.IdempotencyKeyReused if the request's key made it with another name or definition
    /// @throws GatewayException.StillTerminating if it is another job that is being deleted
    /// @throws GatewayException.NameTaken if it is another job with that name
    public static Job sameJob(Pod existing, Pod wanted, Instant observedAt) {
        JobName name = new JobName(wanted.getMetadata().getName());
        boolean sameKey = sameKey(existing, wanted);
        JobName there = new JobName(existing.getMetadata().getName());
        if (!there.equals(name)) {
            throw new GatewayException.IdempotencyKeyReused(there.value());
        }
        if (!sameKey && existing.getMetadata().getDeletionTimestamp() != null) {
            throw new GatewayException.StillTerminating(name.value());
        }
        if (!sameDefinition(existing, wanted)) {
            throw sameKey
                    ? new GatewayException.IdempotencyKeyReused(name.value())
                    : new GatewayException.NameTaken(name.value());
        }
        return PodReading.jobFrom(existing, observedAt);
    }

    /// The job that an earlier repeat of a request made.
    ///
    /// @param existing the existing pod
    /// @param wanted the pod that the request would create, see [TranslatedJob#pod]
    /// @param observedAt when the existing pod was read
    /// @return the existing job, or nothing if it is another job
    /// @throws GatewayException as [#sameJob], except [GatewayException.NameTaken]
    public static Optional<Job> repeatedJob(Pod existing, Pod wanted, Instant observedAt) {
        return sameKey(existing, wanted) || sameDefinition(existing, wanted)
                ? Optional.of(sameJob(existing, wanted, observedAt))
                : Optional.empty();
    }

    /// Whether both pods were made with the same Idempotency-Key.
    ///
    /// @param existing the existing pod
    /// @param wanted the pod that the request would create, see [TranslatedJob#pod]
    /// @return false if either has no key
    public static boolean sameKey(Pod existing, Pod wanted) {
        return keyOf(existing).isPresent() && keyOf(existing).equals(keyOf(wanted));
    }

    /// The digest of the Idempotency-Key with which a pod was made.
    ///
    /// @param pod any pod
    /// @return the label's value; empty if it was made without a key
    public static Optional<String> keyOf(Pod pod) {
        return Optional.ofNullable(
                ModelFields.orEmpty(pod.getMetadata().getLabels())
                        .get(MetadataNames.IDEMPOTENCY_KEY));
    }

    /// Whether both pods were made from the same definition.
    ///
    /// @param existing the existing pod
    /// @param wanted the pod that the request would create, see [TranslatedJob#pod]
    /// @return false if the existing pod was made from another definition, or not by the gateway
    public static boolean sameDefinition(Pod existing, Pod wanted) {
        Map<String, String> there = ModelFields.orEmpty(existing.getMetadata().getAnnotations());
        String value = there.get(MetadataNames.DIGEST);
        return value != null
                && value.equals(
                        ModelFields.orEmpty(wanted.getMetadata().getAnnotations())
                                .get(MetadataNames.DIGEST));
    }

    /// Whether a request to replace a job keeps the existing one: an earlier attempt of the same request made it, or
    /// it has the same definition, has not ended and no restart is requested.
    ///
    /// @param existing the existing pod
    /// @param wanted the pod that the request would create, see [TranslatedJob#pod]
    /// @param replacement which jobs may be replaced
    /// @param observedAt when the existing pod was read
    /// @return false if the existing pod must be deleted first
    public static boolean stays(
            Pod existing, Pod wanted, Replacement replacement, Instant observedAt) {
        return sameKey(existing, wanted)
                || (!replacement.restart()
                        && sameDefinition(existing, wanted)
                        && existing.getMetadata().getDeletionTimestamp() == null
                        && !JobPhase.of(PodReading.jobFrom(existing, observedAt).state()).ended());
    }

    /// The existing job, if a request to replace it keeps it.
    ///
    /// @param existing the existing pod, if there is one
    /// @param wanted the pod that the request would create, see [TranslatedJob#pod]
    /// @param replacement which jobs may be replaced
    /// @param observedAt when the existing pod was read
    /// @return the existing job, or nothing if it must be deleted or there is none
    /// @throws GatewayException as [#requireReplaceable] and [#sameJob]
    public static Optional<Job> stayingJob(
            Optional<Pod> existing, Pod wanted, Replacement replacement, Instant observedAt) {
        requireReplaceable(existing, wanted, replacement);
        return existing.filter(pod -> stays(pod, wanted, replacement, observedAt))
                .map(pod -> sameJob(pod, wanted, observedAt));
    }

    /// Refuses to replace a job that the caller did not name by its UID. A repeat with the Idempotency-Key that made
    /// the job replaces nothing and is not refused.
    ///
    /// @param existing the existing pod, if there is one
    /// @param wanted the pod that the request would create, see [TranslatedJob#pod]
    /// @param replacement which jobs may be replaced
    /// @throws GatewayException.OtherJob if there is no job, or its UID is not one of those
    public static void requireReplaceable(
            Optional<Pod> existing, Pod wanted, Replacement replacement) {
        if (existing.filter(pod -> sameKey(pod, wanted)).isEmpty()) {
            requireUid(existing, replacement.uids(), new JobName(wanted.getMetadata().getName()));
        }
    }

    /// Refuses to delete a job that the caller did not name by its UID.
    ///
    /// @param existing the existing pod, if there is one
    /// @param uids the UIDs of the pods that may be deleted; empty for any
    /// @param name the job's name
    /// @throws GatewayException.OtherJob if there is no job, or its UID is not one of those
    public static void requireUid(Optional<Pod> existing, Set<String> uids, JobName name) {
        if (!uids.isEmpty()
                && existing.filter(pod -> uids.contains(pod.getMetadata().getUid())).isEmpty()) {
            throw new GatewayException.OtherJob(name.value());
        }
    }
}
