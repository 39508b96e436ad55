package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.MlflowAccess;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Finds environment values that look like passwords, tokens or keys. They are visible to everyone who may read the
/// workspace's jobs, so they belong in a Secret. The findings contain the variable's name but not its value.
final class SuspectedSecrets {

    private static final Pattern NAME =
            Pattern.compile(
                    "PASSWORD|PASSWD|PASSPHRASE|SECRET|(^|_)CREDENTIALS?$|(^|_)(PASS|PWD|PAT)$"
                            + "|(TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|AUTH_?KEY)$");

    /// Names for the location or a property of a secret, not for the secret itself.
    private static final Pattern NO_SECRETS_NAME =
            Pattern.compile("_(FILE|PATH|DIR|URL|URI|NAME|LENGTH|SIZE|TTL|TIMEOUT)$");

    private static final Pattern NO_SECRET =
            Pattern.compile("|[./~$].*|-?[0-9.]{1,9}|(?i:true|false|yes|no|on|off|none|null)");

    private static final Pattern VALUE =
            Pattern.compile(
                    "\\b(AKIA|ASIA)[A-Z0-9]{16}\\b" // AWS
                            + "|(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,4096}+\\.eyJ[A-Za-z0-9_-]{8,4096}+\\." // JWT
                            + "|\\b[A-Za-z][A-Za-z0-9+.-]{0,20}://[^/\\s:@]{0,256}:[^/\\s@]{1,1024}@"
                            + "|(?<![A-Za-z0-9_-])(gh[pousr]_|github_pat_|glpat-|hf_|sk-|ilg_)[A-Za-z0-9_-]{16}|-----BEGIN"
                            + " [A-Z ]{0,40}PRIVATE KEY-----");

    private SuspectedSecrets() {}

    static boolean isSuspect(String name, String value) {
        String upper = name.toUpperCase(Locale.ROOT);
        return VALUE.matcher(value).find()
                || (NAME.matcher(upper).find()
                        && !NO_SECRETS_NAME.matcher(upper).find()
                        && !NO_SECRET.matcher(value).matches());
    }

    static Stream<Finding> in(JobSpec spec) {
        return spec.environment().entrySet().stream()
                .filter(variable -> isSuspect(variable.getKey(), variable.getValue()))
                .map(variable ->
                        warning(
                                "env." + variable.getKey(),
                                variable.getKey(),
                                isMlflows(variable.getKey())
                                        ? "Store an MLflow credential, and name it in"
                                                + " mlflow.credential."
                                        : "Store it in a Secret of the workspace, and send the job"
                                                + " as a pod that uses it with secretKeyRef."));
    }

    static Stream<Finding> in(String path, List<Container> containers) {
        return IntStream.range(0, containers.size())
                .boxed()
                .flatMap(index -> in(path + "[" + index + "]", containers.get(index)));
    }

    private static Stream<Finding> in(String path, Container container) {
        List<EnvVar> variables = container.getEnv();
        return IntStream.range(0, variables.size())
                .filter(index -> isSuspect(variables.get(index)))
                .mapToObj(index ->
                        warning(
                                path + ".env[" + index + "].value",
                                variables.get(index).getName(),
                                "Store it in a Secret of the workspace, and use it with"
                                        + " valueFrom.secretKeyRef."));
    }

    private static boolean isSuspect(EnvVar variable) {
        return variable.getName() != null
                && Optional.ofNullable(variable.getValue())
                        .filter(value -> isSuspect(variable.getName(), value))
                        .isPresent();
    }

    private static boolean isMlflows(String name) {
        return MlflowAccess.isLogin(name);
    }

    private static Finding warning(String field, String name, String hint) {
        return Finding.warning(
                "secret-in-environment",
                field,
                "The environment variable "
                        + Text.shown(name)
                        + " looks like a secret; everyone in the workspace can read it.",
                hint);
    }
}
