package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The container runtime's options, parsed as the runtime parses them. The plugin writes its own options, the image
/// and the command after them. So a superfluous word would be read as the image, and an option without its value
/// would consume what follows.
final class SingularityArguments {

    /// The options of `exec` and `run` in Apptainer 1.4 and SingularityCE 4.
    private static final Set<String> WITHOUT_VALUE =
            Set.of(
                    "allow-setuid",
                    "cleanenv",
                    "compat",
                    "contain",
                    "containall",
                    "disable-cache",
                    "fakeroot",
                    "ipc",
                    "keep-privs",
                    "net",
                    "no-compat",
                    "no-eval",
                    "no-home",
                    "no-https",
                    "no-init",
                    "no-oci",
                    "no-pid",
                    "no-privs",
                    "no-setgroups",
                    "no-tmp-sandbox",
                    "no-umask",
                    "nv",
                    "nvccli",
                    "oci",
                    "oom-kill-disable",
                    "pid",
                    "rocm",
                    "sharens",
                    "tmp-sandbox",
                    "underlay",
                    "unsquash",
                    "userns",
                    "uts",
                    "writable",
                    "writable-tmpfs");

    private static final Set<String> WITH_VALUE =
            Set.of(
                    "add-caps",
                    "app",
                    "apply-cgroups",
                    "arch",
                    "authfile",
                    "bind",
                    "blkio-weight",
                    "blkio-weight-device",
                    "cdi-dirs",
                    "cpu-shares",
                    "cpus",
                    "cpuset-cpus",
                    "cpuset-mems",
                    "cwd",
                    "device",
                    "dns",
                    "docker-host",
                    "drop-caps",
                    "env",
                    "env-file",
                    "fusemount",
                    "home",
                    "hostname",
                    "memory",
                    "memory-reservation",
                    "memory-swap",
                    "mount",
                    "netns-path",
                    "network",
                    "network-args",
                    "no-mount",
                    "overlay",
                    "pem-path",
                    "pids-limit",
                    "platform",
                    "proot",
                    "pwd",
                    "scratch",
                    "security",
                    "workdir");

    private static final Pattern MAY_BE_EMPTY =
            Pattern.compile("(\\$[A-Za-z0-9_]+|\\$\\{[A-Za-z0-9_]+\\})++");
    private static final String LETTERS_WITHOUT_VALUE = "Ccefinpuw";
    private static final String LETTERS_WITH_VALUE = "BHSWo";

    private SingularityArguments() {}

    /// One option.
    ///
    /// @param text the option as written, with its value
    /// @param mounts its mounts, if it is `--bind` or `-B`
    record RuntimeOption(String text, List<BindMount> mounts) {

        private static RuntimeOption plain(String text) {
            return new RuntimeOption(text, List.of());
        }
    }

    /// @param options words separated by blanks, without quotes
    /// @return the options in their order; each letter of a word with several is an option of its own
    /// @throws InvalidValueException if a word is neither an option nor an option's value, an option has no value
    ///     although it needs one, or a mount is malformed
    static List<RuntimeOption> parse(String options) {
        Deque<String> words = new ArrayDeque<>(List.of(options.split(" +")));
        List<RuntimeOption> parsed = new ArrayList<>();
        while (!words.isEmpty()) {
            String word = words.removeFirst();
            if (word.startsWith("--") && word.length() > 2) {
                parsed.add(longOption(word, words));
            } else if (word.startsWith("-") && !word.startsWith("--") && word.length() > 1) {
                letters(word, words, parsed);
            } else {
                throw new InvalidValueException(
                        "\""
                                + Text.shown(word)
                                + "\" is not an option, and would be read as the image.",
                        "Give options only; the image belongs in image, its arguments in args.");
            }
        }
        return parsed;
    }

    private static RuntimeOption longOption(String word, Deque<String> words) {
        String name = word.substring(2);
        int equals = name.indexOf('=');
        if (equals > 0) {
            return name.startsWith("bind=")
                    ? bind(name.substring(equals + 1))
                    : RuntimeOption.plain(word);
        }
        if (WITHOUT_VALUE.contains(name)) {
            return RuntimeOption.plain(word);
        }
        if (!WITH_VALUE.contains(name)) {
            throw new InvalidValueException(
                    "The option \"" + Text.shown(word) + "\" is not known.",
                    "Write --name=value, or --name=true if it has no value.");
        }
        String value = requireValue(word, words.pollFirst());
        return name.equals("bind") ? bind(value) : RuntimeOption.plain(word + " " + value);
    }

    /// Splits the letters of one word: both `-eB /a` and `-eB/a` mean `-e -B /a`.
    private static void letters(String word, Deque<String> words, List<RuntimeOption> parsed) {
        for (int at = 1; at < word.length(); at++) {
            char letter = word.charAt(at);
            if (LETTERS_WITH_VALUE.indexOf(letter) >= 0) {
                String attached = word.substring(at + 1);
                String value =
                        attached.isEmpty() ? requireValue(word, words.pollFirst()) : attached;
                parsed.add(
                        letter == 'B'
                                ? bind(value)
                                : RuntimeOption.plain("-" + letter + " " + value));
                return;
            }
            if (LETTERS_WITHOUT_VALUE.indexOf(letter) < 0) {
                throw new InvalidValueException(
                        "The option \"" + Text.shown(word) + "\" is not known.",
                        "Write options by their long names.");
            }
            parsed.add(RuntimeOption.plain("-" + letter));
        }
    }

    /// Mounts separated by commas. A part that is not a path is a further option of the previous mount.
    private static RuntimeOption bind(String list) {
        List<String> mounts = new ArrayList<>();
        for (String part : list.split(",", -1)) {
            if (!mounts.isEmpty() && !part.isEmpty() && "/$".indexOf(part.charAt(0)) < 0) {
                mounts.add(mounts.removeLast() + "," + part);
            } else {
                mounts.add(part);
            }
        }
        return new RuntimeOption("--bind " + list, mounts.stream().map(BindMount::parse).toList());
    }

    /// Refuses a value that is a variable: if the variable is empty on the HPC, the next word would be read as the
    /// value.
    private static String requireValue(String option, @Nullable String value) {
        if (value == null || MAY_BE_EMPTY.matcher(value).matches()) {
            throw new InvalidValueException(
                    "The option " + Text.shown(option) + " requires a value.",
                    "Write it as --name=value.");
        }
        return value;
    }
}
