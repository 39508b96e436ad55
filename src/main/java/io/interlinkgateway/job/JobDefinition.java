package io.interlinkgateway.job;

import java.util.List;

/// What a caller wants to run: a job spec, or a pod as for kubectl.
public sealed interface JobDefinition permits JobSpec, PodManifest {

    /// @return the names of its containers, in their order; without init containers
    List<String> containers();
}
