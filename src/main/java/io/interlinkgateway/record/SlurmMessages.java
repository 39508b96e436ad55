package io.interlinkgateway.record;

import io.interlinkgateway.record.JobRecord.KillCause;
import io.interlinkgateway.record.JobRecord.Killed;
import io.interlinkgateway.record.JobRecord.NoHeader;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// SLURM's own messages about one job, and whether they report that it was killed.
final class SlurmMessages {

    private static final String DAEMON = "slurmstepd";
    private static final byte[] DAEMON_BYTES = DAEMON.getBytes(StandardCharsets.UTF_8);

    /// `slurmstepd: error: `, with the node's name where several run on one host, or a time in newer SLURM.
    private static final Pattern MESSAGE =
            Pattern.compile(
                    "(slurmstepd(?:-[A-Za-z0-9._-]+)?:|\\[\\d{4}-\\d\\d-\\d\\dT[0-9:.]+\\]) error:"
                            + " (.*)");

    private static final Pattern CANCELLED =
            Pattern.compile(
                    "\\*\\*\\* JOB (\\d+) ON \\S+ CANCELLED AT"
                        + " (\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d)(?: (DUE .*?))? ?\\*\\*\\*");

    /// SLURM's accounting kills the whole job, the kernel only the process that used too much.
    private static final Pattern MEMORY =
            Pattern.compile(
                    "StepId=(\\d+)\\.batch exceeded (?:virtual )?memory limit .*being"
                        + " killed|Detected \\d+ oom[-_]kill event(?:\\(s\\)|s)? in (?:StepId=|step"
                        + " )(\\d+)\\.batch\\b.*");

    private record Cancellation(LocalDateTime at, KillCause cause, String message) {}

    private final Optional<String> jobId;
    private @Nullable String memoryKill;
    private @Nullable Cancellation cancellation;

    /// @param jobId the only job whose kill counts; empty if it is not known, and each counts
    SlurmMessages(Optional<String> jobId) {
        this.jobId = jobId;
    }

    /// @return whether the pending bytes, at the beginning of a line, may become a message
    static boolean mayBe(LookaheadBuffer pending) {
        return pending.isPrefixOf(DAEMON_BYTES)
                || pending.startsWith(DAEMON_BYTES)
                || (pending.get(0) == '['
                        && (pending.size() == 1 || Character.isDigit(pending.get(1))));
    }

    static boolean isMessage(String line) {
        return MESSAGE.matcher(line).matches();
    }

    /// Reads the next line.
    ///
    /// @param line without its end
    /// @return false if it is not SLURM's
    boolean accepts(String line) {
        Matcher read = MESSAGE.matcher(line);
        if (!read.matches()) {
            return false;
        }
        String message = read.group(2);
        Matcher memory = MEMORY.matcher(message);
        if (memory.matches()) {
            return acceptsMemoryKill(memory);
        }
        Matcher cancelled = CANCELLED.matcher(message);
        if (cancelled.matches() && cancellation == null) {
            return acceptsCancellation(cancelled);
        }
        return read.group(1).startsWith(DAEMON);
    }

    /// Reads the next line after the end of the job's script. Nothing is left to be killed, but SLURM reports
    /// the processes that were killed for their memory use only then.
    ///
    /// @param line without its end
    /// @return false if it is not SLURM's
    boolean acceptsAfterEnd(String line) {
        Matcher read = MESSAGE.matcher(line);
        if (!read.matches()) {
            return false;
        }
        Matcher memory = MEMORY.matcher(read.group(2));
        return memory.matches() && acceptsMemoryKill(memory);
    }

    private boolean acceptsMemoryKill(Matcher memory) {
        String id = memory.group(1) == null ? memory.group(2) : memory.group(1);
        if (!isOfJob(id)) {
            return false;
        }
        // SLURM reports a memory kill before it cancels the job. A later report may be the job's.
        if (cancellation == null) {
            memoryKill = memory.group();
        }
        return true;
    }

    private boolean acceptsCancellation(Matcher cancelled) {
        if (!isOfJob(cancelled.group(1))) {
            return false;
        }
        try {
            cancellation =
                    new Cancellation(
                            LocalDateTime.parse(cancelled.group(2)),
                            cause(cancelled.group(3)),
                            cancelled.group());
            return true;
        } catch (DateTimeException notATime) {
            return false;
        }
    }

    private boolean isOfJob(String id) {
        return jobId.isEmpty() || jobId.get().equals(id);
    }

    private static KillCause cause(@Nullable String text) {
        return switch (text) {
            case null -> KillCause.CANCELLATION;
            case String due when due.startsWith("DUE TO TIME LIMIT") -> KillCause.TIME_LIMIT;
            case String due when due.startsWith("DUE TO NODE FAILURE") -> KillCause.NODE_FAILURE;
            case String due when due.startsWith("DUE TO PREEMPTION") -> KillCause.PREEMPTION;
            case String due when due.startsWith("DUE TO JOB REQUEUE") -> KillCause.REQUEUE;
            default -> KillCause.CANCELLATION;
        };
    }

    /// @return whether SLURM killed a process of the job, or all of it, for its memory use
    boolean hasMemoryKill() {
        return memoryKill != null;
    }

    /// @return whether SLURM cancelled the job and does not start it again
    boolean isCancelledForGood() {
        return cancellation != null && cancellation.cause().isFinal();
    }

    /// @param startedAt when the job started, if it has
    /// @return empty if SLURM did not cancel the job
    Optional<Killed> cancelled(Optional<Instant> startedAt) {
        if (cancellation == null) {
            return Optional.empty();
        }
        Optional<LocalDateTime> at = Optional.of(cancellation.at());
        // For memory kills SLURM's CANCELLED line has no cause.
        return Optional.of(
                memoryKill != null && cancellation.cause() == KillCause.CANCELLATION
                        ? new Killed(startedAt, at, KillCause.MEMORY, memoryKill)
                        : new Killed(startedAt, at, cancellation.cause(), cancellation.message()));
    }

    /// @param startedAt when the job started, if it has
    /// @return empty if SLURM did not kill anything of a job that has not ended
    Optional<Killed> killed(Optional<Instant> startedAt) {
        return cancelled(startedAt)
                .or(() ->
                        Optional.ofNullable(memoryKill)
                                .map(message ->
                                        new Killed(
                                                startedAt,
                                                Optional.empty(),
                                                KillCause.MEMORY,
                                                message)));
    }

    /// @return what these messages mean in a log without a header
    JobRecord withoutHeader() {
        Optional<Killed> killed = killed(Optional.empty());
        return killed.isPresent() ? killed.get() : new NoHeader();
    }
}
