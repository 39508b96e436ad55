package io.interlinkgateway.representation;

import io.swagger.v3.oas.annotations.media.Schema;

/// A job that was deleted, as streams report it.
///
/// @param name its name, which another job may have now
/// @param uid its pod's UID, which is unique
@Schema(name = "DeletedJob", description = "A job that was deleted.")
public record DeletedJob(String name, String uid) {}
