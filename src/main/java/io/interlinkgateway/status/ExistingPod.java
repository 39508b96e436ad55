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

/// What a pod means that already has the name, or the Idempotency-Key, of the one that was to be created.
public final class ExistingPod {

    private ExistingPod() {}

    /// The job that both pods are: the existing one, if it was made from the same definition. A pod that is
    /// going away counts only for repeats of the very request that made it.
    ///
    /// @param existing the pod that is there
    /// @param wanted from [TranslatedJob#pod]
    /// @param observedAt when the existing pod was read
    /// @return the existing job
    /// @throws GatewayException.IdempotencyKeyReused if the request's key made it with another name or definition
    /// @throws GatewayException.StillTerminating if it is another job, and going away
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
    /// @param existing the pod that is there
    /// @param wanted from [TranslatedJob#pod]
    /// @param observedAt when the existing pod was read
    /// @return the existing job, unless it is another
    /// @throws GatewayException as [#sameJob], but for [GatewayException.NameTaken]
    public static Optional<Job> repeatedJob(Pod existing, Pod wanted, Instant observedAt) {
        return sameKey(existing, wanted) || sameDefinition(existing, wanted)
                ? Optional.of(sameJob(existing, wanted, observedAt))
                : Optional.empty();
    }

    /// Whether one Idempotency-Key made both.
    ///
    /// @param existing the pod that is there
    /// @param wanted from [TranslatedJob#pod]
    /// @return false if either has no key
    public static boolean sameKey(Pod existing, Pod wanted) {
        return keyOf(existing).isPresent() && keyOf(existing).equals(keyOf(wanted));
    }

    /// What a pod keeps of the Idempotency-Key that made it.
    ///
    /// @param pod any pod
    /// @return a label's value, unless no key made it
    public static Optional<String> keyOf(Pod pod) {
        return Optional.ofNullable(
                ModelFields.orEmpty(pod.getMetadata().getLabels())
                        .get(MetadataNames.IDEMPOTENCY_KEY));
    }

    /// Whether both were made from one definition.
    ///
    /// @param existing the pod that is there
    /// @param wanted from [TranslatedJob#pod]
    /// @return false if the gateway made the existing one from another, or did not make it
    public static boolean sameDefinition(Pod existing, Pod wanted) {
        Map<String, String> there = ModelFields.orEmpty(existing.getMetadata().getAnnotations());
        String value = there.get(MetadataNames.DIGEST);
        return value != null
                && value.equals(
                        ModelFields.orEmpty(wanted.getMetadata().getAnnotations())
                                .get(MetadataNames.DIGEST));
    }

    /// Whether a job stays where it was to be replaced: this very request made it, or it is what is wanted and goes
    /// on.
    ///
    /// @param existing the pod that is there
    /// @param wanted from [TranslatedJob#pod]
    /// @param replacement what the caller wants replaced
    /// @param observedAt when the existing pod was read
    /// @return false if it is to be deleted first
    public static boolean stays(
            Pod existing, Pod wanted, Replacement replacement, Instant observedAt) {
        return sameKey(existing, wanted)
                || (!replacement.restart()
                        && sameDefinition(existing, wanted)
                        && existing.getMetadata().getDeletionTimestamp() == null
                        && !JobPhase.of(PodReading.jobFrom(existing, observedAt).state()).ended());
    }

    /// The job that stays where it was to be replaced.
    ///
    /// @param existing the pod that is there, if one is
    /// @param wanted from [PodTranslation#podFor]
    /// @param replacement what the caller wants replaced
    /// @param observedAt when the existing pod was read
    /// @return nothing if no job stays
    /// @throws GatewayException as [#requireReplaceable] and [#sameJob]
    public static Optional<Job> stayingJob(
            Optional<Pod> existing, Pod wanted, Replacement replacement, Instant observedAt) {
        requireReplaceable(existing, wanted, replacement);
        return existing.filter(pod -> stays(pod, wanted, replacement, observedAt))
                .map(pod -> sameJob(pod, wanted, observedAt));
    }

    /// Refuses to replace another job than the caller means. A repeat by the key that made the job replaces none.
    ///
    /// @param existing the pod that is there, if one is
    /// @param wanted from [TranslatedJob#pod]
    /// @param replacement what the caller wants replaced
    /// @throws GatewayException.OtherJob if there is no job or one that is not meant
    public static void requireReplaceable(
            Optional<Pod> existing, Pod wanted, Replacement replacement) {
        if (existing.filter(pod -> sameKey(pod, wanted)).isEmpty()) {
            requireMeant(existing, replacement.uids(), new JobName(wanted.getMetadata().getName()));
        }
    }

    /// Refuses to end another job than the caller means.
    ///
    /// @param existing the pod that is there, if one is
    /// @param uids of the pods that are meant; empty for any
    /// @param name the job's name
    /// @throws GatewayException.OtherJob if there is no job or one that is not meant
    public static void requireMeant(Optional<Pod> existing, Set<String> uids, JobName name) {
        if (!uids.isEmpty()
                && existing.filter(pod -> uids.contains(pod.getMetadata().getUid())).isEmpty()) {
            throw new GatewayException.OtherJob(name.value());
        }
    }
}
