package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A pod as the caller wrote it, with all fields that are not null.
///
/// @param document the pod's JSON tree: maps, lists, strings, numbers, booleans (no nulls)
public record PodManifest(Map<String, Object> document) implements JobDefinition {

    /// Copies the tree without null fields.
    ///
    /// @throws InvalidValueException if a list has a null element
    public PodManifest {
        document = copyOf(document, "");
    }

    @Override
    public List<String> containers() {
        return document.get("spec") instanceof Map<?, ?> spec
                        && spec.get("containers") instanceof List<?> containers
                ? containers.stream()
                        .map(container ->
                                container instanceof Map<?, ?> fields ? fields.get("name") : null)
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList()
                : List.of();
    }

    private static Map<String, Object> copyOf(Map<?, ?> map, String path) {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (value != null) {
                copy.put(String.valueOf(key), copyOf(value, path + "." + key));
            }
        });
        return Collections.unmodifiableMap(copy);
    }

    private static Object copyOf(@Nullable Object value, String path) {
        return switch (value) {
            case null ->
                    throw new InvalidValueException(
                            "The pod has an empty list element at "
                                    + Text.shown(path.substring(1))
                                    + ".",
                            "Give the element a value, or remove it.");
            case Map<?, ?> map -> copyOf(map, path);
            case List<?> list -> {
                List<Object> copy = new ArrayList<>();
                for (int index = 0; index < list.size(); index++) {
                    copy.add(copyOf(list.get(index), path + "[" + index + "]"));
                }
                yield Collections.unmodifiableList(copy);
            }
            default -> value;
        };
    }
}
