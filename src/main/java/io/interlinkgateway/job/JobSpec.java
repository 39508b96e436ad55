package io.interlinkgateway.job;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A job as the typed API describes it.
///
/// @param image what to run
/// @param command the entry point; empty keeps the image's own
/// @param arguments passed byte for byte
/// @param environment names to values, which reach the job as written
/// @param mlflow how the job logs to MLflow
/// @param resources what Kubernetes and SLURM are asked for
/// @param slurm options of `sbatch`
/// @param preExec shell text that the HPC runs before the container
/// @param singularity options of the container runtime
/// @param labels the caller's own labels
public record JobSpec(
        ImageReference image,
        List<String> command,
        List<String> arguments,
        Map<String, String> environment,
        Optional<MlflowAccess> mlflow,
        ComputeResources resources,
        SlurmOptions slurm,
        Optional<String> preExec,
        SingularityOptions singularity,
        Map<String, String> labels)
        implements JobDefinition {

    /// Copies the collections, keeping their order. Blanks and newlines at the end of preExec mean nothing and
    /// are left out.
    ///
    /// @throws InvalidValueException if an environment variable has an illegal name, preExec would act on
    ///     sbatch, or a text holds NUL
    public JobSpec {
        requireNoNul(command);
        requireNoNul(arguments);
        requireNoNul(environment.values());
        environment.keySet().forEach(JobSpec::requireVariable);
        preExec =
                preExec.map(ShellText::requireHarmless)
                        .map(String::stripTrailing)
                        .filter(text -> !text.isEmpty());
        command = List.copyOf(command);
        arguments = List.copyOf(arguments);
        environment = Ordered.copyOf(environment);
        labels = Ordered.copyOf(labels);
        labels.forEach(Labels::requireLabel);
    }

    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,255}");

    private static void requireVariable(String name) {
        if (!VARIABLE.matcher(name).matches()) {
            throw new InvalidValueException(
                    "An environment variable can't be named \"" + Text.shown(name) + "\".",
                    "Use letters, digits and '_', with no digit first.");
        }
    }

    private static void requireNoNul(Collection<String> texts) {
        if (texts.stream().anyMatch(text -> text.indexOf('\0') >= 0)) {
            throw new InvalidValueException(
                    "A text holds the character NUL, which no process can be given.",
                    "Leave it out.");
        }
    }
}
