package io.interlinkgateway.replay;

import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a real interLink did (`src/test/resources/recordings`).
///
/// @param name of its file
/// @param json what is in it
record Recording(String name, JsonNode json) {

    static final JsonMapper JSON = new JsonMapper();

    static Recording read(String name) {
        return new Recording(
                name, JSON.readTree(Path.of("src/test/resources/recordings", name + ".json")));
    }

    JsonNode submitted() {
        return json.required("submitted");
    }

    String text(String field) {
        return json.required(field).asString();
    }

    List<JsonNode> transitions() {
        return json.required("transitions").valueStream().toList();
    }

    boolean hasPhase(String phase) {
        return transitions().stream()
                .anyMatch(step -> step.at("/pod/status/phase").asString().equals(phase));
    }

    boolean hasJob() {
        return transitions().stream()
                .anyMatch(step -> step.at("/pod/metadata/annotations").has("JobID"));
    }

    boolean ends() {
        return transitions().getLast().required("type").asString().equals("DELETED");
    }
}
