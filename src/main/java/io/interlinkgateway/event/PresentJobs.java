package io.interlinkgateway.event;

import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The jobs that exist now in the workspaces that this gateway watches.
public interface PresentJobs {

    /// Watches a workspace from now on, so that the [JobObserver] receives the changes of its jobs although nobody reads
    /// them. A workspace beyond the configured maximum is not watched, which is logged.
    ///
    /// @param workspace a workspace
    void record(Workspace workspace);

    /// @return the workspaces whose jobs are all known
    Set<Workspace> workspaces();

    /// @param workspace a workspace
    /// @return the version up to which all changes of its jobs are known; empty if its jobs are not all known
    OptionalLong reached(Workspace workspace);

    /// @param workspace a workspace
    /// @param name a job's name
    /// @param uid its pod's UID
    /// @return whether the job existed at the version [#reached], or later
    boolean has(Workspace workspace, JobName name, String uid);

    /// @param workspace a workspace
    /// @return its jobs, each read when the stream comes to it
    Stream<Existing> jobs(Workspace workspace);

    /// A job that exists.
    ///
    /// @param version the resource version of its pod
    /// @param job the job, without its definition
    /// @param origin reads what it was created from; may be called later, by any thread
    record Existing(long version, Job job, Supplier<JobObserver.Origin> origin) {}
}
