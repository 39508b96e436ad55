package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

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
/// @param ttlAfterFinished how long after the job's end its pod is deleted, 0 to 30 days in whole seconds; empty for the
///     default of its workspace
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
        Map<String, String> labels,
        Optional<Duration> ttlAfterFinished)
        implements JobDefinition {

    /// The name of its only container.
    public static final String CONTAINER = "job";

    /// The longest period after a job's end after which its pod is deleted.
    public static final Duration LONGEST_TTL = Duration.ofDays(30);

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
        ttlAfterFinished.ifPresent(ttl -> requireTtl(ttl.toSeconds()));
    }

    @Override
    public List<String> containers() {
        return List.of(CONTAINER);
    }

    @Override
    public JobSpec withTexts(UnaryOperator<String> change) {
        Map<String, String> variables = new LinkedHashMap<>(environment);
        variables.replaceAll((_, value) -> change.apply(value));
        Map<String, String> options = new LinkedHashMap<>(slurm.values());
        options.replaceAll((_, value) -> change.apply(value));
        return new JobSpec(
                new ImageReference(change.apply(image.value()), image.pullFrom().map(change)),
                command.stream().map(change).toList(),
                arguments.stream().map(change).toList(),
                variables,
                mlflow,
                resources,
                new SlurmOptions(options),
                preExec.map(change),
                new SingularityOptions(
                        singularity.mounts().stream()
                                .map(mount -> BindMount.parse(change.apply(mount.toString())))
                                .toList(),
                        singularity.options().map(change)),
                labels,
                ttlAfterFinished);
    }

    /// @param seconds how long after the job's end its pod is deleted
    /// @return the same period
    /// @throws InvalidValueException if it is out of its range
    public static Duration requireTtl(long seconds) {
        if (seconds < 0 || seconds > LONGEST_TTL.toSeconds()) {
            throw new InvalidValueException(
                    "ttlSecondsAfterFinished is out of its range.",
                    "Write a whole number of seconds from 0 to " + LONGEST_TTL.toSeconds() + ".");
        }
        return Duration.ofSeconds(seconds);
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
                labels,
                ttlAfterFinished);
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
