package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.util.Set;
import java.util.regex.Pattern;

/// What an environment variable must be to reach the job as the caller wrote it.
///
/// The names and the line end that are refused are those that Apptainer 1.4.5 was seen to lose between its
/// `--env-file` and the container (docs/adr/0003-environment-values.md).
public final class EnvironmentVariable {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,254}");
    private static final Set<String> SET_BY_RUNTIME =
            Set.of("HOME", "PWD", "IFS", "UID", "EUID", "GID", "OPTIND", "PROMPT_COMMAND");

    private EnvironmentVariable() {}

    /// @param name a variable's name
    /// @return the same name
    /// @throws InvalidValueException if no shell takes it
    public static String requireIdentifier(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidValueException(
                    "An environment variable can't be named \"" + Text.shown(name) + "\".",
                    "Use letters, digits and '_', and no digit first.");
        }
        return name;
    }

    /// @param name a variable's name
    /// @return the same name
    /// @throws InvalidValueException if no shell takes it, or the container runtime sets it itself
    public static String requireName(String name) {
        requireIdentifier(name);
        if (SET_BY_RUNTIME.contains(name)) {
            throw new InvalidValueException(
                    "The environment variable " + name + " is set by the container runtime itself.",
                    "Use another name, or set it in the command.");
        }
        return name;
    }

    /// The value is never shown: it may be a secret.
    ///
    /// @param name the variable's name, for the message
    /// @param value its value
    /// @return the same value
    /// @throws InvalidValueException if it can't arrive unchanged
    public static String requireValue(String name, String value) {
        Text.requireArgument("The environment variable " + Text.shown(name), value);
        if (value.contains("\r\n")) {
            throw new InvalidValueException(
                    "The environment variable "
                            + Text.shown(name)
                            + " has a line that ends with CR LF; the container runtime would drop"
                            + " the CR.",
                    "End lines with LF, or send the value in Base64.");
        }
        return value;
    }
}
