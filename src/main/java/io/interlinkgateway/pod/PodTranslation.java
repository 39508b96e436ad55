package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.PlacedJob;
import io.interlinkgateway.job.PodManifest;
import java.util.List;

/// From a job to its pod.
public final class PodTranslation {

    /// The value of [Annotations#MANAGED_BY] on what the gateway made.
    public static final String MANAGER = "interlink-gateway";

    static final String FROM_SPEC = "job-spec";
    static final String FROM_POD = "pod";

    private PodTranslation() {}

    /// The pod of a job, with the digest of its definition as an annotation. The same job gives the same pod.
    ///
    /// @param job a placed job
    /// @return a pod that the API server can be given as it is
    /// @throws GatewayException.Rejected if a manifest is no pod, or says what policy forbids
    public static Pod podFor(PlacedJob job) {
        Pod pod = translated(job).requireAllowed().pod();
        String definition =
                switch (job.definition()) {
                    case JobSpec _ -> FROM_SPEC;
                    case PodManifest _ -> FROM_POD;
                };
        // spotless:off
        Pod marked = new PodBuilder(pod)
                .editMetadata()
                    .addToLabels(Annotations.MANAGED_BY, MANAGER)
                    .addToAnnotations(Annotations.DEFINITION, definition)
                    .addToAnnotations(Annotations.DIGEST, Digest.of(asRequested(job, pod)))
                .endMetadata()
                .build();
        // spotless:on
        job.idempotencyKey()
                .ifPresent(key ->
                        marked.getMetadata()
                                .getLabels()
                                .put(Annotations.IDEMPOTENCY_KEY, key.fingerprint()));
        return marked;
    }

    /// A definition names its credential and not the kind of it, which may change between two repeats.
    private static Pod asRequested(PlacedJob job, Pod pod) {
        return switch (job.definition()) {
            case PodManifest _ -> pod;
            case JobSpec spec ->
                    spec.mlflow()
                            .filter(access -> access.kind() != MlflowAccess.Kind.PASSWORD)
                            .map(access ->
                                    spec.withMlflow(
                                            new MlflowAccess(
                                                    access.credential(), access.trackingUri())))
                            .map(same -> SpecTranslation.translated(job, same).pod())
                            .orElse(pod);
        };
    }

    private static Translated translated(PlacedJob job) {
        return switch (job.definition()) {
            case JobSpec spec -> SpecTranslation.translated(job, spec);
            case PodManifest manifest -> ManifestTranslation.translated(job, manifest);
        };
    }

    /// What interLink ignores, what the gateway added or changed, and what should not be written down.
    ///
    /// @param job a placed job
    /// @return warnings only
    /// @throws GatewayException.Rejected if a manifest is no pod, or says what policy forbids
    public static List<Finding> warningsFor(PlacedJob job) {
        return translated(job).requireAllowed().findings();
    }

    /// What a job needs and does, for checks against what there is and what is allowed.
    ///
    /// @param job a job in its place
    /// @return what its pod needs, what it makes the HPC do, and every finding about the translation
    /// @throws GatewayException.Rejected if a manifest is no pod, or says what policy forbids
    public static PodAssessment assess(PlacedJob job) {
        Translated translated = translated(job);
        return new PodAssessment(
                Demand.of(translated.pod()),
                HpcUse.of(job, translated.pod()),
                translated.findings());
    }

    /// The `#SBATCH` lines that the SLURM plugin writes for a pod, without those for its own files.
    ///
    /// @param pod from [#podFor]
    /// @return whole lines
    public static List<String> batchLines(Pod pod) {
        return BatchLines.of(pod);
    }
}
