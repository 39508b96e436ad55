package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.util.Set;
import java.util.regex.Pattern;

/// The rules for environment variables, so that they reach the job unchanged.
///
/// The names and the line ending that are refused were lost by Apptainer 1.4.5 between its `--env-file` and the
/// container in tests (docs/adr/0003-environment-values.md).
public final class EnvironmentVariable {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,254}");
    private static final Set<String> SET_BY_RUNTIME =
            Set.of("HOME", "PWD", "IFS", "UID", "EUID", "GID", "OPTIND", "PROMPT_COMMAND");

    private EnvironmentVariable() {}

    /// @param name a variable's name
    /// @return the same name
    /// @throws InvalidValueException if it is not a valid name in a shell
    public static String requireIdentifier(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidValueException(
                    "An environment variable can't be named \"" + Text.shown(name) + "\".",
                    "Use letters, digits and '_'; the first character must not be a digit.");
        }
        return name;
    }

    /// @param name a variable's name
    /// @return the same name
    /// @throws InvalidValueException if it is not a valid name in a shell, or the container runtime sets the variable
    ///     itself
    public static String requireName(String name) {
        requireIdentifier(name);
        if (SET_BY_RUNTIME.contains(name)) {
            throw new InvalidValueException(
                    "The environment variable " + name + " is set by the container runtime itself.",
                    "Use another name, or set it in the command.");
        }
        return name;
    }

    /// Messages do not contain the value, because it may be a secret.
    ///
    /// @param name the variable's name, for the message
    /// @param value its value
    /// @return the same value
    /// @throws InvalidValueException if the value can't reach the job unchanged
    public static String requireValue(String name, String value) {
        Text.requireArgument("The environment variable " + Text.shown(name), value);
        if (value.contains("\r\n")) {
            throw new InvalidValueException(
                    "The environment variable "
                            + Text.shown(name)
                            + " has a line that ends with CR LF; the container runtime would remove"
                            + " the CR.",
                    "End lines with LF, or send the value in Base64.");
        }
        return value;
    }
}
