package io.interlinkgateway.job;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Options of `sbatch`: each once, by its long name without dashes, in a form that every version of the
/// SLURM plugin passes on unharmed.
///
/// @param values long names to values, an empty value for an option that takes none; in the caller's order
public record SlurmOptions(Map<String, String> values) {

    /// No options.
    public static final SlurmOptions NONE = new SlurmOptions(Map.of());

    /// Copies the map, keeping its order.
    public SlurmOptions {
        values = Ordered.copyOf(values);
    }

    /// Options as they are written on a command line: `-p gpu --gres=gpu:1`.
    ///
    /// @param flags the raw string
    /// @return the same options by their long names
    /// @throws InvalidValueException if an option is refused, malformed or said twice
    public static SlurmOptions parse(String flags) {
        throw new UnsupportedOperationException(flags);
    }

    /// These options and others.
    ///
    /// @param others more options
    /// @return all of them, these first
    /// @throws InvalidValueException if an option stands in both or contradicts another
    public SlurmOptions and(SlurmOptions others) {
        Map<String, String> all = new LinkedHashMap<>(values);
        all.putAll(others.values);
        return new SlurmOptions(all);
    }

    /// @param name a long name without dashes
    /// @return the option's value, empty for an option that takes none
    public Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /// The options as the plugin gets them.
    ///
    /// @return `--key=value` or `--key`, single blanks between
    public String rendered() {
        return "";
    }
}
