package io.interlinkgateway.job;

import java.net.URI;

/// The MLflow server that a job logs to, and the credential that it logs in with.
///
/// @param credential the Secret that holds `username` and `password`
/// @param trackingUri an http or https address
public record MlflowAccess(CredentialName credential, URI trackingUri) {}
