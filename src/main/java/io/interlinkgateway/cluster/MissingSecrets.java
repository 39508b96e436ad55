package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The Secrets that jobs wait for, as they were found missing. interLink itself says nothing of them.
final class MissingSecrets {

    private final Map<String, String> byUid = new ConcurrentHashMap<>();

    Optional<String> missingFor(Pod pod) {
        String uid = pod.getMetadata().getUid();
        return uid == null ? Optional.empty() : Optional.ofNullable(byUid.get(uid));
    }

    /// @return whether that is news
    boolean found(String uid, Optional<String> missing) {
        return missing.isPresent()
                ? !missing.get().equals(byUid.put(uid, missing.get()))
                : byUid.remove(uid) != null;
    }
}
