package io.interlinkgateway.job;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Makes unmodifiable copies that keep the order of elements, unlike [Map#copyOf].
final class Ordered {

    private Ordered() {}

    static <K, V> Map<K, V> copyOf(Map<K, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
