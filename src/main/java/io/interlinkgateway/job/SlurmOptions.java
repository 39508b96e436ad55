package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.SbatchOption.Argument;
import io.interlinkgateway.job.SbatchOption.Effect;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Options of `sbatch`, each once, by its long name without dashes. They are rendered in a form that every version of
/// the SLURM plugin passes on unchanged: `--key=value`, separated by single blanks. Some versions split at each
/// blank, and none checks the options.
///
/// @param values long names to values, in the caller's order; the value is empty for an option without one. Aliases
///     (`tasks`) are replaced by the option's name (`ntasks`).
public record SlurmOptions(Map<String, String> values) {

    private static final int LONGEST = 8192;
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,63}");
    private static final Pattern HARMLESS_VALUE =
            Pattern.compile("[A-Za-z0-9._/:@+~=,%\\[\\]*!?&|()<>^-]{1,1024}");

    private static final Pattern GPU_GRES = Pattern.compile("gpu(:[a-z0-9_]+)?:\\d+");
    private static final Pattern GPUS_PER_NODE = Pattern.compile("([a-z0-9_]+:)?\\d+");

    /// A list of variables that the job inherits from the plugin's environment, each optionally with a value.
    private static final Pattern EXPORT =
            Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(=[^,]*)?(,[A-Za-z_][A-Za-z0-9_]*(=[^,]*)?)*");

    private static final List<Set<String>> EXCLUSIVE =
            List.of(
                    Set.of("mem", "mem-per-cpu", "mem-per-gpu"),
                    Set.of("requeue", "no-requeue"),
                    Set.of("exclusive", "oversubscribe"),
                    Set.of("cpus-per-gpu", "cpus-per-task"));

    /// No options.
    public static final SlurmOptions NONE = new SlurmOptions(Map.of());

    /// Copies the map, keeping its order.
    ///
    /// @throws InvalidValueException if an option is refused, has an unsafe value or none where it needs one, or
    ///     contradicts another
    public SlurmOptions {
        Map<String, String> canonical = new LinkedHashMap<>();
        values.forEach((name, value) -> put(canonical, new Option(name, value)));
        requireNoContradiction(canonical);
        values = Ordered.copyOf(canonical);
    }

    /// Parses options as on a command line: `-p gpu --gres=gpu:1`.
    ///
    /// @param flags the raw text
    /// @return the same options by their long names
    /// @throws InvalidValueException if an option is refused, malformed or given twice
    public static SlurmOptions parse(String flags) {
        return parse(flags, Set.of());
    }

    /// Parses options as on a command line, and omits some.
    ///
    /// @param flags the raw text
    /// @param omitted long names of options that are ignored in the text
    /// @return the other options by their long names
    /// @throws InvalidValueException if another option is refused, malformed or given twice
    public static SlurmOptions parse(String flags, Set<String> omitted) {
        Map<String, String> options = new LinkedHashMap<>();
        for (Option option : options(flags)) {
            if (!omitted.contains(option.name)) {
                put(options, option);
            }
        }
        return new SlurmOptions(options);
    }

    /// The names of all options in a text, including refused ones.
    ///
    /// @param flags the raw text
    /// @return long names without dashes
    /// @throws InvalidValueException if the text is malformed
    public static List<String> names(String flags) {
        return options(flags).stream().map(Option::name).toList();
    }

    private record Option(String name, String value) {}

    /// The options of a command line, as `getopt_long` splits them.
    private static List<Option> options(String flags) {
        String text = Text.trimmed(flags);
        if (text.length() > LONGEST) {
            throw new InvalidValueException(
                    "The SLURM options are longer than " + LONGEST + " characters.",
                    "Give each option once.");
        }
        if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f || "'\"\\`$#;".indexOf(c) >= 0)) {
            throw new InvalidValueException(
                    "The SLURM options contain a line break, a quote or another character that has"
                            + " a meaning in shells.",
                    "Write --key=value, separated by single blanks; values without blanks, quotes,"
                            + " $, `, ;, \\ and #.");
        }
        List<Option> options = new ArrayList<>();
        Deque<String> words = new ArrayDeque<>(List.of(text.split(" +")));
        while (!words.isEmpty()) {
            String word = words.removeFirst();
            if (word.startsWith("--") && word.length() > 2) {
                options.add(longOption(word, words));
            } else if (word.startsWith("-") && word.length() > 1 && word.charAt(1) != '-') {
                options.addAll(shortOptions(word, words));
            } else if (!word.isEmpty()) {
                throw new InvalidValueException(
                        "\"" + Text.shown(word) + "\" is not an option of sbatch.",
                        "Write options as --key=value.");
            }
        }
        return options;
    }

    private static Option longOption(String word, Deque<String> rest) {
        int equals = word.indexOf('=');
        if (equals >= 0) {
            String value = word.substring(equals + 1);
            if (value.isEmpty()) {
                throw withoutValue(word);
            }
            return new Option(word.substring(2, equals), value);
        }
        String name = word.substring(2);
        boolean needsValue =
                SbatchOption.named(name)
                        .filter(option -> option.argument() == Argument.REQUIRED)
                        .isPresent();
        return new Option(name, needsValue ? nextValue(word, rest) : "");
    }

    /// The letters of one word: options without a value, then optionally one that takes the rest of the word or the
    /// next word as its value. `-Oo/tmp/x` means `-O -o /tmp/x`.
    private static List<Option> shortOptions(String word, Deque<String> rest) {
        List<Option> options = new ArrayList<>();
        for (int at = 1; at < word.length(); at++) {
            SbatchOption option = SbatchOption.ofLetter(word.charAt(at)).orElse(null);
            if (option == null) {
                throw new InvalidValueException(
                        "\"" + Text.shown(word) + "\" is not an option of sbatch.",
                        "Write options as --key=value.");
            }
            switch (option.argument()) {
                case NONE -> options.add(new Option(option.name(), ""));
                case OPTIONAL, REQUIRED -> {
                    String attached = word.substring(at + 1);
                    options.add(
                            new Option(option.name(), shortValue(word, option, attached, rest)));
                    return options;
                }
            }
        }
        return options;
    }

    /// sbatch reads a '=' after a letter as part of the value, which is never intended: it is removed.
    private static String shortValue(
            String word, SbatchOption option, String attached, Deque<String> rest) {
        if (attached.isEmpty()) {
            return option.argument() == Argument.REQUIRED ? nextValue(word, rest) : "";
        }
        return attached.startsWith("=") ? attached.substring(1) : attached;
    }

    private static String nextValue(String option, Deque<String> rest) {
        if (rest.isEmpty() || rest.getFirst().startsWith("-")) {
            throw withoutValue(option);
        }
        return rest.removeFirst();
    }

    private static InvalidValueException withoutValue(String option) {
        return new InvalidValueException(
                "The option \"" + Text.shown(option) + "\" requires a value.",
                "Write it as --key=value.");
    }

    /// One option's value.
    ///
    /// @param name the option's long name without dashes
    /// @param value the caller's value
    /// @return the same value
    /// @throws InvalidValueException if it is empty or unsafe, or the option is refused
    public static String requireHarmlessValue(String name, String value) {
        checked(new Option(name, value));
        return value;
    }

    private static void put(Map<String, String> options, Option option) {
        Option checked = checked(option);
        if (options.putIfAbsent(checked.name, checked.value) != null) {
            throw givenTwice(checked.name);
        }
    }

    /// The option by its name, if an alias was given.
    private static Option checked(Option option) {
        if (!NAME.matcher(option.name).matches()) {
            throw new InvalidValueException(
                    "\"" + Text.shown(option.name) + "\" is not an option of sbatch.",
                    "Use the option's long name, in lower case letters, digits and '-'.");
        }
        if (!option.value.isEmpty() && !HARMLESS_VALUE.matcher(option.value).matches()) {
            throw new InvalidValueException(
                    "The option --"
                            + option.name
                            + " can't have the value \""
                            + Text.shown(option.value)
                            + "\".",
                    "Use a value of at most 1024 characters without blanks, quotes, $, `, ;, \\, #,"
                            + " { and }.");
        }
        Optional<SbatchOption> known = SbatchOption.named(option.name);
        if (known.isEmpty()) {
            requireNotAbbreviated(option.name);
            return option;
        }
        requireAllowed(known.get());
        requireArgument(known.get(), option.value);
        return new Option(known.get().name(), option.value);
    }

    /// Refuses abbreviations: `getopt_long` accepts them, so that `--outp` would be the refused `--output`.
    private static void requireNotAbbreviated(String name) {
        List<SbatchOption> longer = SbatchOption.abbreviatedBy(name);
        if (!longer.isEmpty()) {
            throw new InvalidValueException(
                    "The option --" + name + " is an abbreviation of another one.",
                    longer.stream()
                            .filter(option -> option.effect() != Effect.REFUSED)
                            .findFirst()
                            .map(option ->
                                    "Write the option's full name, such as --"
                                            + option.name()
                                            + ".")
                            .orElse("Remove it: the option that it abbreviates is not allowed."));
        }
    }

    private static void requireAllowed(SbatchOption option) {
        if (option.effect() == Effect.REFUSED) {
            throw new InvalidValueException(
                    "The option --" + option.name() + " is not allowed. " + option.remark(),
                    "Leave --" + option.name() + " out.");
        }
    }

    private static void requireArgument(SbatchOption option, String value) {
        if (option.argument() == Argument.REQUIRED && value.isEmpty()) {
            throw withoutValue("--" + option.name());
        }
        if (option.argument() == Argument.NONE && !value.isEmpty()) {
            throw new InvalidValueException(
                    "The option --" + option.name() + " does not take a value.",
                    "Write --" + option.name() + " alone.");
        }
        if (option.name().equals("export") && !EXPORT.matcher(value).matches()) {
            throw new InvalidValueException(
                    "The option --export can't have the value \"" + Text.shown(value) + "\".",
                    "Write ALL, NONE or names of variables separated by commas, each optionally"
                            + " with =value.");
        }
    }

    private static void requireNoContradiction(Map<String, String> values) {
        for (Set<String> exclusive : EXCLUSIVE) {
            List<String> present = values.keySet().stream().filter(exclusive::contains).toList();
            if (present.size() > 1) {
                throw new InvalidValueException(
                        "The options --"
                                + String.join(" and --", present)
                                + " contradict each other.",
                        "Keep one of them.");
            }
        }
        Optional<String> gres =
                Optional.ofNullable(values.get("gres"))
                        .filter(text -> GPU_GRES.matcher(text).matches());
        Optional<String> perNode =
                Optional.ofNullable(values.get("gpus-per-node"))
                        .filter(text -> GPUS_PER_NODE.matcher(text).matches());
        if (gres.isPresent()
                && perNode.isPresent()
                && !count(gres.get()).equals(count(perNode.get()))) {
            throw new InvalidValueException(
                    "The options --gres="
                            + gres.get()
                            + " and --gpus-per-node="
                            + perNode.get()
                            + " contradict each other.",
                    "Keep one of them.");
        }
    }

    private static String count(String gpus) {
        return gpus.substring(gpus.lastIndexOf(':') + 1);
    }

    /// Combines these options with others.
    ///
    /// @param others further options
    /// @return all options, these first
    /// @throws InvalidValueException if an option is in both or contradicts another
    public SlurmOptions and(SlurmOptions others) {
        Map<String, String> all = new LinkedHashMap<>(values);
        others.values.forEach((name, value) -> put(all, new Option(name, value)));
        return new SlurmOptions(all);
    }

    /// These options without some.
    ///
    /// @param names long names
    /// @return the others
    public SlurmOptions without(Set<String> names) {
        Map<String, String> rest = new LinkedHashMap<>(values);
        rest.keySet().removeAll(names);
        return new SlurmOptions(rest);
    }

    private static InvalidValueException givenTwice(String name) {
        return new InvalidValueException(
                "The option --" + Text.shown(name) + " is given twice.",
                "Give it once, as a field of slurm or in slurm.flags.");
    }

    /// @param name a long name without dashes
    /// @return the option's value, empty for an option that has none
    public Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /// The options that plain `sbatch` does not have. A site's plugins may add them.
    ///
    /// @return their long names, with the name of which each is probably a misspelling
    public Map<String, Optional<String>> unknown() {
        return values.keySet().stream()
                .filter(name -> SbatchOption.named(name).isEmpty())
                .collect(Collectors.toMap(name -> name, SbatchOption::nearest));
    }

    /// The options that make the size of a job uncertain.
    ///
    /// @return long names
    public List<String> ofUncertainSize() {
        return values.keySet().stream()
                .filter(name ->
                        SbatchOption.named(name)
                                .filter(option -> option.effect() == Effect.UNCERTAIN_SIZE)
                                .isPresent())
                .toList();
    }

    /// The options as passed to the plugin.
    ///
    /// @return `--key=value` or `--key`, separated by single blanks
    public String rendered() {
        return values.entrySet().stream()
                .map(option ->
                        "--"
                                + option.getKey()
                                + (option.getValue().isEmpty() ? "" : "=" + option.getValue()))
                .collect(Collectors.joining(" "));
    }
}
