package io.interlinkgateway.pod;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.ImageReference;
import io.interlinkgateway.job.ShellText;
import io.interlinkgateway.job.SingularityOptions;
import io.interlinkgateway.job.SlurmOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The annotations that interLink and its plugins read (interLink's documentation and sources, July 2026). Each value
/// is parsed once, by the grammar of the component that reads it, and the pod gets the parsed value. Unknown
/// annotations with a plugin's prefix are refused.
final class PluginAnnotations {

    /// Options that are removed from a caller's own pod, because the plugin sets them itself.
    static final Set<String> REMOVED_OPTIONS = Set.of("job-name");

    private static final String SLURM = "slurm-job.vk.io/";
    private static final String APPTAINER = "apptainer-job.vk.io/";
    private static final String INTERLINK = "interlink.eu/";
    private static final String KUBELET = "interlink.virtual-kubelet.io/";

    /// The prefixes of interLink and its plugins: `slurm-job.vk.io`, `htcondor-job.vk.io`, and the older
    /// `slurm-job.knoc.io`.
    private static final Pattern PREFIX =
            Pattern.compile(
                    "([a-z0-9-]+\\.){0,127}(([a-z0-9]+-)?job\\.vk|([a-z0-9-]+\\.)?knoc|interlink|interlink\\.virtual-kubelet)"
                        + "\\.(io|eu)/.*");

    private static final int LONGEST_SHELL_TEXT = 65_536;

    /// Parses a value.
    @FunctionalInterface
    private interface Parser {

        /// @return the value for the pod
        /// @throws InvalidValueException if it is not valid
        String canonical(String value);
    }

    /// @param rule the rule of the finding
    /// @param forOperators whether an operator must allow the annotation
    private record Grammar(String rule, boolean forOperators, Parser parser) {}

    private static final Map<String, Grammar> GRAMMARS = grammars();

    private PluginAnnotations() {}

    private static Map<String, Grammar> grammars() {
        Map<String, Grammar> grammars = new LinkedHashMap<>();
        grammars.put(
                MetadataNames.FLAGS,
                new Grammar(
                        "slurm-flags",
                        false,
                        value -> SlurmOptions.parse(value, REMOVED_OPTIONS).rendered()));
        grammars.put(
                MetadataNames.PRE_EXEC,
                new Grammar("pre-exec", false, PluginAnnotations::shellText));
        Grammar mounts = new Grammar("singularity-options", false, PluginAnnotations::mounts);
        grammars.put(MetadataNames.SINGULARITY_MOUNTS, mounts);
        grammars.put(APPTAINER + "mounts", mounts);
        Grammar options = new Grammar("singularity-options", false, PluginAnnotations::options);
        grammars.put(MetadataNames.SINGULARITY_OPTIONS, options);
        grammars.put(APPTAINER + "options", options);
        String enroot = "-{1,2}[A-Za-z][A-Za-z0-9-]*(=[A-Za-z0-9._/:@+~=,-]+)?";
        String enrootForm = "Write each option as --name=value, with single blanks between.";
        plugin(grammars, "enroot-mounts", enroot + "( +" + enroot + ")*", enrootForm);
        plugin(grammars, "enroot-options", enroot + "( +" + enroot + ")*", enrootForm);
        plugin(
                grammars,
                "image-root",
                "(" + ImageReference.KINDS + "|/)[A-Za-z0-9._/:@+~-]*",
                "Write a prefix of images, such as docker://ghcr.io/example/.");
        plugin(grammars, "flavor", "[A-Za-z0-9][A-Za-z0-9._-]{0,62}", "Write a flavor's name.");
        plugin(
                grammars,
                "mpi-flags",
                "[A-Za-z0-9._/:@+~=, -]*",
                "Use letters, digits, blanks and ._/:@+~=,- only.");
        plugin(
                grammars,
                "nfs-mode",
                "host|bridge|fuse|helper",
                "Write host, bridge, fuse or helper.");
        String word = "[A-Za-z0-9._/@+~=,-]+";
        String words = "Use letters, digits and ._/@+~=,- only.";
        plugin(grammars, "nfs-mount-options", word, words);
        plugin(grammars, "nfs-fusemount-type", word, words);
        plugin(grammars, "nfs-helper-fusemount-type", word, words);
        plugin(
                grammars,
                "nfs-bridge-path",
                "/[A-Za-z0-9._/@+~=-]*",
                "Write an absolute path on the HPC.");
        plugin(
                grammars,
                "nfs-bridge-pvc",
                "[a-z0-9]([a-z0-9.-]*[a-z0-9])?",
                "Write a claim's name.");
        grammars.put(
                INTERLINK + "pod-vpn",
                new Grammar(
                        "slurm-annotation",
                        false,
                        form("[A-Za-z0-9._/:@+~=, -]*", "Write \"true\".")));
        String port = "[0-9]{1,5}(:[a-z0-9-]{1,15}(:(TCP|UDP))?)?";
        operators(
                grammars,
                INTERLINK + "wstunnel-extra-ports",
                port + "(," + port + ")*",
                "Write ports separated by commas, each optionally with a name and TCP or UDP:"
                        + " 8080,9090:metrics:UDP.");
        operators(
                grammars,
                KUBELET + "wstunnel-timeout",
                "([0-9]{1,6}(ms|s|m|h))+",
                "Write a duration such as 30s or 5m.");
        String name = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
        operators(grammars, INTERLINK + "gang-name", name, "Write a DNS-1123 label.");
        operators(grammars, INTERLINK + "gang-role", name, "Write a DNS-1123 label.");
        operators(grammars, INTERLINK + "gang-size", "[0-9]{1,5}", "Write a number.");
        operators(grammars, INTERLINK + "gang-rank", "[0-9]{1,5}", "Write a number.");
        for (String containers : List.of("containers", "init-containers")) {
            operators(
                    grammars,
                    INTERLINK + "disable-offload-" + containers,
                    name + "(," + name + ")*",
                    "Write the containers' names, separated by commas.");
        }
        operators(grammars, INTERLINK + "mesh-network", "disabled", "Write disabled.");
        operators(grammars, INTERLINK + "shadow-same-ns", "true|false", "Write true or false.");
        operators(grammars, INTERLINK + "wg-mtu", "[0-9]{1,5}", "Write a number.");
        operators(grammars, INTERLINK + "wg-keepalive-seconds", "[0-9]{1,5}", "Write a number.");
        operators(grammars, INTERLINK + "reverse-socks-port", "[0-9]{1,5}", "Write a port.");
        return grammars;
    }

    private static void plugin(
            Map<String, Grammar> grammars, String name, String pattern, String hint) {
        grammars.put(SLURM + name, new Grammar("slurm-annotation", false, form(pattern, hint)));
    }

    private static void operators(
            Map<String, Grammar> grammars, String name, String pattern, String hint) {
        grammars.put(name, new Grammar("interlink-annotation", true, form(pattern, hint)));
    }

    private static Parser form(String pattern, String hint) {
        Pattern compiled = Pattern.compile(pattern);
        return value -> {
            String text = Text.trimmed(value);
            if (text.length() > 1024 || !compiled.matcher(text).matches()) {
                throw new InvalidValueException(
                        "The value \"" + Text.shown(text) + "\" is not valid for the plugin.",
                        hint);
            }
            return text;
        };
    }

    private static String shellText(String value) {
        if (value.length() > LONGEST_SHELL_TEXT) {
            throw new InvalidValueException(
                    "The shell text is longer than " + LONGEST_SHELL_TEXT + " characters.",
                    "Put it into a file on the HPC, and source that file.");
        }
        return ShellText.requireHarmless(value);
    }

    private static String mounts(String value) {
        SingularityOptions parsed = SingularityOptions.ofMounts(value);
        return Stream.concat(
                        Stream.of(parsed.renderedMounts()).filter(text -> !text.isEmpty()),
                        parsed.renderedOptions().stream())
                .collect(Collectors.joining(" "));
    }

    private static String options(String value) {
        return new SingularityOptions(List.of(), Optional.of(value)).renderedOptions().orElse("");
    }

    /// @param flags the options in a pod
    /// @return the long names of those that are removed
    static List<String> removedOptions(String flags) {
        return SlurmOptions.names(flags).stream().filter(REMOVED_OPTIONS::contains).toList();
    }

    /// @param name an annotation's name
    /// @return whether it has a prefix of interLink or a plugin
    static boolean isPlugins(String name) {
        return PREFIX.matcher(name).matches();
    }

    /// @param name an annotation's name
    /// @return whether it is known and a plugin reads it, not interLink itself
    static boolean isReadByPlugin(String name) {
        return isKnown(name) && (name.startsWith(SLURM) || name.startsWith(APPTAINER));
    }

    /// @param name an annotation's name
    /// @return whether it is known
    static boolean isKnown(String name) {
        return GRAMMARS.containsKey(name);
    }

    /// @param name an annotation's name
    /// @return whether an operator must allow it
    static boolean isForOperators(String name) {
        Grammar grammar = GRAMMARS.get(name);
        return grammar != null && grammar.forOperators;
    }

    /// @param name the name of a known annotation
    /// @return the rule for its values
    static String rule(String name) {
        return grammar(name).rule;
    }

    /// @param name the name of a known annotation
    /// @param value the caller's value
    /// @return the value for the pod
    /// @throws InvalidValueException if it is not valid for the plugin
    static String canonical(String name, String value) {
        return grammar(name).parser.canonical(value);
    }

    private static Grammar grammar(String name) {
        Grammar grammar = GRAMMARS.get(name);
        if (grammar == null) {
            throw new IllegalArgumentException("no annotation of a plugin: " + name);
        }
        return grammar;
    }
}
