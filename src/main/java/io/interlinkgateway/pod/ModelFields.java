package io.interlinkgateway.pod;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads fields of the Kubernetes model, which are null if a document does not have them.
public final class ModelFields {

    private ModelFields() {}

    /// @param list a field, which may be null
    /// @return the same list, or an empty one
    public static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    /// @param map a field, which may be null
    /// @return the same map, or an empty one
    public static <K, V> Map<K, V> orEmpty(@Nullable Map<K, V> map) {
        return map == null ? Map.of() : map;
    }

    /// Parses a time of the cluster.
    ///
    /// @param text may be null or not a time
    /// @return the time, or nothing if the text is not a time
    public static Optional<Instant> instant(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }
}
