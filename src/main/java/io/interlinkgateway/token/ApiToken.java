package io.interlinkgateway.token;

import io.interlinkgateway.caller.Role;
import io.interlinkgateway.job.Workspace;
import java.time.Instant;
import java.util.List;

/// A token for scripts, as it is kept: without the secret, which only its hash is of.
///
/// @param id its public part, 16 hexadecimal digits
/// @param hash the SHA-256 of the whole token, 64 hexadecimal digits; the token's secret has 256 random bits, so
///     that nothing slower is needed
/// @param owner the [Caller#id] for whom it acts
/// @param name what the owner calls it
/// @param role what it allows in its workspaces
/// @param workspaces where it may be used; the first is that of requests that name none
/// @param createdAt when it was made
/// @param expiresAt when it ends
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
