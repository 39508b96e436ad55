package io.interlinkgateway.job;

import io.interlinkgateway.failure.GatewayException;
import java.util.Optional;
import java.util.Set;

/// The Secrets and ConfigMaps of a workspace, as far as a job's references to them need it: whether they exist
/// and which keys they have. Values are never given.
public interface WorkspaceObjects {

    /// Looks for an object.
    ///
    /// @param workspace where to look
    /// @param kind the object's kind
    /// @param name its name
    /// @return the names of its keys; empty if there is no such object
    /// @throws GatewayException.ClusterRefused if the gateway may not read objects of this kind here
    /// @throws GatewayException.ClusterUnavailable if the cluster gives no answer in time
    Optional<Set<String>> find(Workspace workspace, ObjectReference.Kind kind, ObjectName name);

    /// How a caller can make what is missing.
    ///
    /// @param workspace where it is missing
    /// @param missing an object with a possible name, and possible keys
    /// @return what to do, one sentence
    String hint(Workspace workspace, MissingObject missing);
}
