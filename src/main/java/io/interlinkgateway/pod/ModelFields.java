package io.interlinkgateway.pod;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads fields of the Kubernetes model, which are null where a document leaves them out.
public final class ModelFields {

    private ModelFields() {}

    /// @param list a field, which may be missing
    /// @return the same list, or an empty one
    public static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    /// @param map a field, which may be missing
    /// @return the same map, or an empty one
    public static <K, V> Map<K, V> orEmpty(@Nullable Map<K, V> map) {
        return map == null ? Map.of() : map;
    }

    /// A time as the cluster writes it.
    ///
    /// @param text may be missing or no time at all
    /// @return the time, unless it is none
    public static Optional<Instant> instant(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException notATime) {
            return Optional.empty();
        }
    }
}
