package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.failure.Checked;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.NamedJob;
import io.interlinkgateway.job.PodManifest;
import java.util.List;

/// Translates a job to its pod.
public final class PodTranslation {

    /// The value of [MetadataNames#MANAGED_BY] on objects that the gateway created.
    public static final String MANAGER = "interlink-gateway";

    static final String FROM_SPEC = "job-spec";
    static final String FROM_POD = "pod";

    private PodTranslation() {}

    /// Translates a job. Equal jobs give equal pods, and definitions that differ in their caller only give equal digests.
    ///
    /// @param job a job with its name
    /// @return the job with its pod, or no job if a manifest is not a pod or has something forbidden. The findings
    ///     are what interLink ignores, what the gateway added or changed, what looks like a secret, and why the pod
    ///     may not be created.
    public static Checked<TranslatedJob> translate(NamedJob job) {
        return translated(job)
                .then(pod ->
                        Checked.of(
                                new TranslatedJob(
                                        job,
                                        marked(job, pod),
                                        PodRequirements.of(pod),
                                        HpcRequest.of(job, pod)),
                                List.of()));
    }

    private static Checked<Pod> translated(NamedJob job) {
        return switch (job.definition()) {
            case JobSpec spec -> SpecTranslation.translated(job, spec);
            case PodManifest manifest -> ManifestTranslation.translated(job, manifest);
        };
    }

    /// Adds the digest of the definition as an annotation.
    private static Pod marked(NamedJob job, Pod pod) {
        String definition =
                switch (job.definition()) {
                    case JobSpec _ -> FROM_SPEC;
                    case PodManifest _ -> FROM_POD;
                };
        // spotless:off
        Pod marked = new PodBuilder(pod)
                .editMetadata()
                    .addToLabels(MetadataNames.MANAGED_BY, MANAGER)
                    .addToAnnotations(MetadataNames.DEFINITION, definition)
                    .addToAnnotations(MetadataNames.DIGEST, Digest.of(asRequested(job, pod)))
                .endMetadata()
                .build();
        // spotless:on
        job.submittedBy()
                .ifPresent(caller ->
                        marked.getMetadata()
                                .getAnnotations()
                                .put(MetadataNames.SUBMITTED_BY, caller));
        job.idempotencyKey()
                .ifPresent(key ->
                        marked.getMetadata()
                                .getLabels()
                                .put(MetadataNames.IDEMPOTENCY_KEY, key.fingerprint()));
        return marked;
    }

    /// The definition has the name of the credential but not its kind, which may change between two attempts.
    private static Pod asRequested(NamedJob job, Pod pod) {
        return switch (job.definition()) {
            case PodManifest _ -> pod;
            case JobSpec spec ->
                    spec.mlflow()
                            .filter(access -> access.kind() != MlflowAccess.Kind.PASSWORD)
                            .map(access ->
                                    spec.withMlflow(
                                            new MlflowAccess(
                                                    access.credential(), access.trackingUri())))
                            .flatMap(same -> SpecTranslation.translated(job, same).value())
                            .orElse(pod);
        };
    }

    /// The `#SBATCH` lines that the SLURM plugin writes for a pod, without those for its own files.
    ///
    /// @param pod a translated pod
    /// @return whole lines
    public static List<String> batchLines(Pod pod) {
        return SbatchDirectives.of(pod);
    }

    /// The `#SBATCH` lines that the SLURM plugin writes for a pod, without those for its own files.
    ///
    /// @param manifest a translated pod, as [PodYaml] writes it
    /// @return whole lines
    public static List<String> batchLines(String manifest) {
        return batchLines(Serialization.unmarshal(manifest, Pod.class));
    }
}
