package io.interlinkgateway.history;

import io.interlinkgateway.representation.JobResponse;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A job of the history in responses.
@Schema(name = "PastJob", description = "A job as the history has it, live or not.")
record PastJobResponse(
        @Schema(description = "The job as it was last observed.") JobResponse job,
        @Schema(description = "Whether its pod exists, as far as the history knows.") boolean live,
        @Schema(description = "When a gateway first observed it.") Instant firstSeenAt,
        @Schema(description = "When a gateway last observed a change of it.") Instant seenAt,
        @Nullable
                @Schema(
                        description =
                                "When its pod was removed, or was found to be missing; not set"
                                        + " while it exists.")
                Instant removedAt,
        @Nullable
                @Schema(
                        description =
                                "The time from its creation to its start; missing if it has not"
                                        + " started, or the start is not known.",
                        example = "PT4M10S")
                Duration queueTime,
        @Nullable
                @Schema(
                        description =
                                "The time from its start to its end; missing if one of them is not"
                                        + " known.",
                        example = "PT52M")
                Duration runTime,
        @Nullable @Schema(description = "Where its results are in MLflow, as far as known.")
                MlflowResponse mlflow,
        @Nullable @Schema(description = "Its archived logs; missing until one is archived.")
                List<LogResponse> logs,
        @Nullable
                @Schema(
                        description =
                                "The changes of its state, oldest first, at most 1,000. Missing in"
                                        + " lists.")
                List<Change> changes) {

    /// Where a job's results are.
    @Schema(name = "MlflowLink", description = "Where a job's results are in MLflow.")
    record MlflowResponse(
            @Nullable
                    @Schema(
                            description = "The address of the tracking server.",
                            example = "https://mlflow.example.org/")
                    String trackingUri,
            @Nullable @Schema(description = "The experiment's name or id.", example = "3dgan")
                    String experiment,
            @Nullable
                    @Schema(
                            description = "The run's id.",
                            example = "d3b07384d113edec49eaa6238ad5ff00")
                    String run) {

        static @Nullable MlflowResponse from(MlflowLink link) {
            return link.equals(MlflowLink.NONE)
                    ? null
                    : new MlflowResponse(
                            link.trackingUri().orElse(null),
                            link.experiment().orElse(null),
                            link.run().orElse(null));
        }
    }

    /// The log of a container in the archive.
    @Schema(
            name = "ArchivedLog",
            description = "The log of one container in the archive: the job's own output.")
    record LogResponse(
            @Schema(example = "job") String container,
            @Schema(
                            description =
                                    "COMPLETE: everything that the job wrote. SHORTENED: the first"
                                        + " and the last bytes, with a marker between them, or only"
                                        + " the first ones of a log that takes too long to read."
                                        + " PARTIAL: what could be read before the job was deleted"
                                        + " or the log broke off; the job may have written more."
                                        + " LOST: nothing, it could not be read. EXPIRED: nothing"
                                        + " any more, the time for which logs are kept is over, or"
                                        + " the workspace had too many.")
                    ArchivedLog.Completeness completeness,
            @Nullable
                    @Schema(
                            description = "Why it is not the whole log.",
                            example = "The node did not respond in 10 s.")
                    String note,
            @Schema(
                            description =
                                    "How many bytes the job wrote, as far as they could be read.",
                            example = "52428800")
                    long size,
            @Schema(description = "How many of them are archived.", example = "20000000") long kept,
            @Nullable
                    @Schema(
                            description =
                                    "The SHA-256 of the archived text, as the endpoint of logs"
                                            + " returns it, in hexadecimal digits.",
                            example =
                                    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
                    String sha256,
            Instant archivedAt) {

        static LogResponse from(ArchivedLog log) {
            return new LogResponse(
                    log.container(),
                    log.completeness(),
                    log.note().orElse(null),
                    log.size(),
                    log.kept(),
                    log.sha256().orElse(null),
                    log.archivedAt());
        }

        static @Nullable List<LogResponse> from(List<ArchivedLog> logs) {
            return logs.isEmpty() ? null : logs.stream().map(LogResponse::from).toList();
        }
    }

    /// A change of a job's state.
    @Schema(name = "JobChange", description = "A change of a job's state.")
    record Change(
            @Schema(description = "When a gateway observed it.") Instant seenAt,
            @Schema(description = "The job after the change.") JobResponse job) {

        static Change from(StateChange change) {
            return new Change(change.seenAt(), JobResponse.from(change.job()));
        }
    }

    static PastJobResponse from(PastJob past) {
        return of(past, null);
    }

    static PastJobResponse from(PastJob past, List<StateChange> changes) {
        return of(past, changes.stream().map(Change::from).toList());
    }

    private static PastJobResponse of(PastJob past, @Nullable List<Change> changes) {
        JobResponse job = JobResponse.from(past.job());
        return new PastJobResponse(
                job,
                past.isLive(),
                past.firstSeenAt(),
                past.seenAt(),
                past.removedAt().orElse(null),
                between(Optional.of(job.createdAt()), Optional.ofNullable(job.startedAt())),
                between(
                        Optional.ofNullable(job.startedAt()),
                        Optional.ofNullable(job.finishedAt())),
                MlflowResponse.from(past.mlflow()),
                LogResponse.from(past.logs()),
                changes);
    }

    /// The clocks of the cluster and of the HPC may differ, so that an end may seem to precede its start.
    private static @Nullable Duration between(Optional<Instant> start, Optional<Instant> end) {
        return start.flatMap(first -> end.map(last -> Duration.between(first, last)))
                .map(length -> length.isNegative() ? Duration.ZERO : length)
                .orElse(null);
    }
}
