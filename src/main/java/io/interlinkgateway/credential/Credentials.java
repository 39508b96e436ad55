package io.interlinkgateway.credential;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.Workspace;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Where MLflow credentials are kept: Secrets with the keys of [CredentialKeys], no matter what created them.
///
/// Every method throws [GatewayException.ClusterUnavailable] when the cluster gives no answer in time.
public interface Credentials {

    /// Creates the credential, or replaces it if one of that name is there. A Secret of that name that is no
    /// credential is left alone.
    ///
    /// @param workspace where it lives
    /// @param name its name
    /// @param credential what it holds
    /// @return what is kept, without the password or token, and whether this call made it
    /// @throws GatewayException.Rejected if a Secret of that name is no MLflow credential
    Stored put(Workspace workspace, CredentialName name, MlflowCredential credential);

    /// @param workspace where to look
    /// @return all of them without their passwords and tokens, by name
    List<CredentialSummary> list(Workspace workspace);

    /// @param workspace where to look
    /// @param name its name
    /// @return the credential without its password or token, unless there is none
    Optional<CredentialSummary> find(Workspace workspace, CredentialName name);

    /// @param workspace where to look
    /// @param name its name
    /// @return the whole credential, for the live check alone
    Optional<MlflowCredential> reveal(Workspace workspace, CredentialName name);

    /// What must not be seen in what a job prints. Also of passwords that the gateway itself would not take.
    ///
    /// @param workspace where to look
    /// @param names of what may be credentials
    /// @return all forms in which a password or a token of those that are there may turn up
    Set<String> passwordForms(Workspace workspace, Set<CredentialName> names);

    /// @param workspace where to look
    /// @param name its name
    /// @return whether there was one to delete
    boolean delete(Workspace workspace, CredentialName name);

    /// What is kept, and whether the call made it.
    ///
    /// @param summary the credential without its password or token
    /// @param created false if one was there before
    record Stored(CredentialSummary summary, boolean created) {}
}
