package io.interlinkgateway.failure;

/// An error or warning about a caller's request.
///
/// @param rule the rule's stable name in kebab case
/// @param severity whether the request is refused
/// @param field the path of the field in the caller's own document, such as `slurm.flags`
/// @param message the problem, as a whole sentence
/// @param hint what to do about it, as a whole sentence
public record Finding(String rule, Severity severity, String field, String message, String hint) {

    /// Whether the request is refused because of a finding.
    public enum Severity {
        /// The request is refused.
        ERROR,
        /// The request is accepted, with a warning.
        WARNING
    }

    /// A finding because of which the request is refused.
    public static Finding error(String rule, String field, String message, String hint) {
        return new Finding(rule, Severity.ERROR, field, message, hint);
    }

    /// A finding with which the request is accepted.
    public static Finding warning(String rule, String field, String message, String hint) {
        return new Finding(rule, Severity.WARNING, field, message, hint);
    }
}
