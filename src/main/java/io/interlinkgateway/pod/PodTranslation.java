package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.PlacedJob;
import io.interlinkgateway.job.PodManifest;
import java.util.List;
import java.util.stream.Stream;

/// From a job to its pod.
public final class PodTranslation {

    /// The value of [Annotations#MANAGED_BY] on what the gateway made.
    public static final String MANAGER = "interlink-gateway";

    static final String FROM_SPEC = "job-spec";
    static final String FROM_POD = "pod";
    private static final String SPEC_RESOURCES = "resources";

    private PodTranslation() {}

    /// The pod of a job, with the digest of its definition as an annotation. The same job gives the same pod.
    ///
    /// @param job a placed job
    /// @return a pod that the API server can be given as it is
    /// @throws GatewayException.Rejected if a manifest is no pod, or says what policy forbids
    public static Pod podFor(PlacedJob job) {
        Pod pod = unmarked(job);
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
                    .addToAnnotations(Annotations.DIGEST, Digest.of(pod))
                .endMetadata()
                .build();
        // spotless:on
        job.idempotencyKey()
                .ifPresent(key ->
                        marked.getMetadata()
                                .getAnnotations()
                                .put(Annotations.IDEMPOTENCY_KEY, key.fingerprint()));
        return marked;
    }

    private static Pod unmarked(PlacedJob job) {
        return switch (job.definition()) {
            case JobSpec spec -> Limits.completed(SpecTranslation.podFor(job, spec));
            case PodManifest manifest -> ManifestTranslation.podFor(job, manifest);
        };
    }

    /// What interLink ignores, what the gateway added or changed, and what should not be written down.
    ///
    /// @param job a placed job
    /// @return warnings only
    /// @throws GatewayException.Rejected if a manifest is no pod, or says what policy forbids
    public static List<Finding> warningsFor(PlacedJob job) {
        return switch (job.definition()) {
            case JobSpec spec ->
                    Stream.concat(
                                    Limits.warnings(
                                            SpecTranslation.podFor(job, spec), SPEC_RESOURCES)
                                            .stream(),
                                    SuspectedSecrets.in(spec))
                            .toList();
            case PodManifest manifest -> ManifestTranslation.warnings(manifest, job);
        };
    }

    /// What a job needs of its node and workspace.
    ///
    /// @param job a placed job
    /// @return its pod's needs
    /// @throws GatewayException.Rejected as [#podFor]
    public static Demand demandOf(PlacedJob job) {
        return Demand.of(unmarked(job));
    }

    /// What a job makes the HPC do.
    ///
    /// @param job a placed job
    /// @return its pod's use
    /// @throws GatewayException.Rejected as [#podFor]
    public static HpcUse hpcUseOf(PlacedJob job) {
        return HpcUse.of(job, podFor(job));
    }

    /// The `#SBATCH` lines that the SLURM plugin writes for a pod, without those for its own files.
    ///
    /// @param pod from [#podFor]
    /// @return whole lines
    public static List<String> batchLines(Pod pod) {
        return BatchLines.of(pod);
    }
}
