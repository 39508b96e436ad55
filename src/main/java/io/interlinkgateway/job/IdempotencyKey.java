package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;

/// A caller's mark on a request, so that its repeats make one job.
///
/// @param value 1 to 255 printable ASCII characters
public record IdempotencyKey(String value) {

    /// @throws InvalidValueException if it is empty, too long or has other characters
    public IdempotencyKey {
        if (!value.matches("[\\x21-\\x7e]{1,255}")) {
            throw new InvalidValueException(
                    "The Idempotency-Key is not usable.",
                    "Use 1 to 255 printable ASCII characters without blanks, such as a UUID.");
        }
    }

    /// What the name of a job is made of that a request without a name makes: the same for each repeat.
    ///
    /// @param workspace where the job will live
    /// @return 64 hexadecimal digits
    public String fingerprintIn(Workspace workspace) {
        return Fingerprint.of(workspace.value() + "\n" + value);
    }

    /// What the pod keeps of the key, as a label.
    ///
    /// @return the first 63 hexadecimal digits of its SHA-256
    public String fingerprint() {
        return Fingerprint.of(value).substring(0, 63);
    }
}
