package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.NamedJob;

/// A job and all that its translation gives. It may be checked, shown and compared with what there is; only a
/// [PlacedJob] may be created.
///
/// @param job the job
/// @param pod what the API server would be given
/// @param requirements what the pod needs of its node and workspace
/// @param request what the pod makes the HPC do
public record TranslatedJob(
        NamedJob job, Pod pod, PodRequirements requirements, HpcRequest request) {}
