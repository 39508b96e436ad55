package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;

/// The name of an MLflow credential and of its Secret.
///
/// @param value a DNS-1123 subdomain
public record CredentialName(String value) {

    /// @throws InvalidValueException if the name is not a DNS-1123 subdomain
    public CredentialName {
        Labels.requireDnsSubdomain("A credential's name", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
