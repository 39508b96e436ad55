package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;

/// The name of a job and of its pod: a DNS-1123 label of at most 63 characters.
///
/// @param value the name
public record JobName(String value) {

    /// The maximum length in characters. Pods may have longer names, but a job's name must also fit a label's value.
    public static final int MAX_LENGTH = 63;

    /// @throws InvalidValueException if the name is not a DNS-1123 label
    public JobName {
        Labels.requireDnsLabel("A job's name", value);
    }

    /// The prefix of a generated name.
    ///
    /// @param value the start of a DNS-1123 label, at most 51 characters
    public record Prefix(String value) {

        /// The default prefix.
        public static final Prefix DEFAULT = new Prefix("job-");

        private static final int SHORTEST = 12;
        private static final int LONGEST = 26;

        /// @throws InvalidValueException if no name can start with it
        public Prefix {
            if (value.length() > MAX_LENGTH - SHORTEST) {
                throw new InvalidValueException(
                        "A generated name can't start with \"" + Text.shown(value) + "\".",
                        "Use at most " + (MAX_LENGTH - SHORTEST) + " characters.");
            }
            Labels.requireDnsLabel("A generated name", value + "0");
        }

        /// @param digits at least 26 hexadecimal digits
        /// @return a name with as many of them as fit, 12 to 26
        public JobName named(String digits) {
            return new JobName(
                    value + digits.substring(0, Math.min(LONGEST, MAX_LENGTH - value.length())));
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
