package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;

/// The name of a virtual node, and the value of its label `kubernetes.io/hostname`.
///
/// @param value a DNS-1123 subdomain
public record NodeName(String value) {

    /// @throws InvalidValueException if the name is not a DNS-1123 subdomain
    public NodeName {
        Labels.requireDnsSubdomain("A node's name", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
