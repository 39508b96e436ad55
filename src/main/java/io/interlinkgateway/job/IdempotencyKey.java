package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;

/// The caller's key of a request, with which repeats of the request create only one job.
///
/// @param value 1 to 255 printable ASCII characters
public record IdempotencyKey(String value) {

    /// @throws InvalidValueException if it is empty, too long or has other characters
    public IdempotencyKey {
        if (!value.matches("[\\x21-\\x7e]{1,255}")) {
            throw new InvalidValueException(
                    "The Idempotency-Key is not valid.",
                    "Use 1 to 255 printable ASCII characters without blanks, such as a UUID.");
        }
    }

    /// The source of a generated job name, which is the same for each repeat of a request without a name.
    ///
    /// @param workspace the job's workspace
    /// @return 64 hexadecimal digits
    public String fingerprintIn(Workspace workspace) {
        return Fingerprint.of(workspace.value() + "\n" + value);
    }

    /// The digest of the key that is stored in a label of the pod.
    ///
    /// @return the first 63 hexadecimal digits of its SHA-256
    public String fingerprint() {
        return Fingerprint.of(value).substring(0, 63);
    }
}
