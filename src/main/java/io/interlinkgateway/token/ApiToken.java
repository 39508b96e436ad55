package io.interlinkgateway.token;

import io.interlinkgateway.caller.Role;
import io.interlinkgateway.job.Workspace;
import java.time.Instant;
import java.util.List;

/// A token for scripts, as it is stored: with a hash instead of the secret.
///
/// @param id its public part, 16 hexadecimal digits
/// @param hash the SHA-256 of the whole token, 64 hexadecimal digits; a slower hash is not needed, because the secret
///     has 256 random bits
/// @param owner the [Caller#id] of its owner
/// @param name the owner's name for it
/// @param role its role in its workspaces
/// @param workspaces the workspaces in which it may be used; the first is the default of requests
/// @param createdAt when it was created
/// @param expiresAt when it expires
public record ApiToken(
        String id,
        String hash,
        String owner,
        String name,
        Role role,
        List<Workspace> workspaces,
        Instant createdAt,
        Instant expiresAt) {

    /// Copies the list.
    public ApiToken {
        workspaces = List.copyOf(workspaces);
    }
}
