package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.NamedJob;

/// A job with the results of its translation. It can be checked, shown and compared with existing jobs; only a
/// [PlacedJob] can be created.
///
/// @param job the job
/// @param pod the pod to create
/// @param requirements what the pod requires of its node and workspace
/// @param request what the pod requests from the HPC
public record TranslatedJob(
        NamedJob job, Pod pod, PodRequirements requirements, HpcRequest request) {}
