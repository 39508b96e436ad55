package io.interlinkgateway.pod;

import io.interlinkgateway.job.MlflowAccess;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// How an environment value must be written so that it arrives as the caller wrote it
/// (docs/adr/0003-environment-values.md).
///
/// Two stations on the way change values. The virtual kubelet library expands every literal value by
/// Kubernetes' own rule before interLink sees the pod (virtual-kubelet `internal/podutils/env.go`,
/// `getEnvironmentVariableValue`: `expansion.Expand(env.Value, …)`; the rule is Kubernetes'
/// `third_party/forked/golang/expansion`): `$$` becomes `$`, `$(NAME)` the variable's value, and every other
/// `$` stays. Values from Secrets are not expanded. The container runtime then lets a shell evaluate what is
/// left (recording `env-special`: `$HOME` and `` `id` `` ran), and a value that ends with a backslash takes
/// all variables with it, unless it has `--no-eval`, which is therefore added wherever something could
/// be changed.
final class EnvironmentEncoding {

    /// The container runtime's option that keeps the shell away from values and from arguments of the
    /// image's own entry point.
    static final String NO_EVALUATION = "--no-eval";

    private static final Pattern EVALUATED = Pattern.compile("[^A-Za-z0-9 ._/:@+~=,%-]");
    private static final Pattern EXPANDED = Pattern.compile("\\$(?=[$(])");

    private EnvironmentEncoding() {}

    /// Whether the shell has to be kept away. A secret's value is not known here and may hold anything.
    static boolean needsNoEvaluation(
            Collection<String> values,
            Optional<MlflowAccess> mlflow,
            List<String> command,
            List<String> arguments) {
        return mlflow.isPresent()
                || values.stream().anyMatch(EnvironmentEncoding::isEvaluated)
                || (command.isEmpty() && !arguments.isEmpty());
    }

    static boolean isEvaluated(String value) {
        return EVALUATED.matcher(value).find();
    }

    static String encoded(String value) {
        return EXPANDED.matcher(value).replaceAll("\\$\\$");
    }

    static String decoded(String value) {
        return value.replace("$$", "$");
    }
}
