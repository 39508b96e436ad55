package io.interlinkgateway.contract;

import io.interlinkgateway.failure.Checked;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.ComputeResources;
import io.interlinkgateway.job.IdempotencyKey;
import io.interlinkgateway.job.ImageReference;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.NamedJob;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Quantity;
import io.interlinkgateway.job.SingularityOptions;
import io.interlinkgateway.job.SlurmOptions;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.PlacedJob;
import io.interlinkgateway.pod.PodTranslation;
import io.interlinkgateway.pod.TranslatedJob;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The jobs that the contracts submit: small enough for any node, and living until they are deleted.
///
/// @param workspace where they go
/// @param node where they run
public record SampleJobs(Workspace workspace, NodeName node) {

    /// The image's path on the HPC of seed.md; every HPC that runs the contracts has it there.
    public static final String IMAGE = "/ceph/hpc/data/st2301-itwin-users/itwinai_v10.1.sif";

    private static final ComputeResources SMALL =
            new ComputeResources(
                    Map.of("cpu", new Quantity("1"), "memory", new Quantity("256Mi")),
                    Map.of("cpu", new Quantity("10m"), "memory", new Quantity("1Mi")));

    /// A job that lives.
    ///
    /// @param name its name
    /// @return placed, without a key
    public PlacedJob living(String name) {
        return placed(name, spec("exec sleep 600"), null);
    }

    /// A job that lives, submitted with a key.
    ///
    /// @param name its name
    /// @param key the key
    /// @return placed
    public PlacedJob living(String name, String key) {
        return placed(name, spec("exec sleep 600"), key);
    }

    /// A job that lives, and isn't [#living].
    ///
    /// @param name its name
    /// @param key the key
    /// @return placed
    public PlacedJob another(String name, String key) {
        return placed(name, spec("exec sleep 601"), key);
    }

    /// A job that lives, and isn't [#living].
    ///
    /// @param name its name
    /// @return placed, without a key
    public PlacedJob another(String name) {
        return placed(name, spec("exec sleep 601"), null);
    }

    /// A job that lives, and whose pod has a little more than 900 kB.
    ///
    /// @param name its name
    /// @return placed, without a key
    public PlacedJob large(String name) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (int number = 0; number < 9; number++) {
            environment.put("LARGE_" + number, "x".repeat(100_000));
        }
        return placed(name, withEnvironment(spec("exec sleep 600"), environment), null);
    }

    /// A job that runs a shell script.
    ///
    /// @param name its name
    /// @param script for `/bin/sh -c`
    /// @return placed, without a key
    public PlacedJob running(String name, String script) {
        return placed(name, spec(script), null);
    }

    /// Any definition in this place.
    ///
    /// @param name the job's name
    /// @param definition what to run
    /// @param key the Idempotency-Key, if there is one
    /// @return placed
    public PlacedJob placed(String name, JobDefinition definition, @Nullable String key) {
        return placed(named(name, definition, key));
    }

    /// Any definition for this place.
    ///
    /// @param name the job's name
    /// @param definition what to run
    /// @param key the Idempotency-Key, if there is one
    /// @return not translated
    public NamedJob named(String name, JobDefinition definition, @Nullable String key) {
        return new NamedJob(
                new JobName(name),
                workspace,
                node,
                definition,
                Optional.empty(),
                Optional.ofNullable(key).map(IdempotencyKey::new));
    }

    /// A job whose place nothing is known against.
    ///
    /// @param job any job
    /// @return placed
    public static PlacedJob placed(NamedJob job) {
        Checked<TranslatedJob> translated = PodTranslation.translate(job);
        return PlacedJob.of(translated)
                .orElseThrow(() -> new GatewayException.Rejected(translated.findings()));
    }

    /// A spec in which most fields say something.
    ///
    /// @param script for `/bin/sh -c`
    /// @return the spec
    public static JobSpec spec(String script) {
        return new JobSpec(
                ImageReference.of(IMAGE),
                List.of("/bin/sh", "-c"),
                List.of(script),
                Map.of("BATCH_SIZE", "1024"),
                Optional.empty(),
                SMALL,
                SlurmOptions.parse("--partition=gpu --time=10"),
                Optional.empty(),
                SingularityOptions.NONE,
                Map.of("experiment", "3dgan"),
                Optional.empty());
    }

    /// The same spec with other labels.
    ///
    /// @param spec any spec
    /// @param labels the new ones
    /// @return the changed copy
    public static JobSpec withLabels(JobSpec spec, Map<String, String> labels) {
        return new JobSpec(
                spec.image(),
                spec.command(),
                spec.arguments(),
                spec.environment(),
                spec.mlflow(),
                spec.resources(),
                spec.slurm(),
                spec.preExec(),
                spec.singularity(),
                labels,
                Optional.empty());
    }

    /// The same spec with other environment variables.
    ///
    /// @param spec any spec
    /// @param environment the new ones
    /// @return the changed copy
    public static JobSpec withEnvironment(JobSpec spec, Map<String, String> environment) {
        return new JobSpec(
                spec.image(),
                spec.command(),
                spec.arguments(),
                environment,
                spec.mlflow(),
                spec.resources(),
                spec.slurm(),
                spec.preExec(),
                spec.singularity(),
                spec.labels(),
                Optional.empty());
    }

    /// The same spec, logging to MLflow.
    ///
    /// @param spec any spec
    /// @param mlflow how
    /// @return the changed copy
    public static JobSpec withMlflow(JobSpec spec, MlflowAccess mlflow) {
        return new JobSpec(
                spec.image(),
                spec.command(),
                spec.arguments(),
                spec.environment(),
                Optional.of(mlflow),
                spec.resources(),
                spec.slurm(),
                spec.preExec(),
                spec.singularity(),
                spec.labels(),
                Optional.empty());
    }

    /// The same spec with other SLURM options.
    ///
    /// @param spec any spec
    /// @param flags the new ones
    /// @return the changed copy
    public static JobSpec withSlurm(JobSpec spec, String flags) {
        return new JobSpec(
                spec.image(),
                spec.command(),
                spec.arguments(),
                spec.environment(),
                spec.mlflow(),
                spec.resources(),
                SlurmOptions.parse(flags),
                spec.preExec(),
                spec.singularity(),
                spec.labels(),
                Optional.empty());
    }

    /// The same spec with a pre-exec.
    ///
    /// @param spec any spec
    /// @param text shell text
    /// @return the changed copy
    public static JobSpec withPreExec(JobSpec spec, String text) {
        return new JobSpec(
                spec.image(),
                spec.command(),
                spec.arguments(),
                spec.environment(),
                spec.mlflow(),
                spec.resources(),
                spec.slurm(),
                Optional.of(text),
                spec.singularity(),
                spec.labels(),
                Optional.empty());
    }

    /// The same spec without requests, which Kubernetes then takes from the limits.
    ///
    /// @param spec any spec
    /// @return the changed copy
    public static JobSpec withoutRequests(JobSpec spec) {
        return new JobSpec(
                spec.image(),
                spec.command(),
                spec.arguments(),
                spec.environment(),
                spec.mlflow(),
                new ComputeResources(spec.resources().limits(), Map.of()),
                spec.slurm(),
                spec.preExec(),
                spec.singularity(),
                spec.labels(),
                Optional.empty());
    }

    /// A raw pod, as kubectl takes it.
    ///
    /// @param containers from [#container]
    /// @return the manifest
    public static PodManifest pod(List<Map<String, Object>> containers) {
        return new PodManifest(
                Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "Pod",
                        "metadata",
                        Map.of(
                                "annotations",
                                Map.of("slurm-job.vk.io/flags", "--partition=gpu --time=10")),
                        "spec",
                        Map.of("containers", containers)));
    }

    /// A raw pod of one container.
    ///
    /// @param container from [#container]
    /// @return the manifest
    public static PodManifest pod(Map<String, Object> container) {
        return pod(List.of(container));
    }

    /// A raw pod of two containers.
    ///
    /// @param first from [#container]
    /// @param second from [#container]
    /// @return the manifest
    public static PodManifest pod(Map<String, Object> first, Map<String, Object> second) {
        return pod(List.of(first, second));
    }

    /// A container of a raw pod.
    ///
    /// @param name its name
    /// @param script for `/bin/sh -c`
    /// @return its JSON tree
    public static Map<String, Object> container(String name, String script) {
        Map<String, Object> container = new LinkedHashMap<>();
        container.put("name", name);
        container.put("image", IMAGE);
        container.put("command", List.of("/bin/sh", "-c"));
        container.put("args", List.of(script));
        container.put(
                "resources",
                Map.of(
                        "limits",
                        Map.of("cpu", "1", "memory", "256Mi"),
                        "requests",
                        Map.of("cpu", "10m", "memory", "1Mi")));
        return container;
    }
}
