package io.interlinkgateway.credential;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.Workspace;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Stores MLflow credentials: Secrets with the keys of [CredentialKeys], no matter what created them.
///
/// Every method throws [GatewayException.ClusterUnavailable] if the cluster does not respond in time.
public interface Credentials {

    /// Creates the credential, or replaces an existing one with that name. A Secret with that name that is not a
    /// credential is not changed.
    ///
    /// @param workspace its workspace
    /// @param name its name
    /// @param credential its content
    /// @return the stored credential without the password or token, and whether this call created it
    /// @throws GatewayException.Rejected if a Secret with that name is not an MLflow credential
    Stored put(Workspace workspace, CredentialName name, MlflowCredential credential);

    /// @param workspace its workspace
    /// @return all credentials without passwords and tokens, sorted by name
    List<CredentialSummary> list(Workspace workspace);

    /// @param workspace its workspace
    /// @param name its name
    /// @return the credential without its password or token, or nothing if there is none
    Optional<CredentialSummary> find(Workspace workspace, CredentialName name);

    /// @param workspace its workspace
    /// @param name its name
    /// @return the complete credential, which is only for the live check
    Optional<MlflowCredential> reveal(Workspace workspace, CredentialName name);

    /// The texts that must be masked in a job's output. Includes passwords that the gateway itself would refuse.
    ///
    /// @param workspace its workspace
    /// @param names names of Secrets that may be credentials
    /// @return all forms in which passwords and tokens of the existing ones may appear
    Set<String> passwordForms(Workspace workspace, Set<CredentialName> names);

    /// The texts that must be masked wherever a caller may have written a password as a plain value.
    ///
    /// @param workspace a workspace
    /// @return all forms in which passwords and tokens of its present credentials may appear
    Set<String> passwordForms(Workspace workspace);

    /// @param workspace its workspace
    /// @param name its name
    /// @return whether there was one to delete
    boolean delete(Workspace workspace, CredentialName name);

    /// A stored credential, and whether the call created it.
    ///
    /// @param summary the credential without its password or token
    /// @param created false if it existed before
    record Stored(CredentialSummary summary, boolean created) {}
}
