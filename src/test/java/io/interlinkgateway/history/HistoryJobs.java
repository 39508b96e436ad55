package io.interlinkgateway.history;

import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.job.ComputeResources;
import io.interlinkgateway.job.ImageReference;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.SingularityOptions;
import io.interlinkgateway.job.SlurmOptions;
import io.interlinkgateway.job.Workspace;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/// Jobs as they are observed.
public final class HistoryJobs {

    public static final Workspace WORKSPACE = new Workspace("stars");
    public static final Instant NOW = Instant.parse("2026-11-28T06:00:00Z");
    public static final JobState RUNNING = new JobState.Running(Optional.empty());
    public static final PodManifest POD = new PodManifest(Map.of("kind", "Pod"));
    static final JobState QUEUED =
            new JobState.Queued(JobState.QueueReason.SUBMITTING, "", Optional.empty());
    public static final JobState SUCCEEDED =
            new JobState.Succeeded(
                    Optional.empty(),
                    Optional.of(new JobState.Moment(NOW, JobState.Precision.SECOND)));
    static final JobState FAILED =
            new JobState.Failed(
                    Optional.empty(),
                    Optional.empty(),
                    OptionalInt.of(1),
                    JobState.FailureReason.EXIT_CODE,
                    "");

    private HistoryJobs() {}

    /// @param name the job's name; its UID is `uid-` and the name
    public static Job job(String name, JobState state) {
        return job(name, state, Job.Source.JOB_RECORD);
    }

    static Job job(String name, JobState state, Job.Source source) {
        return job(name, state, source, "vega-new-vk");
    }

    static Job job(String name, JobState state, Job.Source source, String node) {
        return new Job(
                new JobName(name),
                WORKSPACE,
                "uid-" + name,
                Optional.of(new NodeName(node)),
                state,
                new Job.Evidence(source, NOW, true),
                Optional.empty(),
                List.of(),
                Optional.of("4711"),
                Optional.empty(),
                Optional.empty(),
                NOW.minusSeconds(60),
                "gateway",
                Optional.empty(),
                Map.of(),
                Optional.empty());
    }

    static Job withDefinition(Job job) {
        return with(job, job.workspace(), job.containers(), Optional.of(spec(Optional.empty())));
    }

    /// @return the job with what its own record has of its containers
    static Job withRecord(Job job) {
        return with(
                job,
                job.workspace(),
                List.of(new Job.ContainerExit("job", 0, NOW)),
                job.definition());
    }

    public static Job in(Workspace workspace, Job job) {
        return with(job, workspace, job.containers(), job.definition());
    }

    private static Job with(
            Job job,
            Workspace workspace,
            List<Job.ContainerExit> containers,
            Optional<JobDefinition> definition) {
        return new Job(
                job.name(),
                workspace,
                job.uid(),
                job.node(),
                job.state(),
                job.evidence(),
                job.hpc(),
                containers,
                job.remoteJobId(),
                job.timeLimit(),
                job.cancellation(),
                job.createdAt(),
                job.managedBy(),
                job.submittedBy(),
                job.labels(),
                definition);
    }

    /// @return a job spec without a period after its end
    public static JobSpec spec() {
        return spec(Optional.empty());
    }

    static JobSpec spec(Optional<Duration> ttl) {
        return new JobSpec(
                ImageReference.of("/images/a.sif"),
                List.of("true"),
                List.of(),
                Map.of(),
                Optional.empty(),
                new ComputeResources(Map.of(), Map.of()),
                SlurmOptions.NONE,
                Optional.empty(),
                SingularityOptions.NONE,
                Map.of(),
                ttl);
    }

    static Supplier<JobObserver.Origin> origin() {
        return () -> new JobObserver.Origin(spec(Optional.empty()), POD);
    }

    static Observation live(long version, Job job) {
        return new Observation(version, NOW, job, Observation.Presence.LIVE, origin());
    }

    static Observation removed(long version, Job job) {
        return new Observation(version, NOW, job, Observation.Presence.REMOVED, origin());
    }
}
