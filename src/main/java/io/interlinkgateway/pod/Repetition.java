package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// What a pod means that already has the name of the one that was to be created.
public final class Repetition {

    private Repetition() {}

    /// The job that both pods are: the existing one, if it was made from the same definition. A pod that is
    /// going away counts only for repeats of the very request that made it.
    ///
    /// @param existing the pod that is there
    /// @param wanted from [PodTranslation#podFor]
    /// @param observedAt when the existing pod was read
    /// @return the existing job
    /// @throws GatewayException.IdempotencyKeyReused if the request's key made it from another definition
    /// @throws GatewayException.StillTerminating if it is another job, and going away
    /// @throws GatewayException.NameTaken if it is another job with that name
    public static Job sameJob(Pod existing, Pod wanted, Instant observedAt) {
        JobName name = new JobName(wanted.getMetadata().getName());
        boolean sameKey = sameKey(existing, wanted);
        if (!sameKey && existing.getMetadata().getDeletionTimestamp() != null) {
            throw new GatewayException.StillTerminating(name);
        }
        if (!sameDefinition(existing, wanted)) {
            throw sameKey
                    ? new GatewayException.IdempotencyKeyReused(name)
                    : new GatewayException.NameTaken(name);
        }
        return PodReading.jobFrom(existing, observedAt);
    }

    /// The job that an earlier repeat of a request made.
    ///
    /// @param existing the pod that is there
    /// @param wanted from [PodTranslation#podFor]
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
    /// @param wanted from [PodTranslation#podFor]
    /// @return false if either has no key
    public static boolean sameKey(Pod existing, Pod wanted) {
        return same(Annotations.IDEMPOTENCY_KEY, existing, wanted);
    }

    /// Whether both were made from one definition.
    ///
    /// @param existing the pod that is there
    /// @param wanted from [PodTranslation#podFor]
    /// @return false if the gateway made the existing one from another, or did not make it
    public static boolean sameDefinition(Pod existing, Pod wanted) {
        return same(Annotations.DIGEST, existing, wanted);
    }

    private static boolean same(String annotation, Pod existing, Pod wanted) {
        Map<String, String> there = PodReading.orEmpty(existing.getMetadata().getAnnotations());
        String value = there.get(annotation);
        return value != null
                && value.equals(
                        PodReading.orEmpty(wanted.getMetadata().getAnnotations()).get(annotation));
    }
}
