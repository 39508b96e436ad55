package io.interlinkgateway.architecture.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;

/// Knows Kubernetes where nobody may.
public record KnowsPods(Pod pod) {}
