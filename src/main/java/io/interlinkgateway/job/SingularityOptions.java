package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.SingularityArguments.RuntimeOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Options of the container runtime, which the plugin pastes into a shell command unquoted.
///
/// @param mounts what is mounted into the container
/// @param options further options, as on the command line; `$NAME` is expanded on the HPC
public record SingularityOptions(List<BindMount> mounts, Optional<String> options) {

    /// Neither mounts nor options.
    public static final SingularityOptions NONE =
            new SingularityOptions(List.of(), Optional.empty());

    private static final int LONGEST = 2048;
    private static final Pattern OPTIONS =
            Pattern.compile(
                    "-(?:[A-Za-z0-9._/:@+~=, -]|\\$[A-Za-z_]|\\$\\{[A-Za-z_][A-Za-z0-9_]*\\})*+");

    /// The shell's own, and what login shells set.
    private static final Pattern WITH_BLANKS =
            Pattern.compile("\\$\\{?(IFS|_|PS[0-4]|SHELLOPTS|(BASH|SSH|LESS)[A-Z_]*|LS_COLORS)\\b");

    /// Blanks around the options are dropped.
    ///
    /// @throws InvalidValueException if something could act on the HPC's command line as anything else
    public SingularityOptions {
        mounts = List.copyOf(mounts);
        options = options.map(Text::trimmed).filter(text -> !text.isEmpty());
        options.ifPresent(SingularityOptions::parsed);
    }

    /// The text of an annotation that is meant for mounts.
    ///
    /// @param text options as on the command line, `--bind` and others
    /// @return its mounts, and the other options
    /// @throws InvalidValueException if something could act on the HPC's command line as anything else
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
                            + "\" could act as a command on the HPC.",
                    "Begin with '-'; use letters, digits, blanks, ._/:@+~=,- and $NAME only, at"
                            + " most "
                            + LONGEST
                            + " characters.");
        }
        if (WITH_BLANKS.matcher(options).find()) {
            throw new InvalidValueException(
                    "A variable in the options holds blanks, which would make words of their own.",
                    "Use variables without blanks only.");
        }
        return SingularityArguments.parse(options);
    }

    /// The mounts as options.
    ///
    /// @return `--bind` and a mount for each, single blanks between; empty if there is none. What begins with a variable is
    ///     glued, for the variable may be empty.
    public String renderedMounts() {
        return mounts.stream()
                .map(mount -> (mount.hasVariable() ? "--bind=" : "--bind ") + mount)
                .collect(Collectors.joining(" "));
    }

    /// The other options.
    ///
    /// @return their words with single blanks between
    public Optional<String> renderedOptions() {
        return options.map(text -> text.replaceAll(" +", " "));
    }
}
