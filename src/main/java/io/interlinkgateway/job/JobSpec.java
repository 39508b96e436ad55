package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A job in the gateway's own format.
///
/// @param image the container image
/// @param command the entry point; empty for the image's own
/// @param arguments passed byte for byte
/// @param environment names to values, which reach the job unchanged
/// @param mlflow the job's access to an MLflow server
/// @param resources the resources that are requested from Kubernetes and SLURM
/// @param slurm options of `sbatch`
/// @param preExec shell text that runs on the HPC before the container
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

    /// The name of the only container.
    public static final String CONTAINER = "job";

    /// Copies the collections, keeping their order. Blank shell text is removed.
    ///
    /// @throws InvalidValueException if a part of it would not reach the job unchanged, or would have another effect
    ///     than it seems to have
    public JobSpec {
        command = List.copyOf(command);
        arguments = List.copyOf(arguments);
        environment = Ordered.copyOf(environment);
        labels = Ordered.copyOf(labels);
        preExec = preExec.filter(text -> !text.isBlank());
        command.forEach(word -> Text.requireArgument("The command", word));
        arguments.forEach(word -> Text.requireArgument("An argument", word));
        environment.forEach((name, value) -> {
            EnvironmentVariable.requireName(name);
            EnvironmentVariable.requireValue(name, value);
        });
        if (mlflow.isPresent()) {
            environment.keySet().forEach(MlflowAccess::requireNotSetByMlflow);
        }
        preExec.ifPresent(JobSpec::requirePreExec);
        labels.forEach(Labels::requireOwn);
    }

    @Override
    public List<String> containers() {
        return List.of(CONTAINER);
    }

    /// The same spec with another access to MLflow.
    ///
    /// @param access the new access
    /// @return the changed copy
    public JobSpec withMlflow(MlflowAccess access) {
        return new JobSpec(
                image,
                command,
                arguments,
                environment,
                Optional.of(access),
                resources,
                slurm,
                preExec,
                singularity,
                labels);
    }

    /// Requires shell text that can precede the plugin's own line.
    ///
    /// @param text the text
    /// @return the same text
    /// @throws InvalidValueException as [ShellText#requireHarmless]
    public static String requirePreExec(String text) {
        return ShellText.requireHarmless(text);
    }
}
