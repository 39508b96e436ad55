package io.interlinkgateway.pod;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.interlinkgateway.job.BindMount;
import io.interlinkgateway.job.ComputeResources;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.IdempotencyKey;
import io.interlinkgateway.job.ImageReference;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PlacedJob;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Quantity;
import io.interlinkgateway.job.SingularityOptions;
import io.interlinkgateway.job.SlurmOptions;
import io.interlinkgateway.job.TrackingUri;
import io.interlinkgateway.job.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A golden case: a folder with `in.json`, and `in.yaml` where the job is a caller's own pod.
///
/// @param folder where it is
/// @param job what the folder describes
record PodCase(Path folder, PlacedJob job) {

    static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();
    private static final JsonMapper JSON = new JsonMapper();
    private static final Path ROOT = Path.of("src/test/resources/pod");

    static List<PodCase> all() {
        try (Stream<Path> folders = Files.list(ROOT)) {
            return folders.sorted().map(PodCase::read).toList();
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }

    private static PodCase read(Path folder) {
        JsonNode in = JSON.readTree(folder.resolve("in.json"));
        return new PodCase(
                folder,
                new PlacedJob(
                        new JobName(in.path("name").asString()),
                        new Workspace(in.path("workspace").asString()),
                        new NodeName(in.path("node").asString()),
                        in.has("pod") ? manifest(folder) : spec(in.required("spec")),
                        text(in, "idempotencyKey").map(IdempotencyKey::new)));
    }

    @SuppressWarnings("unchecked")
    private static JobDefinition manifest(Path folder) {
        try {
            String yaml = Files.readString(folder.resolve("in.yaml"));
            return new PodManifest(SERIALIZATION.unmarshal(yaml, Map.class));
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }

    private static JobSpec spec(JsonNode in) {
        return new JobSpec(
                new ImageReference(in.path("image").asString(), text(in, "pullFrom")),
                words(in.path("command")),
                words(in.path("args")),
                map(in.path("env")),
                Optional.of(in.path("mlflow"))
                        .filter(JsonNode::isObject)
                        .map(mlflow ->
                                new MlflowAccess(
                                        new CredentialName(mlflow.path("credential").asString()),
                                        TrackingUri.parse(mlflow.path("trackingUri").asString()))),
                new ComputeResources(
                        quantities(in.path("limits")), quantities(in.path("requests"))),
                text(in, "flags").map(SlurmOptions::parse).orElse(SlurmOptions.NONE),
                text(in, "preExec"),
                new SingularityOptions(
                        words(in.path("mounts")).stream().map(BindMount::parse).toList(),
                        text(in, "options")),
                map(in.path("labels")));
    }

    private static Optional<String> text(JsonNode in, String field) {
        return in.has(field) ? Optional.of(in.path(field).asString()) : Optional.empty();
    }

    private static List<String> words(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).toList();
    }

    private static Map<String, String> map(JsonNode object) {
        Map<String, String> map = new LinkedHashMap<>();
        object.propertyStream()
                .forEach(property -> map.put(property.getKey(), property.getValue().asString()));
        return map;
    }

    private static Map<String, Quantity> quantities(JsonNode object) {
        Map<String, Quantity> quantities = new LinkedHashMap<>();
        map(object).forEach((name, text) -> quantities.put(name, new Quantity(text)));
        return quantities;
    }

    String name() {
        return folder.getFileName().toString();
    }
}
