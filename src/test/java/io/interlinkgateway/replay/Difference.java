package io.interlinkgateway.replay;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Something that a replay did otherwise.
///
/// @param path where
/// @param recorded what interLink did
/// @param replayed what its stand-in did
record Difference(String path, String recorded, String replayed) {

    static List<Difference> between(String path, String recorded, String replayed) {
        return recorded.equals(replayed)
                ? List.of()
                : List.of(new Difference(path, recorded, replayed));
    }

    static List<Difference> between(String path, JsonNode recorded, JsonNode replayed) {
        if (recorded.isObject() && replayed.isObject()) {
            Set<String> names = new LinkedHashSet<>(recorded.propertyNames());
            names.addAll(replayed.propertyNames());
            return names.stream()
                    .map(name ->
                            between(
                                    path + "." + name,
                                    child(recorded, name),
                                    child(replayed, name)))
                    .flatMap(Collection::stream)
                    .toList();
        }
        if (recorded.isArray() && replayed.isArray()) {
            return between(path, recorded.valueStream().toList(), replayed.valueStream().toList());
        }
        return between(path, recorded.toString(), replayed.toString());
    }

    static List<Difference> between(String path, List<JsonNode> recorded, List<JsonNode> replayed) {
        List<Difference> found = new ArrayList<>();
        for (int i = 0; i < Math.max(recorded.size(), replayed.size()); i++) {
            found.addAll(between(path + "[" + i + "]", child(recorded, i), child(replayed, i)));
        }
        return found;
    }

    boolean isForgottenCreation() {
        return replayed.equals(recorded.replace("\\\"creationTimestamp\\\":null,", ""));
    }

    /// The same text, after more complaints that there is none yet.
    boolean isOfComplaintsAlone() {
        String end = "retrying...";
        int complaint = recorded.indexOf(end) + end.length();
        return replayed.endsWith(recorded)
                && replayed.substring(0, replayed.length() - recorded.length())
                        .replace(recorded.substring(0, complaint), "")
                        .isEmpty();
    }

    /// The same lines in another order and number, bash's word on a process that was killed aside.
    boolean isOfOrderAndRepeatsAlone() {
        return distinct(recorded).equals(distinct(replayed));
    }

    private static Set<String> distinct(String text) {
        return text.lines().filter(line -> !line.equals("Killed")).collect(Collectors.toSet());
    }

    private static JsonNode child(JsonNode parent, String name) {
        return parent.path(name);
    }

    private static JsonNode child(List<JsonNode> all, int index) {
        return index < all.size() ? all.get(index) : MissingNode.getInstance();
    }

    @Override
    public String toString() {
        return path + "\n    recorded: " + recorded + "\n    replayed: " + replayed;
    }
}
