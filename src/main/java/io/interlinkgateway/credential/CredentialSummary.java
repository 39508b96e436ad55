package io.interlinkgateway.credential;

import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.TrackingUri;
import java.time.Instant;
import java.util.Optional;

/// A credential without its password or token.
///
/// @param name its name
/// @param kind its kind
/// @param username the MLflow user, unless the credential is a token
/// @param trackingUri the only server for which it may be used; empty for any
/// @param createdAt when it was created
/// @param managedBy the program that created the Secret: `gateway` or another one's name
public record CredentialSummary(
        CredentialName name,
        MlflowAccess.Kind kind,
        Optional<String> username,
        Optional<TrackingUri> trackingUri,
        Instant createdAt,
        String managedBy) {}
