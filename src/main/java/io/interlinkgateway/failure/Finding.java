package io.interlinkgateway.failure;

/// One thing that is wrong, or worth knowing, about what a caller sent.
///
/// @param rule the rule's stable name in kebab case
/// @param severity whether it stops the job
/// @param field the path of the field in the caller's own document, such as `slurm.flags`
/// @param message what is the matter, a whole sentence
/// @param hint what to do, a whole sentence
public record Finding(String rule, Severity severity, String field, String message, String hint) {

    /// Whether a finding stops the job.
    public enum Severity {
        /// The job is refused.
        ERROR,
        /// The job is accepted; the caller should know.
        WARNING
    }

    /// A finding that stops the job.
    public static Finding error(String rule, String field, String message, String hint) {
        return new Finding(rule, Severity.ERROR, field, message, hint);
    }

    /// A finding that the caller should know.
    public static Finding warning(String rule, String field, String message, String hint) {
        return new Finding(rule, Severity.WARNING, field, message, hint);
    }
}
