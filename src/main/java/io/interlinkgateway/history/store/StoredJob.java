package io.interlinkgateway.history.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.interlinkgateway.job.Cancellation;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobReason;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// A job without its definition, as it is written to a row: the form stays readable when the domain's classes change.
/// Fields that a later version adds are ignored.
record StoredJob(
        String name,
        String workspace,
        String uid,
        @Nullable String node,
        State state,
        Job.Source source,
        Instant observedAt,
        boolean current,
        @Nullable Hpc hpc,
        List<Exit> containers,
        @Nullable String remoteJobId,
        @Nullable Long timeLimitSeconds,
        @Nullable Cancelled cancellation,
        Instant createdAt,
        String managedBy,
        @Nullable String submittedBy,
        Map<String, String> labels) {

    /// The maximum length of a caller's name. An index of PostgreSQL takes 2,704 bytes.
    static final int MAX_SUBMITTER = 500;

    private static final int MAX_MESSAGE = 10_000;
    private static final int MAX_WORD = 500;

    /// More labels than any caller gives; Kubernetes has no limit but the pod's size.
    private static final int MAX_LABELS = 200;

    private static final int MAX_LABEL_KEY = 317;
    private static final int MAX_LABEL_VALUE = 63;

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .changeDefaultPropertyInclusion(
                            inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
                    .build();

    /// A [JobState]; the fields that its kind does not have are null.
    record State(
            JobPhase phase,
            @Nullable JobReason reason,
            @Nullable String message,
            @Nullable Instant since,
            @Nullable Time startedAt,
            @Nullable Time finishedAt,
            @Nullable Integer exitCode) {

        static State of(JobState state) {
            JobPhase phase = JobPhase.of(state);
            return switch (state) {
                case JobState.Queued queued ->
                        new State(
                                phase,
                                JobReason.of(queued.reason()),
                                text(queued.message()),
                                queued.since().orElse(null),
                                null,
                                null,
                                null);
                case JobState.Starting _ -> new State(phase, null, null, null, null, null, null);
                case JobState.Running running ->
                        new State(phase, null, null, null, Time.of(running.since()), null, null);
                case JobState.Succeeded succeeded ->
                        new State(
                                phase,
                                null,
                                null,
                                null,
                                Time.of(succeeded.startedAt()),
                                Time.of(succeeded.finishedAt()),
                                null);
                case JobState.Failed failed ->
                        new State(
                                phase,
                                JobReason.of(failed.reason()),
                                text(failed.message()),
                                null,
                                Time.of(failed.startedAt()),
                                Time.of(failed.finishedAt()),
                                number(failed.exitCode()));
                case JobState.Cancelling cancelling ->
                        new State(phase, null, null, cancelling.since(), null, null, null);
                case JobState.Unknown unknown ->
                        new State(
                                phase,
                                JobReason.of(unknown.reason()),
                                text(unknown.why()),
                                null,
                                null,
                                null,
                                null);
            };
        }

        private static String text(String message) {
            return StoredText.of(message, MAX_MESSAGE);
        }

        JobState toJobState() {
            return switch (phase) {
                case QUEUED ->
                        new JobState.Queued(
                                JobState.QueueReason.valueOf(name(reason)),
                                orEmpty(message),
                                Optional.ofNullable(since));
                case STARTING -> new JobState.Starting();
                case RUNNING -> new JobState.Running(Time.moment(startedAt));
                case SUCCEEDED ->
                        new JobState.Succeeded(Time.moment(startedAt), Time.moment(finishedAt));
                case FAILED ->
                        new JobState.Failed(
                                Time.moment(startedAt),
                                Time.moment(finishedAt),
                                number(exitCode),
                                JobState.FailureReason.valueOf(name(reason)),
                                orEmpty(message));
                case CANCELLING ->
                        new JobState.Cancelling(Optional.ofNullable(since).orElse(Instant.EPOCH));
                case UNKNOWN ->
                        new JobState.Unknown(
                                JobState.UnknownReason.valueOf(name(reason)), orEmpty(message));
            };
        }

        private static String name(@Nullable JobReason reason) {
            return reason == null ? "" : reason.name();
        }

        private static String orEmpty(@Nullable String text) {
            return text == null ? "" : text;
        }
    }

    /// A [JobState.Moment].
    record Time(Instant at, JobState.Precision precision) {

        static @Nullable Time of(Optional<JobState.Moment> moment) {
            return moment.map(known -> new Time(known.at(), known.precision())).orElse(null);
        }

        static Optional<JobState.Moment> moment(@Nullable Time time) {
            return Optional.ofNullable(time)
                    .map(known -> new JobState.Moment(known.at, known.precision));
        }
    }

    /// A [HpcJob].
    record Hpc(
            String id,
            HpcJob.State state,
            String slurmState,
            @Nullable String waitCode,
            @Nullable String waitMessage,
            @Nullable Instant estimatedStart,
            @Nullable String nodes,
            @Nullable Integer exitCode,
            @Nullable Integer signal,
            @Nullable Instant submittedAt,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            int restarts,
            @Nullable String partition,
            @Nullable Long timeLimitSeconds,
            Instant observedAt) {

        static Hpc of(HpcJob hpc) {
            return new Hpc(
                    word(hpc.id()),
                    hpc.state(),
                    word(hpc.slurmState()),
                    hpc.waitReason().map(wait -> word(wait.code())).orElse(null),
                    hpc.waitReason().map(wait -> word(wait.message())).orElse(null),
                    hpc.estimatedStart().orElse(null),
                    StoredText.of(hpc.nodes(), MAX_MESSAGE),
                    number(hpc.exitCode()),
                    number(hpc.signal()),
                    hpc.submittedAt().orElse(null),
                    hpc.startedAt().orElse(null),
                    hpc.endedAt().orElse(null),
                    hpc.restarts(),
                    StoredText.of(hpc.partition(), MAX_WORD),
                    hpc.timeLimit().map(Duration::toSeconds).orElse(null),
                    hpc.observedAt());
        }

        HpcJob toHpcJob() {
            return new HpcJob(
                    id,
                    state,
                    slurmState,
                    waitCode == null || waitMessage == null
                            ? Optional.empty()
                            : Optional.of(new HpcJob.WaitReason(waitCode, waitMessage)),
                    Optional.ofNullable(estimatedStart),
                    Optional.ofNullable(nodes),
                    number(exitCode),
                    number(signal),
                    Optional.ofNullable(submittedAt),
                    Optional.ofNullable(startedAt),
                    Optional.ofNullable(endedAt),
                    restarts,
                    Optional.ofNullable(partition),
                    Optional.ofNullable(timeLimitSeconds).map(Duration::ofSeconds),
                    observedAt);
        }
    }

    /// A [Job.ContainerExit].
    record Exit(String name, int exitCode, Instant finishedAt) {}

    /// A [Cancellation].
    record Cancelled(Cancellation.Stage stage, Instant at, Job.Source source, String message) {}

    static StoredJob of(Job job) {
        return new StoredJob(
                job.name().value(),
                job.workspace().value(),
                job.uid(),
                job.node().map(NodeName::value).orElse(null),
                State.of(job.state()),
                job.evidence().source(),
                job.evidence().observedAt(),
                job.evidence().current(),
                job.hpc().map(Hpc::of).orElse(null),
                job.containers().stream()
                        .map(exit ->
                                new Exit(word(exit.name()), exit.exitCode(), exit.finishedAt()))
                        .toList(),
                StoredText.of(job.remoteJobId(), MAX_WORD),
                job.timeLimit().map(Duration::toSeconds).orElse(null),
                job.cancellation()
                        .map(known ->
                                new Cancelled(
                                        known.stage(),
                                        known.at(),
                                        known.source(),
                                        StoredText.of(known.message(), MAX_MESSAGE)))
                        .orElse(null),
                job.createdAt(),
                word(job.managedBy()),
                StoredText.of(job.submittedBy(), MAX_SUBMITTER),
                labelsOf(job));
    }

    private static Map<String, String> labelsOf(Job job) {
        Map<String, String> labels = new LinkedHashMap<>();
        job.labels().entrySet().stream()
                .limit(MAX_LABELS)
                .forEach(label ->
                        labels.put(
                                StoredText.of(label.getKey(), MAX_LABEL_KEY),
                                StoredText.of(label.getValue(), MAX_LABEL_VALUE)));
        return labels;
    }

    private static String word(String text) {
        return StoredText.of(text, MAX_WORD);
    }

    private static @Nullable Integer number(OptionalInt number) {
        return number.isPresent() ? number.getAsInt() : null;
    }

    private static OptionalInt number(@Nullable Integer number) {
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    static StoredJob parse(String json) {
        return JSON.readValue(json, StoredJob.class);
    }

    String toJson() {
        return JSON.writeValueAsString(this);
    }

    /// @param definition the job's definition, if it is known and wanted
    Job toJob(Optional<JobDefinition> definition) {
        return new Job(
                new JobName(name),
                new Workspace(workspace),
                uid,
                Optional.ofNullable(node).map(NodeName::new),
                state.toJobState(),
                new Job.Evidence(source, observedAt, current),
                Optional.ofNullable(hpc).map(Hpc::toHpcJob),
                containers.stream()
                        .map(exit ->
                                new Job.ContainerExit(exit.name, exit.exitCode, exit.finishedAt))
                        .toList(),
                Optional.ofNullable(remoteJobId),
                Optional.ofNullable(timeLimitSeconds).map(Duration::ofSeconds),
                Optional.ofNullable(cancellation)
                        .map(known ->
                                new Cancellation(
                                        known.stage, known.at, known.source, known.message)),
                createdAt,
                managedBy,
                Optional.ofNullable(submittedBy),
                labels,
                definition);
    }

    /// @return the reason by which the job is found: the API's
    @Nullable String reason() {
        if (!current) {
            return JobReason.NODE_UNREACHABLE.name();
        }
        return state.reason == null ? null : state.reason.name();
    }

    Optional<Instant> startedAt() {
        return Optional.ofNullable(hpc)
                .map(Hpc::startedAt)
                .or(() -> Optional.ofNullable(state.startedAt).map(Time::at));
    }

    Optional<Instant> finishedAt() {
        return Optional.ofNullable(state.finishedAt)
                .map(Time::at)
                .or(() -> Optional.ofNullable(hpc).map(Hpc::endedAt));
    }

    /// @return how long it waited, in seconds; empty if its start is not known
    OptionalLong queueSeconds() {
        return startedAt()
                .map(start -> OptionalLong.of(seconds(createdAt, start)))
                .orElseGet(OptionalLong::empty);
    }

    /// @return how long it ran, in seconds; empty if its start or its end is not known
    OptionalLong runSeconds() {
        return startedAt()
                .flatMap(start -> finishedAt().map(end -> OptionalLong.of(seconds(start, end))))
                .orElseGet(OptionalLong::empty);
    }

    /// Clocks disagree: a negative period is none.
    private static long seconds(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toSeconds());
    }
}
