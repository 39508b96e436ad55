package io.interlinkgateway.job;

import java.util.Optional;

/// A requested job with its name and workspace. It has not been checked against live data yet.
///
/// @param name the name of the job and its pod
/// @param workspace the job's workspace
/// @param node the virtual node to run it on
/// @param definition what to run
/// @param submittedBy the caller, as `issuer#subject`; empty if it was not submitted by a caller
/// @param idempotencyKey identifies repeats of the request, if the caller gave one
public record NamedJob(
        JobName name,
        Workspace workspace,
        NodeName node,
        JobDefinition definition,
        Optional<String> submittedBy,
        Optional<IdempotencyKey> idempotencyKey) {}
