package io.interlinkgateway.token;

import java.util.List;
import java.util.Optional;

/// Where API tokens are kept.
///
/// Every method throws [GatewayException.ClusterUnavailable] when the cluster gives no answer in time.
public interface ApiTokens {

    /// @param token a new one
    void add(ApiToken token);

    /// @param id any text that is 16 hexadecimal digits
    /// @return the token, unless there is none
    Optional<ApiToken> find(String id);

    /// @param owner a [Caller#id]
    /// @return all of this owner's, in the order in which they were added
    List<ApiToken> ownedBy(String owner);

    /// Adds a token unless its owner has as many as allowed. Of several that are added at the same time, by whatever
    /// replica, those stay that were added first: each counts those before it only after it is there itself, so that
    /// no two can take the last place, and not all give way.
    ///
    /// @param token a new one
    /// @param most how many its owner may have, with this one
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
