package io.interlinkgateway.pod;

import io.interlinkgateway.job.MlflowAccess;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Encodes environment values so that they reach the job unchanged (docs/adr/0003-environment-values.md).
///
/// Two components change values. First, the virtual kubelet library expands every literal value by Kubernetes' rule
/// before interLink gets the pod (virtual-kubelet `internal/podutils/env.go`, `getEnvironmentVariableValue`:
/// `expansion.Expand(env.Value, …)`; the rule is Kubernetes' `third_party/forked/golang/expansion`): `$$` becomes
/// `$`, `$(NAME)` becomes the variable's value, and every other `$` is unchanged. Values from Secrets are not
/// expanded. Then the container runtime lets a shell evaluate the values (recording `env-special`: `$HOME` and ``
/// `id` `` were evaluated), and after a value that ends with a backslash all variables are lost. The runtime's option
/// `--no-eval` prevents this, so it is added wherever a value could be changed.
final class EnvironmentEncoding {

    /// The container runtime's option with which no shell evaluates values and the arguments of the image's own entry
    /// point.
    static final String NO_EVALUATION = "--no-eval";

    private static final Pattern EVALUATED = Pattern.compile("[^A-Za-z0-9 ._/:@+~=,%-]");
    private static final Pattern EXPANDED = Pattern.compile("\\$(?=[$(])");

    private EnvironmentEncoding() {}

    /// Whether evaluation must be prevented. The value of a Secret is not known here and may contain anything.
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
