package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.PlacedJob;
import java.util.List;

/// From a job to its pod.
public final class PodTranslation {

    private PodTranslation() {}

    /// The pod of a job, with the digest of its definition as an annotation. The same job gives the same pod.
    ///
    /// @param job a placed job
    /// @return a pod that the API server can be given as it is
    /// @throws GatewayException.Rejected if a manifest is no pod, or says what policy forbids
    public static Pod podFor(PlacedJob job) {
        throw new UnsupportedOperationException(job.toString());
    }

    /// What of a manifest interLink ignores, or the gateway changed.
    ///
    /// @param job a placed job
    /// @return warnings only
    public static List<Finding> warningsFor(PlacedJob job) {
        throw new UnsupportedOperationException(job.toString());
    }

    /// The `#SBATCH` lines that the SLURM plugin writes for a pod, without those for its own files.
    ///
    /// @param pod from [#podFor]
    /// @return whole lines
    public static List<String> batchLines(Pod pod) {
        throw new UnsupportedOperationException(pod.toString());
    }
}
