package io.interlinkgateway.pod;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.interlinkgateway.job.IdempotencyKey;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.NamedJob;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.representation.RequestedJob;
import io.interlinkgateway.representation.SubmitJobRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A golden case: a folder with a request's body, a job spec in `in.json` or a caller's own pod in `in.yaml`, and what
/// else the request says in `request.json`, where it says more: `workspace` and `idempotencyKey`; for a pod also its
/// `name` and `node`.
///
/// @param folder where it is
/// @param job what the folder describes
public record PodCase(Path folder, NamedJob job) {

    static final String SPEC = "in.json";
    static final String POD = "in.yaml";
    static final String REQUEST = "request.json";
    public static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();
    private static final JsonMapper JSON = new JsonMapper();
    private static final Path ROOT = Path.of("src/test/resources/pod");

    public static List<PodCase> all() {
        try (Stream<Path> folders = Files.list(ROOT)) {
            return folders.sorted().map(PodCase::read).toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static PodCase read(Path folder) {
        Path file = folder.resolve(REQUEST);
        JsonNode request = Files.exists(file) ? JSON.readTree(file) : JSON.createObjectNode();
        RequestedJob requested =
                Files.exists(folder.resolve(SPEC)) ? spec(folder) : pod(folder, request);
        return new PodCase(
                folder,
                new NamedJob(
                        requested.name().orElseThrow(),
                        new Workspace(request.path("workspace").asString("default")),
                        requested.node(),
                        requested.definition(),
                        Optional.empty(),
                        Optional.ofNullable(request.get("idempotencyKey"))
                                .map(JsonNode::asString)
                                .map(IdempotencyKey::new)));
    }

    private static RequestedJob spec(Path folder) {
        return JSON.readValue(folder.resolve(SPEC), SubmitJobRequest.class)
                .toRequestedJob(List.of());
    }

    @SuppressWarnings("unchecked")
    private static RequestedJob pod(Path folder, JsonNode request) {
        try {
            String yaml = Files.readString(folder.resolve(POD));
            return new RequestedJob(
                    Optional.of(new JobName(request.path("name").asString())),
                    new NodeName(request.path("node").asString()),
                    new PodManifest(SERIALIZATION.unmarshal(yaml, Map.class)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    public String name() {
        return folder.getFileName().toString();
    }
}
