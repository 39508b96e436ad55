package io.interlinkgateway.status;

import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.HpcJob.WaitReason;
import io.interlinkgateway.job.Job.Source;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.JobState.FailureReason;
import io.interlinkgateway.job.JobState.Moment;
import io.interlinkgateway.job.JobState.Precision;
import io.interlinkgateway.job.JobState.QueueReason;
import io.interlinkgateway.job.JobState.UnknownReason;
import io.interlinkgateway.record.JobRecord;
import io.interlinkgateway.record.JobRecord.KillCause;
import io.interlinkgateway.status.StateReading.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Determines a job's state from what SLURM reports. This replaces interLink's report, which is derived from it later. It
/// does not replace the job's own record: if both can be true, the more detailed one is used; if not, the state is
/// unknown. The record can be newer than SLURM's response by some seconds, and older if SLURM started the job again.
final class HpcReading {

    /// How long after an event in the record SLURM's response may not show it: the time between two requests, SLURM's
    /// epilog, and the difference between the clocks.
    private static final Duration LAG = Duration.ofMinutes(1);

    private final HpcJob job;
    private final Optional<JobRecord> record;
    private final Reading withoutHpc;
    private final Optional<Instant> deletedAt;
    private final boolean hasPreExec;

    /// @param job what SLURM reports
    /// @param record the job's own record, if it was found
    /// @param withoutHpc the state as the pod's status and the record have it
    /// @param deletedAt when the pod's deletion was requested, if it was
    /// @param hasPreExec whether commands run before the job's containers
    HpcReading(
            HpcJob job,
            Optional<JobRecord> record,
            Reading withoutHpc,
            Optional<Instant> deletedAt,
            boolean hasPreExec) {
        this.job = job;
        this.record = record;
        this.withoutHpc = withoutHpc;
        this.deletedAt = deletedAt;
        this.hasPreExec = hasPreExec;
    }

    /// A job that the HPC does not have by interLink's report.
    static Reading existsDespiteReport(HpcJob job) {
        return contradiction(
                "interLink reports that the HPC does not have the job, but SLURM has it as job "
                        + job.id()
                        + " ("
                        + job.slurmState()
                        + ").");
    }

    Reading reading() {
        return switch (job.state()) {
            case PENDING -> pending();
            case CONFIGURING -> active(new JobState.Starting());
            case RUNNING, SUSPENDED -> active(running());
            case COMPLETING -> hasEnd() && !isOfEarlierRun() ? withoutHpc : active(running());
            case COMPLETED -> completed();
            case FAILED,
                    CANCELLED,
                    TIMEOUT,
                    NODE_FAIL,
                    PREEMPTED,
                    BOOT_FAIL,
                    DEADLINE,
                    OUT_OF_MEMORY ->
                    failed();
            case OTHER -> withoutHpc;
        };
    }

    private static Reading reported(JobState state) {
        return new Reading(state, Source.SLURM, List.of());
    }

    private static Reading contradiction(String why) {
        return new Reading(
                new JobState.Unknown(UnknownReason.CONTRADICTION, why), Source.SLURM, List.of());
    }

    /// The pod exists until interLink confirms that the job is deleted.
    private static Reading cancelling(Instant since) {
        return Reading.reported(new JobState.Cancelling(since));
    }

    /// Whether the record has an end after which SLURM does not start the job again.
    private boolean hasEnd() {
        return switch (record.orElse(null)) {
            case JobRecord.Ended _ -> true;
            case JobRecord.Killed killed -> killed.cause().isFinal();
            case JobRecord.NoHeader _,
                    JobRecord.Empty _,
                    JobRecord.Started _,
                    JobRecord.Contradictory _,
                    JobRecord.OtherPlugin _ ->
                    false;
            case null -> false;
        };
    }

    /// The time of the last event in the record, if it has one.
    private Optional<Instant> recordedAt() {
        return record.flatMap(known ->
                known instanceof JobRecord.Ended ended
                        ? Optional.of(ended.finishedAt())
                        : known.firstStart());
    }

    /// Whether the record is about a run before the present one.
    private boolean isOfEarlierRun() {
        return job.restarts() > 0
                && (job.state() == HpcJob.State.PENDING
                        || recordedAt()
                                .flatMap(at -> job.startedAt().map(start -> start.isAfter(at)))
                                .orElse(true));
    }

    /// Whether an event in the record may have happened after SLURM was asked.
    private boolean isNewer(Instant recordedAt) {
        return recordedAt.plus(LAG).isAfter(job.observedAt());
    }

    private Reading pending() {
        if (deletedAt.isPresent()) {
            return cancelling(deletedAt.get());
        }
        if (job.restarts() == 0) {
            Optional<Instant> began = recordedAt();
            if (began.isPresent() || hasEnd()) {
                return began.map(this::isNewer).orElse(true)
                        ? withoutHpc
                        : contradiction(
                                "The job's own record shows that it started, but SLURM reports"
                                        + " that it still waits.");
            }
        }
        String why = job.waitReason().map(WaitReason::message).orElse("");
        return reported(
                job.restarts() > 0
                        ? new JobState.Queued(
                                QueueReason.REQUEUED,
                                ("SLURM put the job back into its queue. " + why).strip(),
                                Optional.empty())
                        : new JobState.Queued(
                                QueueReason.IN_HPC_QUEUE,
                                ("The job is in the HPC's queue as job " + job.id() + ". " + why)
                                        .strip(),
                                job.submittedAt()));
    }

    private Reading active(JobState state) {
        if (hasEnd() && !isOfEarlierRun()) {
            boolean endedLongAgo =
                    record.filter(JobRecord.Ended.class::isInstance)
                            .map(JobRecord.Ended.class::cast)
                            .filter(ended -> !isNewer(ended.finishedAt()))
                            .isPresent();
            return endedLongAgo
                    ? contradiction(
                            "The job's own record shows that it ended, but SLURM reports that it"
                                    + " still runs.")
                    : withoutHpc;
        }
        if (deletedAt.isPresent()) {
            return cancelling(deletedAt.get());
        }
        boolean begun = record.flatMap(JobRecord::asStarted).isPresent();
        return state instanceof JobState.Starting && begun && !isOfEarlierRun()
                ? reported(running())
                : reported(state);
    }

    /// The containers start some time after SLURM has allocated the compute nodes.
    private JobState running() {
        Optional<Instant> containers =
                record.flatMap(JobRecord::asStarted)
                        .flatMap(JobRecord.Started::startedAt)
                        .filter(_ -> !isOfEarlierRun());
        return new JobState.Running(containers.or(job::startedAt).map(HpcReading::second));
    }

    private static Moment second(Instant at) {
        return new Moment(at, Precision.SECOND);
    }

    private Reading completed() {
        boolean current = !isOfEarlierRun();
        return switch (record.orElse(null)) {
            case JobRecord.Ended ended when current && ended.wentWell() ->
                    new Reading(
                            new JobState.Succeeded(
                                    Optional.of(second(ended.startedAt())),
                                    Optional.of(second(ended.finishedAt()))),
                            Source.JOB_RECORD,
                            ended.containers());
            case JobRecord.Ended ended when current && ended.exitCode() == 0 -> withoutHpc;
            case JobRecord.Ended _ when current ->
                    contradiction(
                            "The job's own record shows a failure, but SLURM reports success.");
            case JobRecord.Killed _ when current ->
                    contradiction(
                            "The job's log shows that SLURM killed it, but SLURM reports success.");
            case JobRecord.NoHeader _, JobRecord.Empty _ ->
                    unconfirmed("its log does not show that its containers started.");
            case JobRecord.Ended _,
                    JobRecord.Killed _,
                    JobRecord.Started _,
                    JobRecord.Contradictory _,
                    JobRecord.OtherPlugin _ ->
                    reported(succeeded());
            case null ->
                    hasPreExec
                            ? unconfirmed("the job's own record was not found yet.")
                            : reported(succeeded());
        };
    }

    /// The commands before the containers can end the script with 0, too.
    private static Reading unconfirmed(String but) {
        return reported(
                new JobState.Unknown(
                        UnknownReason.SUCCESS_UNCONFIRMED,
                        "SLURM reports that the job's script succeeded; " + but));
    }

    private JobState succeeded() {
        return new JobState.Succeeded(
                job.startedAt().map(HpcReading::second), job.endedAt().map(HpcReading::second));
    }

    private Reading failed() {
        boolean current = !isOfEarlierRun();
        return switch (record.orElse(null)) {
            case JobRecord.Ended ended when current && ended.wentWell() ->
                    contradiction(
                            "The job's own record shows success, but SLURM reports "
                                    + job.slurmState()
                                    + ".");
            case JobRecord.Ended ended when current -> endedWithFailure(ended);
            case JobRecord.Killed killed
                    when current && killed.cause() == KillCause.MEMORY && hasSeveralCauses() ->
                    new Reading(
                            failed(
                                    FailureReason.OUT_OF_MEMORY,
                                    "The job used more memory than its limit. SLURM: "
                                            + Text.shown(killed.message(), 1000),
                                    OptionalInt.empty()),
                            Source.JOB_RECORD,
                            List.of());
            case JobRecord.Ended _,
                    JobRecord.Killed _,
                    JobRecord.NoHeader _,
                    JobRecord.Empty _,
                    JobRecord.Started _,
                    JobRecord.Contradictory _,
                    JobRecord.OtherPlugin _ ->
                    failedAsReported();
            case null -> failedAsReported();
        };
    }

    /// Whether SLURM's state leaves open what caused it.
    private boolean hasSeveralCauses() {
        return job.state() == HpcJob.State.FAILED || job.state() == HpcJob.State.CANCELLED;
    }

    /// The record has the containers and the runtime's message; SLURM knows why it killed the job, if it did.
    private Reading endedWithFailure(JobRecord.Ended ended) {
        if (job.state() == HpcJob.State.FAILED || (ended.memoryKill() && hasSeveralCauses())) {
            return withoutHpc;
        }
        return new Reading(
                new JobState.Failed(
                        Optional.of(second(ended.startedAt())),
                        Optional.of(second(ended.finishedAt())),
                        OptionalInt.of(ended.exitCode()),
                        reason(),
                        message()),
                Source.SLURM,
                ended.containers());
    }

    private Reading failedAsReported() {
        if (job.state() == HpcJob.State.CANCELLED
                && deletedAt.filter(this::endedAfter).isPresent()) {
            return cancelling(deletedAt.get());
        }
        OptionalInt code =
                job.state() == HpcJob.State.FAILED ? job.exitCode() : OptionalInt.empty();
        return reported(failed(reason(), message(), code));
    }

    private JobState failed(FailureReason reason, String message, OptionalInt code) {
        return new JobState.Failed(
                job.startedAt().map(HpcReading::second),
                job.endedAt().map(HpcReading::second),
                code,
                reason,
                message);
    }

    /// A job that SLURM cancelled after the deletion of its pod was cancelled because of that.
    private boolean endedAfter(Instant at) {
        return job.endedAt().map(end -> end.plus(LAG).isAfter(at)).orElse(true);
    }

    private FailureReason reason() {
        return switch (job.state()) {
            case TIMEOUT -> FailureReason.TIME_LIMIT;
            case OUT_OF_MEMORY -> FailureReason.OUT_OF_MEMORY;
            case NODE_FAIL, BOOT_FAIL -> FailureReason.NODE_FAILED;
            case CANCELLED, PREEMPTED -> FailureReason.CANCELLED_ON_HPC;
            case FAILED -> {
                if (job.exitCode().isEmpty()) {
                    yield FailureReason.OTHER;
                }
                yield hasPreExec && record.filter(StateReading::showsNoContainer).isPresent()
                        ? FailureReason.PRE_EXEC_FAILED
                        : FailureReason.EXIT_CODE;
            }
            case DEADLINE, PENDING, CONFIGURING, RUNNING, SUSPENDED, COMPLETING, COMPLETED, OTHER ->
                    FailureReason.OTHER;
        };
    }

    private String message() {
        return switch (job.state()) {
            case TIMEOUT -> "The job reached its time limit.";
            case OUT_OF_MEMORY -> "The job used more memory than its limit.";
            case NODE_FAIL -> "The job's compute node failed.";
            case BOOT_FAIL -> "The job's compute node did not start up.";
            case CANCELLED ->
                    job.neverStarted()
                            ? "The job was cancelled on the HPC before it started."
                            : "The job was cancelled on the HPC.";
            case PREEMPTED -> "The job was preempted by another job on the HPC.";
            case DEADLINE -> "The job could not have ended before its deadline.";
            case FAILED -> failure();
            case PENDING, CONFIGURING, RUNNING, SUSPENDED, COMPLETING, COMPLETED, OTHER ->
                    "SLURM's state of the job is " + job.slurmState() + ".";
        };
    }

    private String failure() {
        if (job.exitCode().isPresent()) {
            return "The job's script ended with exit code " + job.exitCode().getAsInt() + ".";
        }
        return job.signal().isPresent()
                ? "The job's script was killed by signal " + job.signal().getAsInt() + "."
                : "SLURM reports that the job failed, without a reason.";
    }
}
