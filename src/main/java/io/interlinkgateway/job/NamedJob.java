package io.interlinkgateway.job;

import java.util.Optional;

/// A requested job with its name, in its workspace. Nothing about it is checked against live data yet.
///
/// @param name the job's and its pod's name
/// @param workspace where it shall live
/// @param node the virtual node that shall run it
/// @param definition what to run
/// @param idempotencyKey what ties repeats of one request together, where the caller gave it
public record NamedJob(
        JobName name,
        Workspace workspace,
        NodeName node,
        JobDefinition definition,
        Optional<IdempotencyKey> idempotencyKey) {}
