package io.interlinkgateway.record;

import io.interlinkgateway.job.Job.ContainerExit;
import io.interlinkgateway.record.JobRecord.KillCause;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What may follow the header of a job's record, line by line, and what it means. The order is that of the
/// plugin's job script: init containers one after the other, then the start of each container, then the end
/// of each, then the script's own (recording `init-and-two` has all of it). Names, paths and process ids must
/// be the job's own. `slurmstepd` may come in between wherever SLURM has something to say.
final class RecordGrammar {

    private static final Pattern TIMESTAMPED =
            Pattern.compile("(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[+-]\\d\\d:\\d\\d) (.+)");

    /// `slurmstepd: error: `, with the node's name where several run on one host, or a time in newer SLURM.
    private static final Pattern SLURM =
            Pattern.compile(
                    "(slurmstepd(?:-[A-Za-z0-9._-]+)?:|\\[\\d{4}-\\d\\d-\\d\\dT[0-9:.]+\\]) error:"
                            + " (.*)");

    private static final Pattern CANCELLED =
            Pattern.compile(
                    "\\*\\*\\* JOB (\\d+) ON \\S+ CANCELLED AT"
                        + " (\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d)(?: (DUE .*?))? ?\\*\\*\\*");

    /// SLURM's own accounting kills the job; a cgroup's kernel only the process that was too much.
    private static final Pattern MEMORY =
            Pattern.compile(
                    "StepId=(\\d+)\\.batch exceeded (?:virtual )?memory limit .*being"
                        + " killed|Detected \\d+ oom[-_]kill event(?:\\(s\\)|s)? in (?:StepId=|step"
                        + " )(\\d+)\\.batch\\b.*");

    /// 0 to 255.
    private static final String EXIT_CODE = "(\\d|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5])";

    /// A kind of line, and which container it is about.
    private record Step(Kind kind, String container) {}

    private enum Kind {
        RUN_INIT,
        INIT_STATUS,
        INIT_ATTEMPTS,
        START,
        WAIT,
        END,
        STATUS,
        ATTEMPTS,
        SCRIPT_END
    }

    private final String uid;
    private final @Nullable String jobId;
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, String> processes = new LinkedHashMap<>();
    private final List<ContainerExit> exits = new ArrayList<>();
    private int next;
    private String statusFile = "";
    private boolean tryingAgain;
    private @Nullable Instant startedAt;
    private @Nullable Instant finishedAt;
    private int exitCode;
    private @Nullable String memoryKill;
    private @Nullable Cancellation cancellation;

    private record Cancellation(LocalDateTime at, KillCause killer, String words) {}

    RecordGrammar(
            String uid,
            @Nullable String jobId,
            List<String> initContainers,
            List<String> containers) {
        this.uid = uid;
        this.jobId = jobId;
        for (String name : initContainers) {
            steps.add(new Step(Kind.RUN_INIT, name));
            steps.add(new Step(Kind.INIT_STATUS, name));
            steps.add(new Step(Kind.INIT_ATTEMPTS, name));
        }
        containers.forEach(name -> steps.add(new Step(Kind.START, name)));
        for (String name : containers) {
            steps.add(new Step(Kind.WAIT, name));
            steps.add(new Step(Kind.END, name));
            steps.add(new Step(Kind.STATUS, name));
            steps.add(new Step(Kind.ATTEMPTS, name));
        }
        steps.add(new Step(Kind.SCRIPT_END, ""));
    }

    /// Reads the next line.
    ///
    /// @param line without its end
    /// @return false if it can't be the record's; the record then ended with the line before
    boolean accepts(String line) {
        Matcher slurm = SLURM.matcher(line);
        if (slurm.matches()) {
            return acceptsSlurm(slurm);
        }
        if (ended()) {
            return false;
        }
        Matcher timestamped = TIMESTAMPED.matcher(line);
        if (timestamped.matches()) {
            Optional<Instant> at = instant(timestamped.group(1));
            return at.isPresent() && acceptsStep(at.get(), timestamped.group(2));
        }
        return isShellsWord(line);
    }

    /// Whether a line that is not whole yet may still become the record's.
    boolean mayAccept(String beginning) {
        return switch (beginning.isEmpty() ? ' ' : beginning.charAt(0)) {
            case ' ' -> beginning.isEmpty();
            case 's' -> beginsLike(beginning, "slurmstepd");
            case '[' -> beginning.length() == 1 || Character.isDigit(beginning.charAt(1));
            case '/' -> !ended();
            default -> !ended() && beginsLikeATimestamp(beginning);
        };
    }

    /// SLURM's words where no header came: what ran before the containers was killed.
    boolean acceptsSlurmAlone(String line) {
        Matcher slurm = SLURM.matcher(line);
        return slurm.matches() && acceptsSlurm(slurm);
    }

    /// Whether SLURM may have started the job again after what it said.
    boolean mayBeginAgain() {
        return !ended() && (cancellation == null || !cancellation.killer().forGood());
    }

    boolean ended() {
        return finishedAt != null;
    }

    boolean killed() {
        return cancellation != null || (memoryKill != null && !ended());
    }

    /// The first container, in their order, that did not end with 0.
    Optional<ContainerExit> firstFailure() {
        return exits.stream().filter(exit -> exit.exitCode() != 0).findFirst();
    }

    JobRecord record(Optional<JobRecord.Fault> fault) {
        Optional<Instant> started = Optional.ofNullable(startedAt);
        if (cancellation != null) {
            // Whom SLURM kills for his memory it cancels without a cause.
            return memoryKill != null && cancellation.killer() == KillCause.CANCELLATION
                    ? killed(KillCause.MEMORY, memoryKill)
                    : killed(cancellation.killer(), cancellation.words());
        }
        if (finishedAt != null) {
            return new JobRecord.Ended(
                    started.orElse(finishedAt),
                    finishedAt,
                    exitCode,
                    exits,
                    memoryKill != null,
                    fault);
        }
        return memoryKill == null
                ? new JobRecord.Started(started)
                : killed(KillCause.MEMORY, memoryKill);
    }

    private JobRecord killed(KillCause killer, String words) {
        return new JobRecord.Killed(
                Optional.ofNullable(startedAt),
                Optional.ofNullable(cancellation).map(Cancellation::at),
                killer,
                words);
    }

    private boolean acceptsSlurm(Matcher slurm) {
        String words = slurm.group(2);
        Matcher memory = MEMORY.matcher(words);
        if (memory.matches()) {
            boolean ours = isJobId(memory.group(1) == null ? memory.group(2) : memory.group(1));
            // SLURM reports the memory before it cancels the job for it; what comes later can be
            // printed.
            if (ours && cancellation == null) {
                memoryKill = words;
            }
            return ours;
        }
        if (ended()) {
            return false; // nothing is left to be killed: the container printed that
        }
        Matcher cancelled = CANCELLED.matcher(words);
        if (cancelled.matches() && cancellation == null) {
            if (!isJobId(cancelled.group(1))) {
                return false;
            }
            try {
                cancellation =
                        new Cancellation(
                                LocalDateTime.parse(cancelled.group(2)),
                                killer(cancelled.group(3)),
                                words);
            } catch (DateTimeException noTime) {
                return false;
            }
            return true;
        }
        return slurm.group(1).startsWith("slurmstepd");
    }

    private static KillCause killer(@Nullable String cause) {
        return switch (cause) {
            case null -> KillCause.CANCELLATION;
            case String text when text.startsWith("DUE TO TIME LIMIT") -> KillCause.TIME_LIMIT;
            case String text when text.startsWith("DUE TO NODE FAILURE") -> KillCause.NODE_FAILURE;
            case String text when text.startsWith("DUE TO PREEMPTION") -> KillCause.PREEMPTION;
            case String text when text.startsWith("DUE TO JOB REQUEUE") -> KillCause.REQUEUE;
            default -> KillCause.CANCELLATION;
        };
    }

    private boolean isJobId(String id) {
        return jobId == null || jobId.equals(id);
    }

    private boolean acceptsStep(Instant at, String text) {
        if (isPastLastAttempt(text)) {
            tryingAgain = false;
            next++;
        }
        if (acceptsInitFailure(at, text)) {
            return true;
        }
        Step step = steps.get(next);
        boolean accepted =
                switch (step.kind()) {
                    case RUN_INIT ->
                            text.equals("Running init container " + step.container() + "...");
                    case START -> acceptsStart(step.container(), text);
                    case WAIT -> text.equals("Waiting for container " + process(step) + "...");
                    case END -> acceptsEnd(step, at, text);
                    case INIT_STATUS -> acceptsStatusFile("init-" + step.container(), text);
                    case STATUS -> acceptsStatusFile("run-" + step.container(), text);
                    case INIT_ATTEMPTS, ATTEMPTS -> acceptsAttempt(text);
                    case SCRIPT_END -> acceptsScriptEnd(at, text);
                };
        if (accepted && startedAt == null) {
            startedAt = at;
        }
        if (accepted && !tryingAgain && finishedAt == null) {
            next++;
        }
        return accepted;
    }

    /// The script gives the search for a status file up in the end, and goes on.
    private boolean isPastLastAttempt(String text) {
        return (isStep(Kind.ATTEMPTS) || isStep(Kind.INIT_ATTEMPTS))
                && tryingAgain
                && !text.startsWith("attempt ");
    }

    private boolean acceptsInitFailure(Instant at, String text) {
        if (next == 0 || steps.get(next - 1).kind() != Kind.INIT_ATTEMPTS) {
            return false;
        }
        String name = steps.get(next - 1).container();
        Matcher failed =
                match("InitContainer " + quoted(name) + " failed with status " + EXIT_CODE, text);
        if (failed.matches()) {
            exitCode = Integer.parseInt(failed.group(1));
            exits.add(new ContainerExit(name, exitCode, at));
            finishedAt = at;
        }
        return finishedAt != null;
    }

    private boolean acceptsStart(String container, String text) {
        Matcher started =
                match(
                        "Running in background " + quoted(container) + " pid (\\d{1,10})\\.\\.\\.",
                        text);
        if (started.matches()) {
            processes.put(container, started.group(1));
        }
        return started.matches();
    }

    private String process(Step step) {
        return step.container() + " pid " + processes.get(step.container());
    }

    private boolean acceptsEnd(Step step, Instant at, String text) {
        Matcher ended =
                match(
                        "Container "
                                + quoted(process(step))
                                + " ended with status "
                                + EXIT_CODE
                                + "\\.",
                        text);
        if (ended.matches()) {
            exits.add(new ContainerExit(step.container(), Integer.parseInt(ended.group(1)), at));
        }
        return ended.matches();
    }

    private boolean acceptsStatusFile(String name, String text) {
        Matcher checked =
                match(
                        "Checking if file exists: (/.*-"
                                + quoted(uid + "/" + name + ".status")
                                + ") \\.\\.\\.",
                        text);
        if (checked.matches()) {
            statusFile = checked.group(1);
        }
        return checked.matches();
    }

    private boolean acceptsAttempt(String text) {
        Matcher attempt = match("attempt \\d+/\\d+ file (not )?found " + quoted(statusFile), text);
        boolean matched = attempt.matches();
        tryingAgain = matched && attempt.group(1) != null;
        return matched;
    }

    private boolean acceptsScriptEnd(Instant at, String text) {
        Matcher ended = match("End of script, highest exit code " + EXIT_CODE + "\\.\\.\\.", text);
        if (ended.matches()) {
            exitCode = Integer.parseInt(ended.group(1));
            finishedAt = at;
        }
        return ended.matches();
    }

    private boolean isStep(Kind kind) {
        return steps.get(next).kind() == kind;
    }

    /// bash reports a process that was killed: the job script of a container, `…/job.sh: line 78: 4711
    /// Killed …`, and SLURM's batch script of the job script, `…/slurm_script: line 12: 4700 Killed …/job.sh`.
    private boolean isShellsWord(String line) {
        String script = ".*-" + quoted(uid) + "/job\\.sh";
        if (match("/.*/slurm_script: line \\d+: +\\d+ [A-Z].*" + script + ".*", line).matches()) {
            return true;
        }
        return isStep(Kind.END)
                && match(
                                "/"
                                        + script
                                        + ": line \\d+: +"
                                        + processes.get(steps.get(next).container())
                                        + " .*",
                                line)
                        .matches();
    }

    private static String quoted(String text) {
        return Pattern.quote(text);
    }

    private static Matcher match(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text);
    }

    private static boolean beginsLike(String beginning, String text) {
        return beginning.startsWith(text) || text.startsWith(beginning);
    }

    private static boolean beginsLikeATimestamp(String beginning) {
        String shape = "dddd-dd-ddTdd:dd:dd";
        for (int index = 0; index < Math.min(beginning.length(), shape.length()); index++) {
            char wanted = shape.charAt(index);
            char found = beginning.charAt(index);
            if (wanted == 'd' ? !Character.isDigit(found) : wanted != found) {
                return false;
            }
        }
        return true;
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException notATime) {
            return Optional.empty();
        }
    }
}
