package io.interlinkgateway.slurm;

/// A slurmrestd did not respond, refused, or gave an unusable response. The message is for operators and contains no
/// secrets.
final class SlurmrestdException extends Exception {

    private static final long serialVersionUID = 1;

    SlurmrestdException(String reason) {
        super(reason);
    }

    /// @return the message
    String reason() {
        return String.valueOf(getMessage());
    }
}
