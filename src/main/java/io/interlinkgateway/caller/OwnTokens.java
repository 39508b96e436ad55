package io.interlinkgateway.caller;

import io.interlinkgateway.failure.GatewayException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;

/// The tokens that the gateway gives out itself, beside those of issuers.
public interface OwnTokens {

    /// @param token any bearer token
    /// @return whether it has the form of one that the gateway gave out
    boolean hasForm(String token);

    /// @param token one that has the form
    /// @return for whom it acts
    /// @throws InvalidBearerTokenException if there is no such token, or no longer
    /// @throws GatewayException.ClusterUnavailable if that can't be known now
    Caller callerOf(String token);
}
