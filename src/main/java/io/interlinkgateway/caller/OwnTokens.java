package io.interlinkgateway.caller;

import io.interlinkgateway.failure.GatewayException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;

/// The tokens that the gateway itself issues.
public interface OwnTokens {

    /// @param token any bearer token
    /// @return whether it has the form of a token that the gateway issues
    boolean hasForm(String token);

    /// @param token a token with that form
    /// @return the token's owner
    /// @throws InvalidBearerTokenException if the token does not exist or has expired
    /// @throws GatewayException.ClusterUnavailable if it can't be verified now
    Caller callerOf(String token);
}
