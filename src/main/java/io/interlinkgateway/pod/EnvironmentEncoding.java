package io.interlinkgateway.pod;

import java.util.regex.Pattern;

/// How an environment value must be written so that it arrives as the caller wrote it.
///
/// Two stations on the way change values. The virtual kubelet library expands Kubernetes' own
/// `$(NAME)` and `$$`, so a `$` that would be read as one of these is doubled. The container runtime
/// lets a shell evaluate what is left (recording `env-special`: `$HOME` and `` `id` `` ran), unless it is
/// told `--no-eval`, which is therefore added wherever a value could be changed.
final class EnvironmentEncoding {

    /// The container runtime's option that keeps the shell away from values.
    static final String NO_EVALUATION = "--no-eval";

    private static final Pattern EVALUATED = Pattern.compile("[^A-Za-z0-9 ._/:@+~=,%-]");
    private static final Pattern EXPANDED = Pattern.compile("\\$(?=[$(])");
    private static final Pattern DOUBLED = Pattern.compile("\\$\\$");

    private EnvironmentEncoding() {}

    static boolean needsNoEvaluation(String value) {
        return EVALUATED.matcher(value).find();
    }

    static String encoded(String value) {
        return EXPANDED.matcher(value).find() ? value.replace("$", "$$") : value;
    }

    static String decoded(String value) {
        return DOUBLED.matcher(value).find() ? value.replace("$$", "$") : value;
    }
}
