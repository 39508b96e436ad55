package io.interlinkgateway.job;

import java.util.Map;

/// A pod as the caller wrote it. Keeps everything that it says.
///
/// @param document the pod's JSON tree: maps, lists, strings, numbers, booleans (no nulls)
public record PodManifest(Map<String, Object> document) implements JobDefinition {}
