package io.interlinkgateway.caller;

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
    /// @return all of this owner's, by id
    List<ApiToken> ownedBy(String owner);

    /// @param id 16 hexadecimal digits
    void delete(String id);
}
