package io.interlinkgateway.job;

/// What a caller wants to run: a job spec, or a pod as for kubectl.
public sealed interface JobDefinition permits JobSpec, PodManifest {}
