package io.interlinkgateway.event;

import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.PodManifest;
import java.util.function.Supplier;

/// Receives every change of the jobs that this gateway watches, in the order of each job's changes. After a start it
/// also receives all existing jobs. Several replicas report the same changes, and one replica may report a change
/// again. The methods must return at once: the component that stores the jobs waits for them.
public interface JobObserver {

    /// Ignores all changes.
    JobObserver NONE =
            new JobObserver() {
                @Override
                public boolean isRecording() {
                    return false;
                }

                @Override
                public void changed(long version, Job job, Supplier<Origin> origin) {}

                @Override
                public void removed(long version, Job job, Supplier<Origin> origin) {}
            };

    /// @return whether workspaces are to be watched for it, although nobody reads them
    default boolean isRecording() {
        return true;
    }

    /// What a job was created from.
    ///
    /// @param definition the job spec, or the pod without the fields that the cluster added
    /// @param pod the pod without the fields that the cluster added
    record Origin(JobDefinition definition, PodManifest pod) {}

    /// A job was created, its state, its labels or its submitter changed, or it exists at the start of the watch.
    ///
    /// @param version the resource version of its pod; later changes of the job do not have a smaller one
    /// @param job the job, without its definition
    /// @param origin reads what the job was created from; may be called later, by any thread
    void changed(long version, Job job, Supplier<Origin> origin);

    /// A job's pod was removed.
    ///
    /// @param version the resource version of the removal
    /// @param job the job as it was last known, with its cancellation
    /// @param origin as for [#changed]
    void removed(long version, Job job, Supplier<Origin> origin);
}
