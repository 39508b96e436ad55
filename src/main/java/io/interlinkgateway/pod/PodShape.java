package io.interlinkgateway.pod;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Checks whether the values of a document have the types of a pod's fields. The API server does not convert types:
/// it accepts no number for a text and no text for a number. The types are those of fabric8's classes; an unknown
/// field may have any type, because the API server reports it. Texts must be valid Unicode without NUL.
final class PodShape {

    private static final String RULE = "pod-shape";

    /// For each class, the types of its fields by their names in a document.
    private static final ClassValue<Map<String, Type>> FIELDS =
            new ClassValue<>() {
                @Override
                protected Map<String, Type> computeValue(Class<?> model) {
                    Map<String, Type> fields = new HashMap<>();
                    for (Field field : model.getDeclaredFields()) {
                        JsonProperty property = field.getAnnotation(JsonProperty.class);
                        if (property != null) {
                            fields.put(property.value(), field.getGenericType());
                        }
                    }
                    return fields;
                }
            };

    private static final int MAX_FINDINGS = 50;

    private final List<Finding> findings = new ArrayList<>();
    private int omitted;

    private PodShape() {}

    /// The time is proportional to the document's size.
    ///
    /// @param document maps, lists, texts, numbers and booleans
    /// @return an error with the path for each value of a wrong type. Values are not shown, because they may be
    ///     secrets
    static List<Finding> findings(Map<String, Object> document) {
        PodShape shape = new PodShape();
        shape.check(document, Pod.class, new Place(null, "", false));
        if (shape.omitted > 0) {
            shape.findings.add(
                    Finding.error(
                            RULE,
                            "",
                            shape.omitted + " more values do not match their fields.",
                            "Correct the others first."));
        }
        return shape.findings;
    }

    private void check(Object value, Type type, Place place) {
        if (value instanceof String text) {
            checkText(text, place);
        }
        Class<?> raw = raw(type);
        if (!fits(value, raw)) {
            note(() -> mismatch(value, raw, place));
        } else if (value instanceof Map<?, ?> map) {
            checkMap(map, type, raw, place);
        } else if (value instanceof List<?> list) {
            Type element = raw == List.class ? argument(type) : Object.class;
            for (int index = 0; index < list.size(); index++) {
                check(list.get(index), element, new Place(place, "[" + index + "]", true));
            }
        }
    }

    private void checkMap(Map<?, ?> map, Type type, Class<?> raw, Place place) {
        Type value = raw == Map.class ? argument(type) : Object.class;
        Map<String, Type> fields =
                raw == Map.class || raw == Object.class ? Map.of() : FIELDS.get(raw);
        map.forEach((key, child) -> {
            String name = (String) key;
            Place here = place.under(name, raw == Map.class);
            checkText(name, here);
            check(child, fields.getOrDefault(name, value), here);
        });
    }

    private void checkText(String text, Place place) {
        try {
            Text.requireUnicode("The text", text);
        } catch (InvalidValueException refused) {
            note(() ->
                    Finding.error(
                            "text",
                            place.path(),
                            place.path()
                                    + " contains NUL or half a Unicode character (an unpaired"
                                    + " surrogate).",
                            refused.hint()));
        }
    }

    private void note(Supplier<Finding> finding) {
        if (findings.size() < MAX_FINDINGS) {
            findings.add(finding.get());
        } else {
            omitted++;
        }
    }

    private static boolean fits(Object value, Class<?> raw) {
        if (raw == Object.class) {
            return true;
        }
        if (raw == String.class) {
            return value instanceof String;
        }
        if (raw == Boolean.class) {
            return value instanceof Boolean;
        }
        if (raw == Integer.class) {
            return isWhole(value, Integer.SIZE);
        }
        if (raw == Long.class) {
            return isWhole(value, Long.SIZE);
        }
        if (raw == Quantity.class) {
            return value instanceof Number || (value instanceof String text && !text.isEmpty());
        }
        if (raw == IntOrString.class) {
            return value instanceof String || isWhole(value, Integer.SIZE);
        }
        return raw == List.class ? value instanceof List : value instanceof Map;
    }

    private static boolean isWhole(Object value, int bits) {
        return switch (value) {
            case Integer _ -> true;
            case Long number -> BigInteger.valueOf(number).bitLength() < bits;
            case BigInteger number -> number.bitLength() < bits;
            default -> false;
        };
    }

    private static Finding mismatch(Object value, Class<?> raw, Place place) {
        return Finding.error(
                RULE,
                place.path(),
                place.path()
                        + " must be "
                        + expected(raw)
                        + ", but is read as "
                        + read(value)
                        + ".",
                hint(value, raw, place));
    }

    private static String expected(Class<?> raw) {
        if (raw == String.class) {
            return "a text";
        }
        if (raw == Boolean.class) {
            return "true or false";
        }
        if (raw == Integer.class) {
            return "a whole number of 32 bits";
        }
        if (raw == Long.class) {
            return "a whole number of 64 bits";
        }
        if (raw == Quantity.class) {
            return "an amount";
        }
        if (raw == IntOrString.class) {
            return "a whole number of 32 bits or a text";
        }
        return raw == List.class ? "a list" : "a map";
    }

    private static String read(Object value) {
        return switch (value) {
            case String _ -> "a text";
            case Boolean _ -> "a boolean";
            case Double _ -> "a number with a fraction";
            case Number _ -> "a number";
            case List<?> _ -> "a list";
            default -> "a map";
        };
    }

    private static String hint(Object value, Class<?> raw, Place place) {
        boolean isScalar = !(value instanceof List || value instanceof Map);
        if (raw == String.class && isScalar) {
            String example = value instanceof Boolean ? "\"yes\"" : "\"0777\"";
            return "Put the value in quotes, as in " + place.lead() + example + ".";
        }
        if (raw == String.class) {
            return "Write one text, in quotes.";
        }
        if (raw == Boolean.class) {
            return "Write true or false, without quotes.";
        }
        if (raw == Quantity.class) {
            return "Write an amount such as 1, \"500m\" or \"2Gi\".";
        }
        if (raw == Integer.class || raw == Long.class || raw == IntOrString.class) {
            return value instanceof Long || value instanceof BigInteger
                    ? "Write a number from "
                            + Text.rangeOf(raw == Long.class ? Long.SIZE : Integer.SIZE)
                            + "."
                    : "Write a whole number, without quotes.";
        }
        return raw == List.class
                ? "Write a list, each element on a line of its own after \"- \"."
                : "Write a map: \"name: value\", each on a line of its own, indented.";
    }

    private static Class<?> raw(Type type) {
        return (Class<?>) (type instanceof ParameterizedType generic ? generic.getRawType() : type);
    }

    /// The type of the elements of a list or a map.
    private static Type argument(Type type) {
        Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
        return arguments[arguments.length - 1];
    }

    /// The position of a value. Its path is only built for a finding.
    private record Place(@Nullable Place parent, String step, boolean isElement) {

        /// @param free whether the caller chooses the names, as for labels
        Place under(String name, boolean free) {
            String field = parent == null ? name : "." + name;
            return new Place(this, free ? "[" + name + "]" : field, false);
        }

        String path() {
            return (parent == null ? "" : parent.path()) + Text.shown(step);
        }

        /// The start of the value's line.
        String lead() {
            return isElement ? "- " : Text.shown(step.replaceAll("^[.\\[]|]$", "")) + ": ";
        }
    }
}
