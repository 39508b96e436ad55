package io.interlinkgateway.slurm;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.HpcJob.State;
import io.interlinkgateway.job.Workspace;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// One job in a response, in the form of any version of the API.
final class JobFields {

    /// The form that Kubernetes generates.
    private static final Pattern UID =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private static final int LONGEST_LIST = 4096;
    private static final int MOST_STATES = 16;
    private static final long HIGHEST_ID = 0xFFFF_FFFFL;
    private static final long LATEST_TIME = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

    /// SLURM's numbers of 32 bits from here on mean "none" or "infinite".
    private static final long NO_VALUE = 0xFFFF_FFF0L;

    private final JsonNode entry;

    JobFields(JsonNode entry) {
        this.entry = entry;
    }

    /// Whether it can be a pod's job: its name is a UID, and it is not a task of an array or a part of a heterogeneous job.
    boolean isOfPod() throws SlurmrestdException {
        return entry.path("name").isString()
                && UID.matcher(entry.path("name").stringValue()).matches()
                && number("array_job_id").orElse(0) == 0
                && number("het_job_id").orElse(0) == 0;
    }

    /// @throws SlurmrestdException if a field has a wrong type or an impossible value
    SlurmJob job(Instant observedAt) throws SlurmrestdException {
        String uid = entry.path("name").stringValue();
        String id =
                Long.toString(within("job_id", 1, HIGHEST_ID).orElseThrow(() -> wrong("job_id")));
        Set<String> states = states();
        State state = stateOf(states);
        Optional<String> nodes = text("nodes", LONGEST_LIST);
        Optional<Instant> start = time("start_time");
        boolean waits = state == State.PENDING;
        Exit exit = state.ended() ? exit() : Exit.NONE;
        return new SlurmJob(
                uid,
                text("user_name", LONGEST_LIST),
                text("command", LONGEST_LIST).flatMap(script -> workspaceOf(script, uid)),
                new HpcJob(
                        id,
                        state,
                        Text.shown(String.join(",", states)),
                        waits
                                ? text("state_reason", 200).flatMap(WaitReasons::of)
                                : Optional.empty(),
                        waits ? start : Optional.empty(),
                        nodes,
                        exit.code,
                        exit.signal,
                        time("submit_time"),
                        // SLURM sets the start of a job that was cancelled while it waited to its
                        // end.
                        waits || (state.ended() && nodes.isEmpty()) ? Optional.empty() : start,
                        state.ended() ? time("end_time") : Optional.empty(),
                        (int) within("restart_cnt", 0, Integer.MAX_VALUE).orElse(0),
                        text("partition", LONGEST_LIST),
                        timeLimit(),
                        observedAt));
    }

    /// interLink's SLURM plugin writes a job's script to a folder named after the pod's namespace and UID.
    private static Optional<Workspace> workspaceOf(String script, String uid) {
        List<String> path = List.of(script.split("/", -1));
        String folder = path.size() < 2 ? "" : path.get(path.size() - 2);
        if (!folder.endsWith("-" + uid)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new Workspace(folder.substring(0, folder.length() - uid.length() - 1)));
        } catch (InvalidValueException notANamespace) {
            return Optional.empty();
        }
    }

    /// One state; from v0.0.40 on, a state and flags.
    private Set<String> states() throws SlurmrestdException {
        JsonNode value = entry.path("job_state");
        if (value.isString()) {
            return Set.of(value.stringValue());
        }
        if (!value.isArray()
                || value.isEmpty()
                || value.size() > MOST_STATES
                || !value.valueStream().allMatch(JsonNode::isString)) {
            throw wrong("job_state");
        }
        Set<String> states = new LinkedHashSet<>();
        value.forEach(state -> states.add(state.stringValue()));
        return states;
    }

    /// Up to v0.0.39 only one state is shown, and a temporary one hides the others.
    private static State stateOf(Set<String> states) {
        boolean requeued =
                contains(states, "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT");
        for (State ended : State.values()) {
            if (ended.ended() && states.contains(ended.name())) {
                // slurmctld adds these to the state of the run that ended: the job waits again.
                return requeued ? State.COMPLETING : ended;
            }
        }
        if (requeued || contains(states, "PENDING", "RESV_DEL_HOLD")) {
            return State.PENDING;
        }
        if (contains(states, "CONFIGURING", "POWER_UP_NODE")) {
            return State.CONFIGURING;
        }
        if (contains(states, "COMPLETING", "STAGE_OUT")) {
            return State.COMPLETING;
        }
        if (contains(states, "SUSPENDED", "STOPPED")) {
            return State.SUSPENDED;
        }
        return contains(states, "RUNNING", "RESIZING", "SIGNALING") ? State.RUNNING : State.OTHER;
    }

    private static boolean contains(Set<String> states, String... names) {
        return List.of(names).stream().anyMatch(states::contains);
    }

    /// How a script ended.
    private record Exit(OptionalInt code, OptionalInt signal) {

        static final Exit NONE = new Exit(OptionalInt.empty(), OptionalInt.empty());

        /// @param status as the system call `wait` returns it
        static Exit of(long status) {
            int signal = (int) (status & 0x7F);
            return signal == 0
                    ? new Exit(OptionalInt.of((int) (status >> 8) & 0xFF), OptionalInt.empty())
                    : new Exit(OptionalInt.empty(), OptionalInt.of(signal));
        }
    }

    private Exit exit() throws SlurmrestdException {
        JsonNode value = entry.path("exit_code");
        if (!value.has("return_code")) {
            OptionalLong status = within("exit_code", 0, 0xFFFF);
            return status.isPresent() ? Exit.of(status.getAsLong()) : Exit.NONE;
        }
        OptionalInt signal =
                small(numberOf("exit_code", value.path("signal").path("id")), 127, "exit_code");
        return signal.isPresent() && signal.getAsInt() > 0
                ? new Exit(OptionalInt.empty(), signal)
                : new Exit(
                        small(numberOf("exit_code", value.path("return_code")), 255, "exit_code"),
                        OptionalInt.empty());
    }

    private static OptionalInt small(OptionalLong number, int most, String field)
            throws SlurmrestdException {
        if (number.isEmpty()) {
            return OptionalInt.empty();
        }
        if (number.getAsLong() > most) {
            throw wrong(field);
        }
        return OptionalInt.of((int) number.getAsLong());
    }

    /// In minutes.
    private Optional<Duration> timeLimit() throws SlurmrestdException {
        OptionalLong minutes = number("time_limit");
        return minutes.isEmpty() || minutes.getAsLong() == 0 || minutes.getAsLong() >= NO_VALUE
                ? Optional.empty()
                : Optional.of(Duration.ofMinutes(minutes.getAsLong()));
    }

    /// 0 means none. Users choose some times (`--begin`), so an absurd one must not make the whole response unusable.
    private Optional<Instant> time(String field) throws SlurmrestdException {
        long seconds = number(field).orElse(0);
        return seconds <= 0 || seconds > LATEST_TIME
                ? Optional.empty()
                : Optional.of(Instant.ofEpochSecond(seconds));
    }

    private OptionalLong within(String field, long least, long most) throws SlurmrestdException {
        OptionalLong number = number(field);
        if (number.isPresent() && (number.getAsLong() < least || number.getAsLong() > most)) {
            throw wrong(field);
        }
        return number;
    }

    private OptionalLong number(String field) throws SlurmrestdException {
        return numberOf(field, entry.path(field));
    }

    /// A number, or an object with a flag that shows whether it is set.
    private static OptionalLong numberOf(String field, JsonNode value) throws SlurmrestdException {
        if (value.isMissingNode() || value.isNull()) {
            return OptionalLong.empty();
        }
        if (value.isObject()) {
            JsonNode set = value.path("set");
            JsonNode infinite = value.path("infinite");
            if (!set.isBoolean() || !infinite.isBoolean()) {
                throw wrong(field);
            }
            return set.booleanValue() && !infinite.booleanValue()
                    ? OptionalLong.of(whole(field, value.path("number")))
                    : OptionalLong.empty();
        }
        return OptionalLong.of(whole(field, value));
    }

    private static long whole(String field, JsonNode value) throws SlurmrestdException {
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw wrong(field);
        }
        return value.longValue();
    }

    /// An empty text means none.
    private Optional<String> text(String field, int longest) throws SlurmrestdException {
        JsonNode value = entry.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isString()) {
            throw wrong(field);
        }
        return value.stringValue().isEmpty()
                ? Optional.empty()
                : Optional.of(Text.shown(value.stringValue(), longest));
    }

    private static SlurmrestdException wrong(String field) {
        return new SlurmrestdException("A job in the response has no valid " + field + ".");
    }
}
