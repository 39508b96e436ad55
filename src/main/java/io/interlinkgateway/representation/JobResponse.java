package io.interlinkgateway.representation;

import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.Findings;
import io.interlinkgateway.job.Cancellation;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobReason;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.JobState.Moment;
import io.interlinkgateway.job.JobState.Precision;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// A job in responses and events.
@Schema(name = "Job", description = "A job with its present state.")
public record JobResponse(
        String name,
        String workspace,
        @Nullable @Schema(description = "The virtual node to which it is assigned.") String node,
        JobPhase state,
        @Nullable
                @Schema(
                        description =
                                "Why it waits, failed or has an unknown state; missing in other"
                                    + " states. NODE_UNREACHABLE: the state is out of date, because"
                                    + " the node has lost contact.")
                JobReason reason,
        @Nullable @Schema(description = "The reason as a sentence.") String message,
        @Nullable @Schema(description = "What to do about it.") String hint,
        @Nullable
                @Schema(
                        description =
                                "The exit code of the first container that failed, 0 to 255."
                                        + " Missing if the job was killed or the code is unknown.")
                Integer exitCode,
        @Nullable
                @Schema(
                        description =
                                "How the containers ended, from the job's own record. Init"
                                        + " containers are only included if they failed.")
                List<Job.ContainerExit> containers,
        @Nullable @Schema(description = "The job's id on the HPC.") String remoteJobId,
        @Nullable
                @Schema(
                        description =
                                "How long it may run; missing if its job spec names no limit.")
                Walltime walltime,
        @Nullable
                @Schema(
                        description =
                                "How far its cancellation has come; only of a job whose deletion"
                                    + " was requested. REQUESTED: the deletion was requested. SENT:"
                                    + " interLink reports that it passed the cancellation on to the"
                                    + " HPC. CONFIRMED: it is known that the job ended, or that the"
                                    + " HPC never had it. UNCONFIRMED: its pod was removed, and"
                                    + " nothing shows that the job ended.")
                Cancellation cancellation,
        @Schema(description = "Its pod's UID. Unlike a name, it is never used again.") String uid,
        Instant createdAt,
        @Nullable
                @Schema(
                        description =
                                "Since when the job has been waiting for the present reason, if"
                                        + " known.")
                Instant queuedSince,
        @Nullable Instant startedAt,
        @Nullable
                @Schema(
                        description =
                                "SECOND: from the job's own record or SLURM, in whole seconds."
                                    + " OBSERVED: when interLink noticed, up to half a minute late,"
                                    + " or more after an outage.")
                Precision startedAtPrecision,
        @Nullable Instant finishedAt,
        @Nullable @Schema(description = "As startedAtPrecision.") Precision finishedAtPrecision,
        @Schema(description = "How the state is known.") Job.Evidence evidence,
        @Nullable
                @Schema(
                        description =
                                "What SLURM reports of the job, if its node has a slurmrestd. It"
                                        + " may contradict the state, or be newer.")
                HpcResponse hpc,
        @Schema(
                        description =
                                "The program that created the pod: gateway or another one's name.",
                        example = "gateway")
                String managedBy,
        @Nullable
                @Schema(
                        description =
                                "The caller who submitted it through the gateway, as"
                                    + " issuer#subject, as the pod shows it. Others who may write"
                                    + " pods in the cluster can change that.",
                        example = "https://issuer.example.org/#ada")
                String submittedBy,
        @Nullable Map<String, String> labels,
        @Schema(
                        description =
                                "What it was created from: a job spec, which can be sent again, or"
                                    + " a pod. Missing in events, and in lists unless requested.",
                        anyOf = {SubmitJobRequest.class, PodManifest.class})
                @Nullable Object definition,
        @Nullable
                @Schema(
                        description =
                                "What the gateway changed and what interLink will ignore. Only in"
                                        + " responses to submissions.")
                List<Finding> warnings) {

    /// A job as SLURM reports it.
    @Schema(name = "HpcJob", description = "What SLURM reports of a job.")
    public record HpcResponse(
            @Schema(description = "SLURM's id of the job.") String id,
            HpcJob.State state,
            @Nullable
                    @Schema(
                            description = "SLURM's code for the reason why the job waits.",
                            example = "QOSMaxGRESPerUser")
                    String reason,
            @Nullable @Schema(description = "The reason as a sentence.") String message,
            @Nullable
                    @Schema(
                            description =
                                    "When SLURM expects to start the job, while it waits and if"
                                            + " SLURM has planned it. It changes with the queue.")
                    Instant estimatedStart,
            @Nullable @Schema(description = "The compute nodes.", example = "gn[01-04]")
                    String nodes,
            @Nullable String partition,
            @Nullable @Schema(description = "The time limit.", example = "PT55M")
                    Duration timeLimit,
            @Schema(description = "How often SLURM has requeued the job.") int restarts,
            @Nullable
                    @Schema(description = "The exit code of its script, unless a signal ended it.")
                    Integer exitCode,
            @Nullable @Schema(description = "The signal that ended its script.") Integer signal,
            @Nullable Instant submittedAt,
            @Nullable @Schema(description = "When it got its compute nodes.") Instant startedAt,
            @Nullable Instant endedAt,
            @Schema(description = "The time of SLURM's response.") Instant observedAt) {

        private static HpcResponse from(HpcJob job) {
            return new HpcResponse(
                    job.id(),
                    job.state(),
                    job.waitReason().map(HpcJob.WaitReason::code).orElse(null),
                    job.waitReason().map(HpcJob.WaitReason::message).orElse(null),
                    job.estimatedStart().orElse(null),
                    job.nodes().orElse(null),
                    job.partition().orElse(null),
                    job.timeLimit().orElse(null),
                    job.restarts(),
                    job.exitCode().isPresent() ? job.exitCode().getAsInt() : null,
                    job.signal().isPresent() ? job.signal().getAsInt() : null,
                    job.submittedAt().orElse(null),
                    job.startedAt().orElse(null),
                    job.endedAt().orElse(null),
                    job.observedAt());
        }
    }

    /// How long a job may run.
    @Schema(name = "Walltime")
    public record Walltime(
            @Schema(description = "The time limit, in whole minutes.", example = "PT55M")
                    Duration limit,
            @Nullable
                    @Schema(
                            description =
                                    "When SLURM will end it; only while it runs. SLURM may be up to"
                                            + " a minute late.")
                    Instant endsAt,
            @Nullable
                    @Schema(
                            description = "From evidence.observedAt to endsAt; not negative.",
                            example = "PT12M30S")
                    Duration remaining) {

        private static Walltime of(Job job, Duration limit) {
            Optional<Instant> end = job.endsAt();
            return new Walltime(
                    limit,
                    end.orElse(null),
                    end.map(at ->
                                    Duration.between(
                                            job.evidence()
                                                    .observedAt()
                                                    .truncatedTo(ChronoUnit.SECONDS),
                                            at))
                            .map(left -> left.isNegative() ? Duration.ZERO : left)
                            .orElse(null));
        }
    }

    /// @param job a job
    /// @return the response without warnings
    public static JobResponse from(Job job) {
        return from(job, List.of());
    }

    /// @param job a job that was just submitted
    /// @param warnings the warnings about it
    /// @return the response
    public static JobResponse from(Job job, List<Finding> warnings) {
        StateDetails details = StateDetails.of(job);
        return new JobResponse(
                job.name().value(),
                job.workspace().value(),
                job.node().map(NodeName::value).orElse(null),
                JobPhase.of(job.state()),
                details.reason,
                details.message,
                details.hint,
                details.exitCode.isPresent() ? details.exitCode.getAsInt() : null,
                job.containers().isEmpty() ? null : job.containers(),
                job.remoteJobId().orElse(null),
                job.timeLimit().map(limit -> Walltime.of(job, limit)).orElse(null),
                job.cancellation().orElse(null),
                job.uid(),
                job.createdAt(),
                details.queuedSince.orElse(null),
                details.startedAt.map(Moment::at).orElse(null),
                details.startedAt.map(Moment::precision).orElse(null),
                details.finishedAt.map(Moment::at).orElse(null),
                details.finishedAt.map(Moment::precision).orElse(null),
                job.evidence(),
                job.hpc().map(HpcResponse::from).orElse(null),
                job.managedBy(),
                job.submittedBy().orElse(null),
                job.labels().isEmpty() ? null : job.labels(),
                job.definition().map(written -> definition(job, written)).orElse(null),
                warnings.isEmpty() ? null : Findings.shown(warnings));
    }

    private static Object definition(Job job, JobDefinition written) {
        return switch (written) {
            case JobSpec spec -> SubmitJobRequest.from(job.name(), job.node().orElseThrow(), spec);
            case PodManifest manifest -> manifest.document();
        };
    }

    /// The fields that depend on the state.
    private record StateDetails(
            @Nullable JobReason reason,
            @Nullable String message,
            @Nullable String hint,
            OptionalInt exitCode,
            Optional<Instant> queuedSince,
            Optional<Moment> startedAt,
            Optional<Moment> finishedAt) {

        static StateDetails of(Job job) {
            StateDetails details = of(job.state());
            return job.evidence().current() ? details : details.asOf(job.evidence().observedAt());
        }

        private static StateDetails of(JobState state) {
            return switch (state) {
                case JobState.Queued queued ->
                        message(
                                JobReason.of(queued.reason()),
                                queued.message(),
                                queued.reason().hint(),
                                queued.since());
                case JobState.Starting _, JobState.Cancelling _ ->
                        times(Optional.empty(), Optional.empty());
                case JobState.Running running -> times(running.since(), Optional.empty());
                case JobState.Succeeded succeeded ->
                        times(succeeded.startedAt(), succeeded.finishedAt());
                case JobState.Failed failed ->
                        new StateDetails(
                                JobReason.of(failed.reason()),
                                failed.message(),
                                failed.reason().hint(),
                                failed.exitCode(),
                                Optional.empty(),
                                failed.startedAt(),
                                failed.finishedAt());
                case JobState.Unknown unknown ->
                        message(
                                JobReason.of(unknown.reason()),
                                unknown.why(),
                                unknown.reason().hint(),
                                Optional.empty());
            };
        }

        private static StateDetails message(
                JobReason reason, String message, String hint, Optional<Instant> since) {
            return new StateDetails(
                    reason,
                    message,
                    hint,
                    OptionalInt.empty(),
                    since,
                    Optional.empty(),
                    Optional.empty());
        }

        private static StateDetails times(Optional<Moment> started, Optional<Moment> finished) {
            return new StateDetails(
                    null, null, null, OptionalInt.empty(), Optional.empty(), started, finished);
        }

        /// The state when the node last reported.
        private StateDetails asOf(Instant lastContact) {
            return new StateDetails(
                    JobReason.NODE_UNREACHABLE,
                    "The job's node has been out of contact since "
                            + lastContact.truncatedTo(ChronoUnit.SECONDS)
                            + "; this was the job's state then."
                            + (message == null ? "" : " " + message),
                    "Wait until the node is ready again, or contact its operator.",
                    exitCode,
                    queuedSince,
                    startedAt,
                    finishedAt);
        }
    }
}
