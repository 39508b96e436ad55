package io.interlinkgateway.job;

/// A job's name, which is its pod's name: a DNS-1123 label of at most 63 characters.
///
/// @param value the name
public record JobName(String value) {

    /// The longest name in characters; pods may have longer ones, but their names become label values.
    public static final int MAX_LENGTH = 63;

    /// @throws InvalidValueException if the name is not a DNS-1123 label
    public JobName {
        Labels.requireDnsLabel("A job's name", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
