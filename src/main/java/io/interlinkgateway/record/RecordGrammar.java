package io.interlinkgateway.record;

import io.interlinkgateway.job.Job.ContainerExit;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The lines that may follow the header of a job's record, and what they mean. The order is that of the
/// plugin's job script: init containers one after the other, then the start of each container, then the end
/// of each, then the end of the script (recording `init-and-two` has all of them). Names, paths and process ids
/// must be the job's. SLURM's messages may come anywhere in between.
final class RecordGrammar {

    private static final String SHAPE_OF_TIMESTAMP = "dddd-dd-ddTdd:dd:dd";

    private static final Pattern TIMESTAMPED =
            Pattern.compile("(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[+-]\\d\\d:\\d\\d) (.+)");

    /// 0 to 255.
    private static final String EXIT_CODE = "(\\d|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5])";

    /// @param kind which line it is
    /// @param container the name of the container that it is about; empty for the end of the script
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
    private final SlurmMessages slurm;
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, String> processes = new LinkedHashMap<>();
    private final List<ContainerExit> exits = new ArrayList<>();
    private int next;
    private String statusFile = "";
    private boolean tryingAgain;
    private @Nullable Instant startedAt;
    private @Nullable Instant finishedAt;
    private int exitCode;

    RecordGrammar(
            String uid, SlurmMessages slurm, List<String> initContainers, List<String> containers) {
        this.uid = uid;
        this.slurm = slurm;
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
    /// @return false if it is not the record's, which then ended with the line before
    boolean accepts(String line) {
        if (SlurmMessages.isMessage(line)) {
            return ended() ? slurm.acceptsAfterEnd(line) : slurm.accepts(line);
        }
        if (ended()) {
            return false;
        }
        Matcher timestamped = TIMESTAMPED.matcher(line);
        if (timestamped.matches()) {
            Optional<Instant> at = instant(timestamped.group(1));
            return at.isPresent() && acceptsStep(at.get(), timestamped.group(2));
        }
        return isShellMessage(line);
    }

    /// @return whether the pending bytes, at the beginning of a line, may become the record's
    boolean mayAccept(LookaheadBuffer pending) {
        return SlurmMessages.mayBe(pending)
                || (!ended() && (pending.get(0) == '/' || mayBeTimestamped(pending)));
    }

    /// @return whether SLURM may start the job again after the lines so far
    boolean mayBeginAgain() {
        return !ended() && !slurm.isCancelledForGood();
    }

    private boolean ended() {
        return finishedAt != null;
    }

    /// @return the first container, in the pod's order, that failed
    Optional<ContainerExit> firstFailure() {
        return exits.stream().filter(exit -> exit.exitCode() != 0).findFirst();
    }

    /// @param fault why the container that failed first was not started
    JobRecord record(Optional<JobRecord.Fault> fault) {
        Optional<Instant> started = Optional.ofNullable(startedAt);
        if (finishedAt == null) {
            Optional<JobRecord.Killed> killed = slurm.killed(started);
            return killed.isPresent() ? killed.get() : new JobRecord.Started(started);
        }
        Optional<JobRecord.Killed> cancelled = slurm.cancelled(started);
        return cancelled.isPresent()
                ? cancelled.get()
                : new JobRecord.Ended(
                        started.orElse(finishedAt),
                        finishedAt,
                        exitCode,
                        exits,
                        slurm.hasMemoryKill(),
                        fault);
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

    /// After the last attempt to find a status file the script goes on without it.
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
    private boolean isShellMessage(String line) {
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

    private static boolean mayBeTimestamped(LookaheadBuffer pending) {
        for (int at = 0; at < Math.min(pending.size(), SHAPE_OF_TIMESTAMP.length()); at++) {
            char expected = SHAPE_OF_TIMESTAMP.charAt(at);
            byte found = pending.get(at);
            if (expected == 'd' ? !Character.isDigit(found) : expected != found) {
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
