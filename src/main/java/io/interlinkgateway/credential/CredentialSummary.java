package io.interlinkgateway.credential;

import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.TrackingUri;
import java.time.Instant;
import java.util.Optional;

/// All of a credential that may be shown.
///
/// @param name its name
/// @param kind what it is
/// @param username the MLflow user, unless it is a token
/// @param trackingUri the one server it may be used for, if it is bound
/// @param createdAt when it was made
/// @param managedBy `gateway`, or what else created the Secret
public record CredentialSummary(
        CredentialName name,
        MlflowAccess.Kind kind,
        Optional<String> username,
        Optional<TrackingUri> trackingUri,
        Instant createdAt,
        String managedBy) {}
