package io.interlinkgateway.representation;

import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.Findings;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.BindMount;
import io.interlinkgateway.job.ComputeResources;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.EnvironmentVariable;
import io.interlinkgateway.job.ImageReference;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.Labels;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Quantity;
import io.interlinkgateway.job.SingularityOptions;
import io.interlinkgateway.job.SlurmOptions;
import io.interlinkgateway.job.TrackingUri;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A job spec as callers write it. A job's `definition` has the same form, so it can be sent again unchanged.
@Schema(name = "JobSpec", description = "A job in the gateway's own format.")
public record SubmitJobRequest(
        @Nullable
                @Schema(
                        description =
                                "A DNS-1123 label of at most 63 characters, unique in the"
                                    + " workspace. If it is missing, the gateway generates one.",
                        example = "3dgan-train")
                String name,
        @NotBlank
                @Schema(
                        description = "The virtual node, see GET /api/v1/nodes.",
                        example = "vega-new-vk")
                String node,
        @NotNull @Valid ImageDocument image,
        @Nullable
                @Size(max = 1000)
                @Schema(description = "The entry point. By default the image's own.")
                List<@NotNull String> command,
        @Nullable @Size(max = 10_000) @Schema(description = "Passed byte for byte.")
                List<@NotNull String> args,
        @Nullable
                @Size(max = 1000)
                @Schema(description = "Values reach the job unchanged: no shell evaluates them.")
                Map<String, @NotNull String> env,
        @Nullable @Valid Mlflow mlflow,
        @Nullable @Valid Resources resources,
        @Nullable @Valid SlurmDocument slurm,
        @Nullable
                @Size(max = 65_536)
                @Schema(
                        description =
                                "Shell text that runs on the HPC before the container, in the batch"
                                        + " job.",
                        example = "module load cuda")
                String preExec,
        @Nullable @Valid Singularity singularity,
        @Nullable
                @Size(max = 100)
                @Schema(description = "The caller's own labels, by which jobs can be listed.")
                Map<String, @NotNull String> labels,
        @Nullable
                @Schema(
                        description =
                                "How many seconds after the job's end its pod is deleted, once its"
                                    + " log is archived. The job stays in the history. By default"
                                    + " what the gateway's operator set for the workspace.",
                        minimum = "0",
                        maximum = "2592000",
                        example = "86400")
                Long ttlSecondsAfterFinished) {

    /// How the job logs to MLflow.
    @Schema(name = "MlflowAccess")
    public record Mlflow(
            @NotBlank
                    @Schema(
                            description = "An MLflow credential of the workspace.",
                            example = "mlflow-server")
                    String credential,
            @NotBlank @Schema(example = "https://mlflow.example.org/") String trackingUri) {}

    /// The job's resource limits and requests.
    @Schema(name = "Resources")
    public record Resources(
            @Nullable
                    @Schema(
                            description =
                                    "By resource name. cpu and memory of the limits are requested"
                                            + " from SLURM.",
                            example = "{\"cpu\": \"48\", \"memory\": \"150Gi\"}")
                    Map<String, @NotNull String> limits,
            @Nullable @Schema(example = "{\"cpu\": \"4\", \"memory\": \"20Gi\"}")
                    Map<String, @NotNull String> requests) {}

    /// Options of the container runtime on the HPC.
    @Schema(name = "SingularityOptions")
    public record Singularity(
            @Nullable
                    @Size(max = 100)
                    @Schema(
                            description = "source:target[:options], absolute paths.",
                            example = "[\"/ceph/data:/exp_data\"]")
                    List<@NotNull String> mounts,
            @Nullable @Schema(example = "--no-home") String options) {}

    /// Converts the document to a definition, or reports all errors.
    ///
    /// @param shapeErrors the errors in the shape of the document, including those for missing required fields
    /// @return name, node and spec
    /// @throws io.interlinkgateway.failure.GatewayException.Rejected with all findings
    public RequestedJob toRequestedJob(List<Finding> shapeErrors) {
        Findings findings = new Findings();
        findings.addAll(shapeErrors);
        Optional<JobName> jobName =
                Optional.ofNullable(name)
                        .flatMap(text -> findings.check("name", "name", () -> new JobName(text)));
        Optional<NodeName> nodeName =
                there(node)
                        .flatMap(text -> findings.check("node", "node", () -> new NodeName(text)));
        Optional<ImageReference> reference =
                Optional.ofNullable(image)
                        .filter(written -> there(written.path()).isPresent())
                        .flatMap(written ->
                                findings.check("image", "image", written::toImageReference));
        Optional<MlflowAccess> access =
                Optional.ofNullable(mlflow).flatMap(wanted -> accessOf(wanted, findings));
        Optional<ComputeResources> compute = computeOf(findings);
        Optional<SlurmOptions> options =
                slurm == null ? Optional.of(SlurmOptions.NONE) : slurm.toSlurmOptions(findings);
        Optional<SingularityOptions> runtime =
                singularity == null
                        ? Optional.of(SingularityOptions.NONE)
                        : runtimeOf(singularity, findings);
        Optional<Duration> ttl =
                Optional.ofNullable(ttlSecondsAfterFinished)
                        .flatMap(seconds ->
                                findings.check(
                                        "ttl",
                                        "ttlSecondsAfterFinished",
                                        () -> JobSpec.requireTtl(seconds)));
        checkTexts(findings);
        findings.rejectErrors();
        JobSpec spec =
                new JobSpec(
                        reference.orElseThrow(),
                        orEmpty(command),
                        orEmpty(args),
                        orEmpty(env),
                        access,
                        compute.orElseThrow(),
                        options.orElseThrow(),
                        Optional.ofNullable(preExec),
                        runtime.orElseThrow(),
                        orEmpty(labels),
                        ttl);
        return new RequestedJob(jobName, nodeName.orElseThrow(), spec);
    }

    /// The document of an existing job.
    ///
    /// @param name the job's name
    /// @param node the job's node
    /// @param spec the job's spec
    /// @return a document from which the job could have been created
    public static SubmitJobRequest from(JobName name, NodeName node, JobSpec spec) {
        return new SubmitJobRequest(
                name.value(),
                node.value(),
                ImageDocument.from(spec.image()),
                nullIfEmpty(spec.command()),
                nullIfEmpty(spec.arguments()),
                nullIfEmpty(spec.environment()),
                spec.mlflow()
                        .map(access ->
                                new Mlflow(
                                        access.credential().value(),
                                        access.trackingUri().toString()))
                        .orElse(null),
                resourcesOf(spec.resources()),
                SlurmDocument.from(spec.slurm()),
                spec.preExec().orElse(null),
                spec.singularity().equals(SingularityOptions.NONE)
                        ? null
                        : new Singularity(
                                nullIfEmpty(
                                        spec.singularity().mounts().stream()
                                                .map(BindMount::toString)
                                                .toList()),
                                spec.singularity().options().orElse(null)),
                nullIfEmpty(spec.labels()),
                spec.ttlAfterFinished().map(Duration::toSeconds).orElse(null));
    }

    private void checkTexts(Findings findings) {
        checkWords("command", orEmpty(command), findings);
        checkWords("args", orEmpty(args), findings);
        orEmpty(env)
                .forEach((variable, value) ->
                        findings.check(
                                "environment",
                                "env." + variable,
                                () -> {
                                    if (mlflow != null) {
                                        MlflowAccess.requireNotSetByMlflow(variable);
                                    }
                                    EnvironmentVariable.requireName(variable);
                                    return EnvironmentVariable.requireValue(variable, value);
                                }));
        Optional.ofNullable(preExec)
                .ifPresent(text ->
                        findings.check("pre-exec", "preExec", () -> JobSpec.requirePreExec(text)));
        orEmpty(labels)
                .forEach((key, value) ->
                        findings.check(
                                "label", "labels." + key, () -> Labels.requireOwn(key, value)));
    }

    private static void checkWords(String field, List<String> words, Findings findings) {
        for (int index = 0; index < words.size(); index++) {
            String word = words.get(index);
            String path = field + "[" + index + "]";
            findings.check("text", path, () -> Text.requireArgument("The text", word));
        }
    }

    /// A missing or blank value is already reported as an error in the shape.
    private static Optional<String> there(@Nullable String required) {
        return Optional.ofNullable(required).filter(text -> !text.isBlank());
    }

    private static Optional<MlflowAccess> accessOf(Mlflow wanted, Findings findings) {
        Optional<CredentialName> credential =
                there(wanted.credential)
                        .flatMap(text ->
                                findings.check(
                                        "credential-name",
                                        "mlflow.credential",
                                        () -> new CredentialName(text)));
        Optional<TrackingUri> trackingUri =
                there(wanted.trackingUri)
                        .flatMap(text ->
                                findings.check(
                                        "tracking-uri",
                                        "mlflow.trackingUri",
                                        () -> TrackingUri.parse(text)));
        return credential.flatMap(
                name -> trackingUri.map(address -> new MlflowAccess(name, address)));
    }

    private static Optional<SingularityOptions> runtimeOf(Singularity wanted, Findings findings) {
        List<BindMount> mounts = new ArrayList<>();
        List<String> texts = orEmpty(wanted.mounts);
        for (int index = 0; index < texts.size(); index++) {
            String text = texts.get(index);
            findings.check(
                            "singularity",
                            "singularity.mounts[" + index + "]",
                            () -> BindMount.parse(text).requireNoVariable())
                    .ifPresent(mounts::add);
        }
        return findings.check(
                "singularity",
                "singularity.options",
                () -> new SingularityOptions(mounts, Optional.ofNullable(wanted.options)));
    }

    private Optional<ComputeResources> computeOf(Findings findings) {
        if (resources == null) {
            return Optional.of(new ComputeResources(Map.of(), Map.of()));
        }
        Map<String, Quantity> limits =
                amounts("resources.limits", orEmpty(resources.limits), findings);
        Map<String, Quantity> requests =
                amounts("resources.requests", orEmpty(resources.requests), findings);
        return findings.check(
                "resources", "resources.requests", () -> new ComputeResources(limits, requests));
    }

    private static Map<String, Quantity> amounts(
            String field, Map<String, String> texts, Findings findings) {
        Map<String, Quantity> amounts = new LinkedHashMap<>();
        texts.forEach((resource, text) ->
                findings.check("quantity", field + "." + resource, () -> new Quantity(text))
                        .ifPresent(amount -> amounts.put(resource, amount)));
        return amounts;
    }

    private static @Nullable Resources resourcesOf(ComputeResources resources) {
        return resources.limits().isEmpty() && resources.requests().isEmpty()
                ? null
                : new Resources(
                        nullIfEmpty(texts(resources.limits())),
                        nullIfEmpty(texts(resources.requests())));
    }

    private static Map<String, String> texts(Map<String, Quantity> amounts) {
        Map<String, String> texts = new LinkedHashMap<>();
        amounts.forEach((resource, amount) -> texts.put(resource, amount.text()));
        return texts;
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return Objects.requireNonNullElse(list, List.of());
    }

    private static <V> Map<String, V> orEmpty(@Nullable Map<String, V> map) {
        return Objects.requireNonNullElse(map, Map.of());
    }

    private static <T> @Nullable List<T> nullIfEmpty(List<T> list) {
        return list.isEmpty() ? null : list;
    }

    private static <V> @Nullable Map<String, V> nullIfEmpty(Map<String, V> map) {
        return map.isEmpty() ? null : map;
    }
}
