package io.interlinkgateway.job;

import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    /// Copies the collections, keeping their order.
    public JobSpec {
        command = List.copyOf(command);
        arguments = List.copyOf(arguments);
        environment = Ordered.copyOf(environment);
        labels = Ordered.copyOf(labels);
    }
}
