package io.interlinkgateway.representation;

import io.swagger.v3.oas.annotations.media.Schema;

/// A job that was deleted, as streams report it.
///
/// @param name its name, which another job may have by now
/// @param uid its pod's UID, which no other job has
@Schema(name = "DeletedJob", description = "A job that is gone.")
public record DeletedJob(String name, String uid) {}
