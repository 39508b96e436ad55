package io.interlinkgateway.job;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The container runtime's options, read as the runtime reads them. The plugin writes its own options, the image and
/// the command after them, so a word too many would be the image, and an option that lacks its value would take
/// what the plugin wrote.
final class RuntimeWords {

    /// Of `exec` and `run`: Apptainer 1.4, SingularityCE 4.
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

    private static final String LETTERS_WITHOUT_VALUE = "Ccefinpuw";
    private static final String LETTERS_WITH_VALUE = "BHSWo";

    private RuntimeWords() {}

    /// @param options words with blanks between, without quotes
    /// @throws InvalidValueException if a word is no option and no option's value, or an option lacks its value
    static void requireOptionsOnly(String options) {
        Deque<String> words = new ArrayDeque<>(List.of(options.split(" +")));
        while (!words.isEmpty()) {
            String word = words.removeFirst();
            if (takesNext(word)) {
                requireValue(word, words.pollFirst());
            }
        }
    }

    private static boolean takesNext(String word) {
        if (word.startsWith("--") && word.length() > 2) {
            String name = word.substring(2);
            if (name.indexOf('=') > 0 || WITHOUT_VALUE.contains(name)) {
                return false;
            }
            if (WITH_VALUE.contains(name)) {
                return true;
            }
            throw new InvalidValueException(
                    "The option \"" + Text.shown(word) + "\" is not known.",
                    "Write --name=value, or --name=true if it takes no value.");
        }
        if (word.startsWith("-") && !word.startsWith("--") && word.length() > 1) {
            return lettersTakeNext(word);
        }
        throw new InvalidValueException(
                "\"" + Text.shown(word) + "\" is no option, and would be taken for the image.",
                "Give options only; the image belongs in image, its arguments in args.");
    }

    /// `-eB /a` is `-e -B /a`, and so is `-eB/a`.
    private static boolean lettersTakeNext(String word) {
        for (int at = 1; at < word.length(); at++) {
            if (LETTERS_WITH_VALUE.indexOf(word.charAt(at)) >= 0) {
                return at == word.length() - 1;
            }
            if (LETTERS_WITHOUT_VALUE.indexOf(word.charAt(at)) < 0) {
                throw new InvalidValueException(
                        "The option \"" + Text.shown(word) + "\" is not known.",
                        "Write options by their long names.");
            }
        }
        return false;
    }

    /// A variable that is empty on the HPC leaves no word behind.
    private static void requireValue(String option, @Nullable String value) {
        if (value == null || value.startsWith("$")) {
            throw new InvalidValueException(
                    "The option " + Text.shown(option) + " may lack its value.",
                    "Write it as --name=value.");
        }
    }
}
