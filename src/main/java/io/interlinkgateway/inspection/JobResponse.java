package io.interlinkgateway.inspection;

import io.interlinkgateway.definition.SubmitJobRequest;
import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// A job as it is answered.
@Schema(name = "Job", description = "A job as it is now.")
public record JobResponse(
        String name,
        String workspace,
        @Nullable @Schema(description = "The virtual node that it was sent to.") String node,
        JobPhase state,
        @Nullable
                @Schema(
                        description =
                                "Why it waits (NODE_FULL, NODE_NOT_READY, SECRET_MISSING,"
                                    + " SUBMITTING, IN_HPC_QUEUE, REQUEUED) or failed (EXIT_CODE,"
                                    + " OUT_OF_MEMORY, TIME_LIMIT, CANCELLED_ON_HPC, NODE_FAILED,"
                                    + " SUBMISSION_REFUSED, IMAGE_UNAVAILABLE, COMMAND_NOT_FOUND,"
                                    + " NODE_UNREACHABLE, OTHER).")
                String reason,
        @Nullable @Schema(description = "The same in words.") String message,
        @Nullable @Schema(description = "What to do about it.") String cure,
        @Nullable Integer exitCode,
        @Nullable @Schema(description = "The HPC's own id of the job.") String remoteJobId,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Schema(description = "How the state is known.") Job.Evidence evidence,
        @Schema(description = "gateway, or whoever made the pod.", example = "gateway")
                String managedBy,
        @Nullable Map<String, String> labels,
        @Schema(
                        description =
                                "What it was made from: a job spec that can be sent again, or a"
                                        + " pod.",
                        oneOf = {SubmitJobRequest.class, Map.class})
                Object definition,
        @Nullable
                @Schema(
                        description =
                                "What the gateway changed or interLink will ignore; only in the"
                                        + " answer to a submission.")
                List<Finding> warnings) {

    /// @param job a job
    /// @return its answer without warnings
    public static JobResponse from(Job job) {
        return from(job, List.of());
    }

    /// @param job a job that was just submitted
    /// @param warnings what its caller should know
    /// @return its answer
    public static JobResponse from(Job job, List<Finding> warnings) {
        Told told = Told.of(job.state());
        return new JobResponse(
                job.name().value(),
                job.workspace().value(),
                job.node().map(NodeName::value).orElse(null),
                JobPhase.of(job.state()),
                told.reason,
                told.message,
                told.cure,
                told.exitCode.isPresent() ? told.exitCode.getAsInt() : null,
                job.remoteJobId().orElse(null),
                job.createdAt(),
                told.startedAt.orElse(null),
                told.finishedAt.orElse(null),
                job.evidence(),
                job.managedBy(),
                job.labels().isEmpty() ? null : job.labels(),
                definitionOf(job),
                warnings.isEmpty() ? null : warnings);
    }

    private static Object definitionOf(Job job) {
        return switch (job.definition()) {
            case JobSpec spec -> SubmitJobRequest.from(job.name(), job.node().orElseThrow(), spec);
            case PodManifest manifest -> manifest.document();
        };
    }

    /// What a state says of itself.
    private record Told(
            @Nullable String reason,
            @Nullable String message,
            @Nullable String cure,
            OptionalInt exitCode,
            Optional<Instant> startedAt,
            Optional<Instant> finishedAt) {

        static Told of(JobState state) {
            return switch (state) {
                case JobState.Queued queued -> message(queued.reason().name(), queued.message());
                case JobState.Starting _ -> nothing();
                case JobState.Running running -> times(running.since(), Optional.empty());
                case JobState.Succeeded succeeded ->
                        times(succeeded.startedAt(), succeeded.finishedAt());
                case JobState.Failed failed ->
                        new Told(
                                failed.reason().name(),
                                failed.message(),
                                failed.reason().cure(),
                                failed.exitCode(),
                                failed.startedAt(),
                                failed.finishedAt());
                case JobState.Cancelling _ -> nothing();
                case JobState.Unknown unknown -> message(null, unknown.why());
            };
        }

        private static Told nothing() {
            return message(null, null);
        }

        private static Told message(@Nullable String reason, @Nullable String message) {
            return new Told(
                    reason, message, null, OptionalInt.empty(), Optional.empty(), Optional.empty());
        }

        private static Told times(Optional<Instant> started, Optional<Instant> finished) {
            return new Told(null, null, null, OptionalInt.empty(), started, finished);
        }
    }
}
