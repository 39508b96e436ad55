package io.interlinkgateway.job;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Options of the container runtime, which the plugin pastes into a shell command unquoted.
///
/// @param mounts `source:target` or `source:target:options`, absolute paths
/// @param options further options, as on the command line; `$NAME` is expanded on the HPC
public record SingularityOptions(List<String> mounts, Optional<String> options) {

    /// Neither mounts nor options.
    public static final SingularityOptions NONE =
            new SingularityOptions(List.of(), Optional.empty());

    private static final Pattern MOUNT =
            Pattern.compile("/[A-Za-z0-9._/@+~=-]*(:/[A-Za-z0-9._/@+~=-]*(:[a-z,]+)?)?");
    private static final Pattern OPTIONS =
            Pattern.compile(
                    "-([A-Za-z0-9._/:@+~=, -]|\\$[A-Za-z_]|\\$\\{[A-Za-z_][A-Za-z0-9_]*\\})*");

    /// The shell's own, and what login shells set.
    private static final Pattern WITH_BLANKS =
            Pattern.compile("\\$\\{?(IFS|_|PS[0-4]|SHELLOPTS|(BASH|SSH|LESS)[A-Z_]*|LS_COLORS)\\b");

    /// Blanks around the options are dropped.
    ///
    /// @throws InvalidValueException if something could act on the HPC's command line as anything else
    public SingularityOptions {
        mounts = List.copyOf(mounts);
        options = options.map(String::strip).filter(text -> !text.isEmpty());
        for (String mount : mounts) {
            if (!MOUNT.matcher(mount).matches()) {
                throw new InvalidValueException(
                        "A mount can't be \"" + Text.shown(mount) + "\".",
                        "Write /path/on/the/hpc:/path/in/the/container, of letters, digits and"
                                + " ._/@+~=- only.");
            }
        }
        if (options.isPresent()
                && (options.get().length() > 2048 || !OPTIONS.matcher(options.get()).matches())) {
            throw new InvalidValueException(
                    "The options \""
                            + Text.shown(options.get())
                            + "\" could act as a command on the HPC.",
                    "Begin with '-'; use letters, digits, blanks, ._/:@+~=,- and $NAME only.");
        }
        if (options.filter(text -> WITH_BLANKS.matcher(text).find()).isPresent()) {
            throw new InvalidValueException(
                    "A variable in the options holds blanks, which would make words of their own.",
                    "Use variables without blanks only.");
        }
        options.ifPresent(RuntimeWords::requireOptionsOnly);
    }
}
