package io.interlinkgateway.job;

/// The MLflow server that a job logs to, and the credential that it logs in with.
///
/// @param credential the Secret that holds `username` and `password`
/// @param trackingUri that server
public record MlflowAccess(CredentialName credential, TrackingUri trackingUri) {}
