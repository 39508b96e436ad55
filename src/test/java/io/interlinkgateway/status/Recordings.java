package io.interlinkgateway.status;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.pod.PodCase;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The reports of interLink, its SLURM plugin and a real API server (`src/test/resources/recordings`).
public final class Recordings {

    private static final JsonMapper JSON = new JsonMapper();

    private Recordings() {}

    public static JsonNode read(String name) {
        return JSON.readTree(Path.of("src/test/resources/recordings", name + ".json"));
    }

    static List<JsonNode> podsOf(String name) {
        return read(name)
                .required("transitions")
                .valueStream()
                .map(step -> step.required("pod"))
                .toList();
    }

    static Pod pod(JsonNode json) {
        return PodCase.SERIALIZATION.unmarshal(json.toString(), Pod.class);
    }

    static Node node(JsonNode json) {
        return PodCase.SERIALIZATION.unmarshal(json.toString(), Node.class);
    }
}
