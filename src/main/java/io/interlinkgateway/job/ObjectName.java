package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;

/// The name of a Secret or ConfigMap.
///
/// @param value a DNS-1123 subdomain
public record ObjectName(String value) {

    /// @throws InvalidValueException if the name is not a DNS-1123 subdomain
    public ObjectName {
        Labels.requireDnsSubdomain("The name of a Secret or ConfigMap", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
