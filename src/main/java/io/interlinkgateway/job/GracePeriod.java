package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;

/// How long a job's pod stays, at most, after its deletion was requested. The virtual node passes the cancellation on to the
/// HPC at once; the HPC does not learn this period.
///
/// @param seconds 1 to 3600
public record GracePeriod(long seconds) {

    private static final long LONGEST = 3600;

    /// @throws InvalidValueException if it is out of its range
    public GracePeriod {
        if (seconds == 0) {
            throw new InvalidValueException(
                    "gracePeriodSeconds must not be 0: Kubernetes would remove the pod before the"
                            + " virtual node has cancelled the job on the HPC.",
                    "Write 1 or more, or leave it out.");
        }
        if (seconds < 0 || seconds > LONGEST) {
            throw new InvalidValueException(
                    "gracePeriodSeconds is out of its range.",
                    "Write a whole number of seconds from 1 to " + LONGEST + ".");
        }
    }
}
