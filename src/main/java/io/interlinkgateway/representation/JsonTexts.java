package io.interlinkgateway.representation;

import java.util.function.BinaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// The texts in a JSON document, with their paths, such as `env.PASSWORD` or `spec.containers[0].args[1]`.
public final class JsonTexts {

    private JsonTexts() {}

    /// Replaces all texts, in place.
    ///
    /// @param document a document
    /// @param change of a path and the text there to the text that replaces it
    public static void replaceAll(ObjectNode document, BinaryOperator<String> change) {
        replaced("", document, change);
    }

    private static JsonNode replaced(String path, JsonNode node, BinaryOperator<String> change) {
        switch (node) {
            case ObjectNode object ->
                    object.properties()
                            .forEach(field -> {
                                String name = field.getKey();
                                field.setValue(
                                        replaced(
                                                path.isEmpty() ? name : path + "." + name,
                                                field.getValue(),
                                                change));
                            });
            case ArrayNode array -> {
                for (int index = 0; index < array.size(); index++) {
                    array.set(index, replaced(path + "[" + index + "]", array.get(index), change));
                }
            }
            case StringNode text -> {
                return StringNode.valueOf(change.apply(path, text.stringValue()));
            }
            default -> {
                // A number, a truth value or null.
            }
        }
        return node;
    }
}
