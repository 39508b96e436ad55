package io.interlinkgateway.sandbox;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.MissingObject;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.ObjectReferences;
import io.interlinkgateway.status.ClusterFacts;
import io.interlinkgateway.status.PodReading;
import java.time.Clock;
import java.util.Optional;

/// Reads jobs from pods, with what the sandbox knows beside them: what they wait for.
public final class JobReading {

    private final SandboxCredentials credentials;
    private final Clock clock;

    /// @param credentials the only Secrets there are
    /// @param clock the time of a reading
    public JobReading(SandboxCredentials credentials, Clock clock) {
        this.credentials = credentials;
        this.clock = clock;
    }

    /// @param pod a job's
    /// @return the job, as it is now
    public Job read(Pod pod) {
        Workspace workspace = new Workspace(pod.getMetadata().getNamespace());
        Optional<MissingObject> missing =
                MissingObject.among(
                                ObjectReferences.of(pod),
                                (kind, name) -> credentials.find(workspace, kind, name))
                        .filter(MissingObject::holdsTheJob)
                        .findFirst();
        return PodReading.jobFrom(
                pod, new ClusterFacts(clock.instant(), missing, Optional.empty()));
    }
}
