package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.util.Optional;
import java.util.regex.Pattern;

/// One bind mount of the container runtime: a path on the HPC and its path in the container.
///
/// @param source an absolute path, or one that starts with an environment variable of the HPC
/// @param target an absolute path in the container; if empty, the same as the source
/// @param options mount options such as `ro` or `rw`, separated by commas
public record BindMount(String source, Optional<String> target, Optional<String> options) {

    private static final String PATH = "[A-Za-z0-9._/@+~=-]";
    private static final String VARIABLE =
            "\\$(?:[A-Za-z_][A-Za-z0-9_]*|\\{[A-Za-z_][A-Za-z0-9_]*\\})";
    private static final Pattern SOURCE =
            Pattern.compile("(?:/|" + VARIABLE + ")(?:" + PATH + "|" + VARIABLE + ")*+");
    private static final Pattern TARGET = Pattern.compile("/" + PATH + "*+");
    private static final Pattern OPTIONS = Pattern.compile("[a-z]+(?:,[a-z]+)*+");

    /// @throws InvalidValueException if a part has another form
    public BindMount {
        if (!SOURCE.matcher(source).matches()
                || !matches(TARGET, target)
                || !matches(OPTIONS, options)
                || (target.isEmpty() && options.isPresent())) {
            throw refused(rendered(source, target, options));
        }
    }

    private static boolean matches(Pattern pattern, Optional<String> text) {
        return text.isEmpty() || pattern.matcher(text.get()).matches();
    }

    /// @param text `source`, `source:target` or `source:target:options`
    /// @return the mount
    /// @throws InvalidValueException if the text has another form
    public static BindMount parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length > 3) {
            throw refused(text);
        }
        return new BindMount(
                parts[0],
                parts.length > 1 ? Optional.of(parts[1]) : Optional.empty(),
                parts.length > 2 ? Optional.of(parts[2]) : Optional.empty());
    }

    /// @return whether the source contains a variable of the HPC
    public boolean hasVariable() {
        return source.indexOf('$') >= 0;
    }

    /// @return this mount
    /// @throws InvalidValueException if the source contains a variable of the HPC
    public BindMount requireNoVariable() {
        if (hasVariable()) {
            throw refused(toString());
        }
        return this;
    }

    private static InvalidValueException refused(String text) {
        return new InvalidValueException(
                "A mount can't be \"" + Text.shown(text) + "\".",
                "Write /path/on/the/hpc:/path/in/the/container, with letters, digits and ._/@+~=-"
                        + " only; :ro or :rw may follow.");
    }

    private static String rendered(
            String source, Optional<String> target, Optional<String> options) {
        return source + target.map(":"::concat).orElse("") + options.map(":"::concat).orElse("");
    }

    /// @return the mount as an argument of the container runtime
    @Override
    public String toString() {
        return rendered(source, target, options);
    }
}
