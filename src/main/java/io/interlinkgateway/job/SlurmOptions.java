package io.interlinkgateway.job;

import java.util.ArrayList;
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
/// @param values long names to values, an empty value for an option that takes none; in the caller's order
public record SlurmOptions(Map<String, String> values) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,63}");
    private static final Pattern HARMLESS_VALUE =
            Pattern.compile("[A-Za-z0-9._/:@+~=,%\\[\\]*!&|()<>^-]{1,1024}");

    /// sbatch's letters (its manual page, SLURM 22.05 to 25.05).
    private static final Map<Character, String> LONG_NAMES =
            Map.ofEntries(
                    Map.entry('A', "account"),
                    Map.entry('B', "extra-node-info"),
                    Map.entry('C', "constraint"),
                    Map.entry('D', "chdir"),
                    Map.entry('F', "nodefile"),
                    Map.entry('G', "gpus"),
                    Map.entry('H', "hold"),
                    Map.entry('J', "job-name"),
                    Map.entry('L', "licenses"),
                    Map.entry('M', "clusters"),
                    Map.entry('N', "nodes"),
                    Map.entry('O', "overcommit"),
                    Map.entry('Q', "quiet"),
                    Map.entry('S', "core-spec"),
                    Map.entry('V', "version"),
                    Map.entry('W', "wait"),
                    Map.entry('a', "array"),
                    Map.entry('b', "begin"),
                    Map.entry('c', "cpus-per-task"),
                    Map.entry('d', "dependency"),
                    Map.entry('e', "error"),
                    Map.entry('h', "help"),
                    Map.entry('i', "input"),
                    Map.entry('k', "no-kill"),
                    Map.entry('m', "distribution"),
                    Map.entry('n', "ntasks"),
                    Map.entry('o', "output"),
                    Map.entry('p', "partition"),
                    Map.entry('q', "qos"),
                    Map.entry('s', "oversubscribe"),
                    Map.entry('t', "time"),
                    Map.entry('v', "verbose"),
                    Map.entry('w', "nodelist"),
                    Map.entry('x', "exclude"));

    /// Options that never take the next word as their value.
    private static final Set<String> WITHOUT_VALUE =
            Set.of(
                    "contiguous",
                    "disable-stdout-job-summary",
                    "exclusive",
                    "get-user-env",
                    "hold",
                    "ignore-pbs",
                    "kill-on-invalid-dep",
                    "no-kill",
                    "no-requeue",
                    "overcommit",
                    "oversubscribe",
                    "reboot",
                    "requeue",
                    "spread-job",
                    "stepmgr",
                    "use-min-nodes",
                    "nice");

    /// sbatch's long options (its manual page, SLURM 22.05 to 25.05). A site may have more, by its plugins.
    private static final Set<String> KNOWN =
            Set.of(
                    "account",
                    "acctg-freq",
                    "array",
                    "batch",
                    "bb",
                    "bbf",
                    "begin",
                    "bell",
                    "chdir",
                    "cluster-constraint",
                    "clusters",
                    "comment",
                    "consolidate-segments",
                    "constraint",
                    "container",
                    "container-id",
                    "contiguous",
                    "core-spec",
                    "cores-per-socket",
                    "cpu-freq",
                    "cpus-per-gpu",
                    "cpus-per-task",
                    "deadline",
                    "delay-boot",
                    "dependency",
                    "disable-stdout-job-summary",
                    "distribution",
                    "error",
                    "exclude",
                    "exclusive",
                    "export",
                    "export-file",
                    "extra",
                    "extra-node-info",
                    "get-user-env",
                    "gid",
                    "gpu-bind",
                    "gpu-freq",
                    "gpus",
                    "gpus-per-node",
                    "gpus-per-socket",
                    "gpus-per-task",
                    "gres",
                    "gres-flags",
                    "help",
                    "hint",
                    "hold",
                    "ignore-pbs",
                    "input",
                    "job-name",
                    "kill-on-invalid-dep",
                    "licenses",
                    "mail-type",
                    "mail-user",
                    "mcs-label",
                    "mem",
                    "mem-bind",
                    "mem-per-cpu",
                    "mem-per-gpu",
                    "mincpus",
                    "network",
                    "nice",
                    "no-bell",
                    "no-kill",
                    "no-requeue",
                    "no-shell",
                    "nodefile",
                    "nodelist",
                    "nodes",
                    "ntasks",
                    "ntasks-per-core",
                    "ntasks-per-gpu",
                    "ntasks-per-node",
                    "ntasks-per-socket",
                    "oom-kill-step",
                    "open-mode",
                    "output",
                    "overcommit",
                    "oversubscribe",
                    "parsable",
                    "partition",
                    "power",
                    "prefer",
                    "priority",
                    "profile",
                    "propagate",
                    "qos",
                    "quiet",
                    "reboot",
                    "requeue",
                    "reservation",
                    "resv-ports",
                    "segment",
                    "share",
                    "signal",
                    "sockets-per-node",
                    "spread-job",
                    "stepmgr",
                    "switches",
                    "test-only",
                    "thread-spec",
                    "threads-per-core",
                    "time",
                    "time-min",
                    "tmp",
                    "tres-bind",
                    "tres-per-job",
                    "tres-per-node",
                    "tres-per-socket",
                    "tres-per-task",
                    "uid",
                    "umask",
                    "usage",
                    "use-min-nodes",
                    "verbose",
                    "version",
                    "wait",
                    "wait-all-nodes",
                    "wckey",
                    "wrap",
                    "x11");

    private static final Map<String, String> REFUSED =
            Map.ofEntries(
                    Map.entry("output", "The job's log is read from the plugin's own file."),
                    Map.entry("error", "The job's log is read from the plugin's own file."),
                    Map.entry("input", "Jobs have no standard input."),
                    Map.entry("job-name", "The plugin names the SLURM job after the pod's UID."),
                    Map.entry("uid", "The HPC decides who the job runs as."),
                    Map.entry("gid", "The HPC decides who the job runs as."),
                    Map.entry("wrap", "The command belongs in command and args."),
                    Map.entry(
                            "chdir",
                            "The plugin's files are found from its own working directory."),
                    Map.entry("array", "A job is one SLURM job; submit one job per element."),
                    Map.entry("container", "The image belongs in image."),
                    Map.entry("container-id", "The image belongs in image."),
                    Map.entry("export-file", "Variables of the job belong in env."),
                    Map.entry("clusters", "The plugin follows jobs on its own cluster only."),
                    Map.entry("parsable", "The plugin would not find the job's id."),
                    Map.entry("quiet", "The plugin would not find the job's id."),
                    Map.entry("verbose", "The plugin takes what sbatch says for an error."),
                    Map.entry("wait", "The plugin would wait for the job's end."),
                    Map.entry("test-only", "Nothing would be submitted."),
                    Map.entry("help", "Nothing would be submitted."),
                    Map.entry("usage", "Nothing would be submitted."),
                    Map.entry("version", "Nothing would be submitted."));

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
    /// @throws InvalidValueException if an option is refused, has a value that could act on the HPC, or
    ///     contradicts another
    public SlurmOptions {
        values = Ordered.copyOf(values);
        values.forEach(SlurmOptions::requireHarmless);
        requireNoContradiction(values);
    }

    /// Options as they are written on a command line: `-p gpu --gres=gpu:1`.
    ///
    /// @param flags the raw string
    /// @return the same options by their long names
    /// @throws InvalidValueException if an option is refused, malformed or said twice
    public static SlurmOptions parse(String flags) {
        if (flags.chars().anyMatch(c -> c < ' ' || c == 0x7f || "'\"\\`$#;".indexOf(c) >= 0)) {
            throw new InvalidValueException(
                    "The SLURM options hold a line break, quote or another character that could act"
                            + " on the HPC.",
                    "Write --key=value with single blanks between; values without blanks, quotes,"
                            + " $, `, ;, \\ and #.");
        }
        Map<String, String> options = new LinkedHashMap<>();
        List<String> words = new ArrayList<>(List.of(flags.strip().split(" +")));
        words.removeIf(String::isEmpty);
        while (!words.isEmpty()) {
            String word = words.removeFirst();
            Option option =
                    word.startsWith("--") ? longOption(word, words) : shortOption(word, words);
            if (options.putIfAbsent(option.name, option.value) != null) {
                throw saidTwice(option.name);
            }
        }
        return new SlurmOptions(options);
    }

    private record Option(String name, String value) {}

    private static Option longOption(String word, List<String> rest) {
        int equals = word.indexOf('=');
        if (equals >= 0) {
            return new Option(
                    word.substring(2, equals), requireValue(word, word.substring(equals + 1)));
        }
        String name = word.substring(2);
        return new Option(name, WITHOUT_VALUE.contains(name) ? "" : nextValue(rest));
    }

    private static Option shortOption(String word, List<String> rest) {
        String name =
                word.length() > 1 && word.charAt(0) == '-' ? LONG_NAMES.get(word.charAt(1)) : null;
        if (name == null) {
            throw new InvalidValueException(
                    "\"" + Text.shown(word) + "\" is no option of sbatch.",
                    "Write options as --key=value.");
        }
        if (word.length() > 2) {
            String value = word.substring(2);
            return new Option(
                    name, requireValue(word, value.startsWith("=") ? value.substring(1) : value));
        }
        return new Option(
                name, WITHOUT_VALUE.contains(name) ? "" : requireValue(word, nextValue(rest)));
    }

    private static String nextValue(List<String> rest) {
        return rest.isEmpty() || rest.getFirst().startsWith("-") ? "" : rest.removeFirst();
    }

    /// One option's value.
    ///
    /// @param name the option's long name without dashes
    /// @param value what the caller gave
    /// @return the same value
    /// @throws InvalidValueException if it is empty or could act on the HPC, or the option is refused
    public static String requireHarmlessValue(String name, String value) {
        requireHarmless(name, requireValue("--" + name, value));
        return value;
    }

    private static String requireValue(String word, String value) {
        if (value.isEmpty()) {
            throw new InvalidValueException(
                    "The option \"" + Text.shown(word) + "\" lacks its value.",
                    "Write it as --key=value.");
        }
        return value;
    }

    private static void requireHarmless(String name, String value) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidValueException(
                    "\"" + Text.shown(name) + "\" is no option of sbatch.",
                    "Use the option's long name, in lower case letters, digits and '-'.");
        }
        requireWhole(name);
        String why = REFUSED.get(name);
        if (why != null) {
            throw new InvalidValueException(
                    "The option --" + name + " is not allowed. " + why,
                    "Leave --" + name + " out.");
        }
        if (!value.isEmpty() && !HARMLESS_VALUE.matcher(value).matches()) {
            throw new InvalidValueException(
                    "The option --" + name + " can't have the value \"" + Text.shown(value) + "\".",
                    "Use a value without blanks, quotes, $, `, ;, \\ and #.");
        }
    }

    /// sbatch takes the beginning of an option for the option (getopt_long), so that `--outp` would be the refused
    /// `--output`.
    private static void requireWhole(String name) {
        if (!KNOWN.contains(name) && KNOWN.stream().anyMatch(known -> known.startsWith(name))) {
            throw new InvalidValueException(
                    "The option --" + name + " is short for another one.",
                    "Write the option's whole name.");
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
                        .filter(text -> text.matches("gpu(:[a-z0-9_]+)?:\\d+"));
        Optional<String> perNode =
                Optional.ofNullable(values.get("gpus-per-node"))
                        .filter(text -> text.matches("([a-z0-9_]+:)?\\d+"));
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
        others.values.forEach((name, value) -> {
            if (all.putIfAbsent(name, value) != null) {
                throw saidTwice(name);
            }
        });
        return new SlurmOptions(all);
    }

    private static InvalidValueException saidTwice(String name) {
        return new InvalidValueException(
                "The option --" + Text.shown(name) + " is given twice.",
                "Give it once, as a field of slurm or in slurm.flags.");
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
        return values.entrySet().stream()
                .map(option ->
                        "--"
                                + option.getKey()
                                + (option.getValue().isEmpty() ? "" : "=" + option.getValue()))
                .collect(Collectors.joining(" "));
    }
}
