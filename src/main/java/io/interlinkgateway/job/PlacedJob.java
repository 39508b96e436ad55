package io.interlinkgateway.job;

import java.util.Optional;

/// A job that has passed every check and has its place.
///
/// @param name the job's and its pod's name
/// @param workspace where it will live
/// @param node the virtual node that it was placed on
/// @param definition what to run
/// @param idempotencyKey what ties repeats of one request together, where the caller gave it
public record PlacedJob(
        JobName name,
        Workspace workspace,
        NodeName node,
        JobDefinition definition,
        Optional<IdempotencyKey> idempotencyKey) {}
