package io.interlinkgateway.job;

/// What a caller wants to run: a typed spec, or a pod as kubectl takes it.
public sealed interface JobDefinition permits JobSpec, PodManifest {}
