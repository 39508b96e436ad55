package io.interlinkgateway.token;

import java.util.List;
import java.util.Optional;

/// Stores API tokens.
///
/// Every method throws [GatewayException.ClusterUnavailable] if the cluster does not respond in time.
public interface ApiTokens {

    /// @param token a new token
    void add(ApiToken token);

    /// @param id 16 hexadecimal digits
    /// @return the token, or nothing if there is none
    Optional<ApiToken> find(String id);

    /// @param owner a [Caller#id]
    /// @return all tokens of this owner, in the order in which they were added
    List<ApiToken> ownedBy(String owner);

    /// Adds a token unless its owner already has the maximum. If several are added at the same time, by any replicas,
    /// the first ones are kept: each is stored before the tokens before it are counted. So two can't take the last
    /// place, and not all are removed.
    ///
    /// @param token a new token
    /// @param most the maximum number of its owner's tokens, including this one
    /// @return whether it was added
    default boolean addWithin(ApiToken token, int most) {
        add(token);
        boolean within =
                ownedBy(token.owner()).stream()
                        .limit(most)
                        .anyMatch(early -> early.id().equals(token.id()));
        if (!within) {
            delete(token.id());
        }
        return within;
    }

    /// @param id 16 hexadecimal digits
    void delete(String id);
}
