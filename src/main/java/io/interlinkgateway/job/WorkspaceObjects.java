package io.interlinkgateway.job;

import io.interlinkgateway.failure.GatewayException;
import java.util.Optional;
import java.util.Set;

/// Finds whether Secrets and ConfigMaps of a workspace exist, and which keys they have. Values are not returned.
public interface WorkspaceObjects {

    /// Looks up an object.
    ///
    /// @param workspace the object's workspace
    /// @param kind the object's kind
    /// @param name its name
    /// @return the names of its keys; empty if there is no such object
    /// @throws GatewayException.ClusterRefused if the gateway is not permitted to read objects of this kind in the
    ///     workspace
    /// @throws GatewayException.ClusterUnavailable if the cluster does not respond in time
    Optional<Set<String>> find(Workspace workspace, ObjectReference.Kind kind, ObjectName name);

    /// How a caller can create what is missing.
    ///
    /// @param workspace the object's workspace
    /// @param missing an object with a valid name and valid keys
    /// @return one sentence
    String hint(Workspace workspace, MissingObject missing);
}
