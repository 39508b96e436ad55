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

/// Options of `sbatch`: each once, by its long name without dashes, in a form that every version of the
/// SLURM plugin passes on unharmed (`--key=value`, single blanks between; some versions split at each
/// blank, and none checks anything).
///
/// @param values long names to values, an empty value for an option that has none; in the caller's order. Second
///     names (`tasks`) are replaced by the first (`ntasks`).
public record SlurmOptions(Map<String, String> values) {

    private static final int LONGEST = 8192;
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,63}");
    private static final Pattern HARMLESS_VALUE =
            Pattern.compile("[A-Za-z0-9._/:@+~=,%\\[\\]*!?&|()<>^-]{1,1024}");

    private static final Pattern GPU_GRES = Pattern.compile("gpu(:[a-z0-9_]+)?:\\d+");
    private static final Pattern GPUS_PER_NODE = Pattern.compile("([a-z0-9_]+:)?\\d+");

    /// A list of variables that the job gets from the plugin's environment, each perhaps with a value.
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
    /// @throws InvalidValueException if an option is refused, has a value that could act on the HPC or none where it
    ///     needs one, or contradicts another
    public SlurmOptions {
        Map<String, String> canonical = new LinkedHashMap<>();
        values.forEach((name, value) -> put(canonical, new Option(name, value)));
        requireNoContradiction(canonical);
        values = Ordered.copyOf(canonical);
    }

    /// Options as they are written on a command line: `-p gpu --gres=gpu:1`.
    ///
    /// @param flags the raw text
    /// @return the same options by their long names
    /// @throws InvalidValueException if an option is refused, malformed or given twice
    public static SlurmOptions parse(String flags) {
        return parse(flags, Set.of());
    }

    /// Options as they are written on a command line, without some.
    ///
    /// @param flags the raw text
    /// @param leftOut long names of options that may stand in the text and do not count
    /// @return the other options by their long names
    /// @throws InvalidValueException if another option is refused, malformed or given twice
    public static SlurmOptions parse(String flags, Set<String> leftOut) {
        Map<String, String> options = new LinkedHashMap<>();
        for (Option option : options(flags)) {
            if (!leftOut.contains(option.name)) {
                put(options, option);
            }
        }
        return new SlurmOptions(options);
    }

    /// The names of all options of a text, whether they are allowed or not.
    ///
    /// @param flags the raw text
    /// @return names without dashes, long ones for the short ones
    /// @throws InvalidValueException if the text is malformed
    public static List<String> names(String flags) {
        return options(flags).stream().map(Option::name).toList();
    }

    private record Option(String name, String value) {}

    /// The options of a command line as `getopt_long` finds them.
    private static List<Option> options(String flags) {
        String text = Text.trimmed(flags);
        if (text.length() > LONGEST) {
            throw new InvalidValueException(
                    "The SLURM options are longer than " + LONGEST + " characters.",
                    "Give each option once.");
        }
        if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f || "'\"\\`$#;".indexOf(c) >= 0)) {
            throw new InvalidValueException(
                    "The SLURM options hold a line break, quote or another character that could act"
                            + " on the HPC.",
                    "Write --key=value with single blanks between; values without blanks, quotes,"
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
                        "\"" + Text.shown(word) + "\" is no option of sbatch.",
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

    /// The letters of one word: options without a value, then perhaps one that takes the rest of the word or the next
    /// word. `-Oo/tmp/x` is `-O -o /tmp/x`.
    private static List<Option> shortOptions(String word, Deque<String> rest) {
        List<Option> options = new ArrayList<>();
        for (int at = 1; at < word.length(); at++) {
            SbatchOption option = SbatchOption.ofLetter(word.charAt(at)).orElse(null);
            if (option == null) {
                throw new InvalidValueException(
                        "\"" + Text.shown(word) + "\" is no option of sbatch.",
                        "Write options as --key=value.");
            }
            switch (option.argument()) {
                case NONE -> options.add(new Option(option.name(), ""));
                case OPTIONAL, REQUIRED -> {
                    String glued = word.substring(at + 1);
                    options.add(new Option(option.name(), shortValue(word, option, glued, rest)));
                    return options;
                }
            }
        }
        return options;
    }

    /// To sbatch a '=' glued to a letter is a part of the value, which is never meant: it is left out.
    private static String shortValue(
            String word, SbatchOption option, String glued, Deque<String> rest) {
        if (glued.isEmpty()) {
            return option.argument() == Argument.REQUIRED ? nextValue(word, rest) : "";
        }
        return glued.startsWith("=") ? glued.substring(1) : glued;
    }

    private static String nextValue(String option, Deque<String> rest) {
        if (rest.isEmpty() || rest.getFirst().startsWith("-")) {
            throw withoutValue(option);
        }
        return rest.removeFirst();
    }

    private static InvalidValueException withoutValue(String option) {
        return new InvalidValueException(
                "The option \"" + Text.shown(option) + "\" lacks its value.",
                "Write it as --key=value.");
    }

    /// One option's value.
    ///
    /// @param name the option's long name without dashes
    /// @param value what the caller gave
    /// @return the same value
    /// @throws InvalidValueException if it is empty or could act on the HPC, or the option is refused
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

    /// The option by its first name.
    private static Option checked(Option option) {
        if (!NAME.matcher(option.name).matches()) {
            throw new InvalidValueException(
                    "\"" + Text.shown(option.name) + "\" is no option of sbatch.",
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
            requireWhole(option.name);
            return option;
        }
        requireAllowed(known.get());
        requireArgument(known.get(), option.value);
        return new Option(known.get().name(), option.value);
    }

    /// `getopt_long` takes the beginning of an option for the option, so that `--outp` would be the refused `--output`.
    private static void requireWhole(String name) {
        List<SbatchOption> longer = SbatchOption.abbreviatedBy(name);
        if (!longer.isEmpty()) {
            throw new InvalidValueException(
                    "The option --" + name + " is short for another one.",
                    longer.stream()
                            .filter(option -> option.effect() != Effect.REFUSED)
                            .findFirst()
                            .map(option ->
                                    "Write the option's whole name, such as --"
                                            + option.name()
                                            + ".")
                            .orElse("Leave it out: what it is short for is not allowed."));
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
                    "The option --" + option.name() + " has no value.",
                    "Write --" + option.name() + " alone.");
        }
        if (option.name().equals("export") && !EXPORT.matcher(value).matches()) {
            throw new InvalidValueException(
                    "The option --export can't have the value \"" + Text.shown(value) + "\".",
                    "Write ALL, NONE or names of variables with commas between, each perhaps with"
                            + " =value.");
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

    /// These options and others.
    ///
    /// @param others more options
    /// @return all of them, these first
    /// @throws InvalidValueException if an option stands in both or contradicts another
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

    /// The options that `sbatch` does not have by itself. A site may have them by its plugins.
    ///
    /// @return long names to the names that were probably meant
    public Map<String, Optional<String>> unknown() {
        return values.keySet().stream()
                .filter(name -> SbatchOption.named(name).isEmpty())
                .collect(Collectors.toMap(name -> name, SbatchOption::nearest));
    }

    /// The options with which the size of a job is not certain.
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

    /// The options as the plugin gets them.
    ///
    /// @return `--key=value` or `--key`, single blanks between
    public String rendered() {
        return values.entrySet().stream()
                .map(option ->
                        "--"
                                + option.getKey()
                                + (option.getValue().isEmpty() ? "" : "=" + option.getValue()))
                .collect(Collectors.joining(" "));
    }
}
