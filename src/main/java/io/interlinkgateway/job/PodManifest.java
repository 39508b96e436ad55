package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
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
        return elements(document.get("spec"), "containers")
                .map(container -> container.get("name"))
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .toList();
    }

    /// @return its init containers and then its containers, each as it was written
    public Stream<Map<?, ?>> allContainers() {
        return Stream.of("initContainers", "containers")
                .flatMap(list -> elements(document.get("spec"), list));
    }

    @Override
    public PodManifest withTexts(UnaryOperator<String> change) {
        return new PodManifest(changed(document, change));
    }

    private static Map<String, Object> changed(Map<?, ?> map, UnaryOperator<String> change) {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put(String.valueOf(key), changed(value, change)));
        return copy;
    }

    private static Object changed(Object value, UnaryOperator<String> change) {
        return switch (value) {
            case Map<?, ?> map -> changed(map, change);
            case List<?> list ->
                    list.stream().<Object>map(element -> changed(element, change)).toList();
            case String text -> change.apply(text);
            default -> value;
        };
    }

    /// @return the plain environment variables of its containers, without init containers; of several with one name,
    ///     the first
    public Map<String, String> environment() {
        Map<String, String> variables = new LinkedHashMap<>();
        elements(document.get("spec"), "containers")
                .flatMap(container -> elements(container, "env"))
                .forEach(variable -> {
                    if (variable.get("name") instanceof String name
                            && variable.get("value") instanceof String value) {
                        variables.putIfAbsent(name, value);
                    }
                });
        return variables;
    }

    private static Stream<Map<?, ?>> elements(@Nullable Object parent, String name) {
        return parent instanceof Map<?, ?> fields && fields.get(name) instanceof List<?> list
                ? list.stream()
                        .<Map<?, ?>>mapMulti((element, elements) -> {
                            if (element instanceof Map<?, ?> map) {
                                elements.accept(map);
                            }
                        })
                : Stream.empty();
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
