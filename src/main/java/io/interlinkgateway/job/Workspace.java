package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;

/// A Kubernetes namespace with jobs and credentials.
///
/// @param value the namespace's name, a DNS-1123 label
public record Workspace(String value) {

    /// @throws InvalidValueException if the name is not a DNS-1123 label
    public Workspace {
        Labels.requireDnsLabel("A workspace's name", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
