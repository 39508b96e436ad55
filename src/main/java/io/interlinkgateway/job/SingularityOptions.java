package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.SingularityArguments.RuntimeOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Options of the container runtime, which the plugin inserts into a shell command without quotes.
///
/// @param mounts the bind mounts of the container
/// @param options further options as on the command line; `$NAME` is expanded on the HPC
public record SingularityOptions(List<BindMount> mounts, Optional<String> options) {

    /// No mounts and no options.
    public static final SingularityOptions NONE =
            new SingularityOptions(List.of(), Optional.empty());

    private static final int LONGEST = 2048;
    private static final Pattern OPTIONS =
            Pattern.compile(
                    "-(?:[A-Za-z0-9._/:@+~=, -]|\\$[A-Za-z_]|\\$\\{[A-Za-z_][A-Za-z0-9_]*\\})*+");

    /// Variables that the shell or a login shell sets to texts with blanks.
    private static final Pattern WITH_BLANKS =
            Pattern.compile("\\$\\{?(IFS|_|PS[0-4]|SHELLOPTS|(BASH|SSH|LESS)[A-Z_]*|LS_COLORS)\\b");

    /// Removes blanks around the options.
    ///
    /// @throws InvalidValueException if a part could have another meaning on the HPC's command line
    public SingularityOptions {
        mounts = List.copyOf(mounts);
        options = options.map(Text::trimmed).filter(text -> !text.isEmpty());
        options.ifPresent(SingularityOptions::parsed);
    }

    /// Parses the annotation for mounts.
    ///
    /// @param text options as on the command line, `--bind` and others
    /// @return its mounts, and the other options
    /// @throws InvalidValueException if a part could have another meaning on the HPC's command line
    public static SingularityOptions ofMounts(String text) {
        List<RuntimeOption> parsed =
                Text.trimmed(text).isEmpty() ? List.of() : parsed(Text.trimmed(text));
        String others =
                parsed.stream()
                        .filter(option -> option.mounts().isEmpty())
                        .map(RuntimeOption::text)
                        .collect(Collectors.joining(" "));
        return new SingularityOptions(
                parsed.stream().flatMap(option -> option.mounts().stream()).toList(),
                Optional.of(others));
    }

    private static List<RuntimeOption> parsed(String options) {
        if (options.length() > LONGEST || !OPTIONS.matcher(options).matches()) {
            throw new InvalidValueException(
                    "The options \""
                            + Text.shown(options)
                            + "\" could be executed as a command on the HPC.",
                    "Start with '-'; use letters, digits, blanks, ._/:@+~=,- and $NAME only, at"
                            + " most "
                            + LONGEST
                            + " characters.");
        }
        if (WITH_BLANKS.matcher(options).find()) {
            throw new InvalidValueException(
                    "A variable in the options contains blanks, which would split it into several"
                            + " words.",
                    "Use variables without blanks only.");
        }
        return SingularityArguments.parse(options);
    }

    /// The mounts as arguments.
    ///
    /// @return `--bind` and the mount for each, separated by single blanks; empty if there is none. A mount that
    ///     starts with a variable is attached with `=`, because the variable may be empty.
    public String renderedMounts() {
        return mounts.stream()
                .map(mount -> (mount.hasVariable() ? "--bind=" : "--bind ") + mount)
                .collect(Collectors.joining(" "));
    }

    /// The other options.
    ///
    /// @return their words, separated by single blanks
    public Optional<String> renderedOptions() {
        return options.map(text -> text.replaceAll(" +", " "));
    }
}
