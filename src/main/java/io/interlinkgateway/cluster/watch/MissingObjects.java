package io.interlinkgateway.cluster.watch;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.MissingObject;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.job.WorkspaceObjects;
import io.interlinkgateway.pod.ObjectReferences;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The missing Secrets, ConfigMaps and keys that jobs wait for, as found by the last check. interLink waits for them
/// without reporting it (recording `secret-missing`).
public final class MissingObjects {

    private final WorkspaceObjects objects;
    private final Map<String, MissingObject> byUid = new ConcurrentHashMap<>();

    /// @param objects where Secrets and ConfigMaps are read
    public MissingObjects(WorkspaceObjects objects) {
        this.objects = objects;
    }

    Optional<MissingObject> missingFor(Pod pod) {
        String uid = pod.getMetadata().getUid();
        return uid == null ? Optional.empty() : Optional.ofNullable(byUid.get(uid));
    }

    /// Checks whether what a job waits for exists.
    ///
    /// @return whether something else was found than before
    /// @throws io.interlinkgateway.failure.GatewayException.ClusterUnavailable if the API server gives no answer
    boolean check(Pod pod) {
        Workspace workspace = new Workspace(pod.getMetadata().getNamespace());
        Optional<MissingObject> missing =
                MissingObject.among(
                                ObjectReferences.of(pod),
                                (kind, name) -> objects.find(workspace, kind, name))
                        .filter(MissingObject::holdsTheJob)
                        .findFirst();
        return missing.isPresent()
                ? !missing.get().equals(byUid.put(pod.getMetadata().getUid(), missing.get()))
                : byUid.remove(pod.getMetadata().getUid()) != null;
    }

    /// The job no longer waits.
    void forget(String uid) {
        byUid.remove(uid);
    }
}
