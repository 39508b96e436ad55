package io.interlinkgateway.record;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One container's log as interLink's SLURM plugin gives it, read from its head: which bytes are the job's
/// own, which the plugin's, and what the plugin's say about the job.
///
/// The plugin puts the job's `job.out` before what the container wrote. In it stand, in this order, the output
/// of what runs before the containers (the job's own as well), and the record: a header with the pod's UID and
/// the HPC's id of the job, lines about each container, the script's end, and what SLURM said when it killed
/// the job. While the job runs the record grows, in the middle of the log. After what the container wrote come
/// the times of bash's `time`. A log that was followed from before the container's start lacks `job.out` and
/// begins with the plugin's retry messages, which have no trailing newline.
///
/// The container can print all of that, too. Only the first header counts, only in the plugin's order, with
/// the job's own names and process ids, and nothing after the first line that is no such. So a job that is
/// still running can forge its end, and so can a job whose record is cut short: an end is to be believed only
/// when the plugin ends a log request with `follow=true` of each container by itself, and a kill only when
/// the pod's status claims an end as well.
///
/// What comes before the header is the job's own too, in the order in which it was written, so that the job's
/// own bytes are the same in each later reading of the log, however far the record has grown by then. Not
/// thread-safe.
public final class PluginLog {

    /// No line of the record is longer: it holds a path (at most 4096 bytes) and a hundred bytes more.
    private static final int LONGEST_LINE = 8192;

    /// As much of the container's first output as is kept for finding why it was not started.
    private static final int KEPT = 8192;

    private static final byte[] EXCUSE = bytes("HTTP InterLink session GetLogs#");
    private static final byte[] EXCUSE_END = bytes("sleeping before retrying...");
    private static final Pattern REST_OF_HEADER = Pattern.compile("[A-Za-z0-9._-]+\\.");
    private static final String HINT = "To get more info, please run: scontrol show job ";
    private static final byte[] TIMES = bytes("\nreal\t#\nuser\t#\nsys\t#\n");

    /// Takes the bytes as they are attributed, in their order. An array is only valid during the call.
    public interface Sink {

        /// @param bytes holds bytes that the job wrote
        /// @param from the first of them
        /// @param to after the last of them
        void own(byte[] bytes, int from, int to);

        /// @param bytes holds bytes that the plugin or SLURM wrote
        /// @param from the first of them
        /// @param to after the last of them
        void plugin(byte[] bytes, int from, int to);
    }

    private enum Place {
        BEFORE_RECORD,
        HEADER,
        HINT,
        RECORD,
        AFTER_EXCUSE,
        OWN
    }

    private final byte[] header;
    private final Pattern wholeExcuse;
    private final int[] headerOverlaps;
    private final @Nullable String jobId;
    private final boolean preExec;
    private final String container;
    private final RuntimeFault runtimeFault;
    private final Supplier<RecordGrammar> grammars;
    private final LookaheadBuffer held = new LookaheadBuffer();
    private ByteArrayOutputStream firstOwn = new ByteArrayOutputStream();
    private RecordGrammar grammar;
    private Place place = Place.BEFORE_RECORD;
    private int headerAt;
    private int timesAt;
    private boolean lineStart = true;
    private boolean anything;
    private boolean headed;
    private boolean contradictory;
    private boolean killedBefore;
    private long ownAfterRecord;

    private PluginLog(LogContext job, String container) {
        this.header =
                bytes(
                        "This pod "
                                + job.pod()
                                + "/"
                                + job.uid()
                                + " has been submitted to SLURM node ");
        this.headerOverlaps = overlaps(header);
        this.wholeExcuse =
                Pattern.compile(
                        "HTTP InterLink session GetLogs#\\d+: Cannot open in follow mode the"
                                + " container logs [^\n"
                                + "]*"
                                + Pattern.quote(job.uid() + "/run-" + container + ".out")
                                + " because it does not exist yet, sleeping before"
                                + " retrying\\.\\.\\.");
        this.jobId = job.remoteJobId().orElse(null);
        this.preExec = job.preExec();
        this.container = container;
        this.grammars =
                () ->
                        new RecordGrammar(
                                job.uid(), jobId, names(job.inits()), names(job.containers()));
        this.grammar = grammars.get();
        this.runtimeFault =
                Stream.concat(job.inits().stream(), job.containers().stream())
                        .filter(program -> container.equals(program.container()))
                        .findFirst()
                        .map(RuntimeFault::of)
                        .orElse(RuntimeFault.OF_NOTHING);
    }

    /// A reader at the head of a container's log.
    ///
    /// @param job whose log it is
    /// @param container the container's name
    /// @return a reader that was given nothing yet
    public static PluginLog of(LogContext job, String container) {
        return new PluginLog(job, container);
    }

    /// Reads on.
    ///
    /// @param bytes holds what comes next, cut anywhere
    /// @param from the first byte
    /// @param to after the last byte
    /// @param sink gets what could be attributed by now; at most some thousand bytes are held back
    public void read(byte[] bytes, int from, int to, Sink sink) {
        anything |= from < to;
        int at = from;
        while (at < to) {
            if (place == Place.OWN) {
                own(bytes, at, to, sink);
                return;
            }
            int plain = plain(bytes, at, to);
            emit(bytes, at, plain, sink);
            at = plain;
            if (at < to) {
                step(bytes[at++], sink);
            }
        }
    }

    /// Tells that the log is at its end, and hands out what was held back.
    ///
    /// @param sink gets the rest
    public void end(Sink sink) {
        if ((place == Place.HINT && acceptsHint()) || (place == Place.RECORD && acceptsLine())) {
            headed = true;
            release(held.size(), false, sink);
            return;
        }
        if (place == Place.BEFORE_RECORD && held.size() > 0) {
            slurmsWord(sink);
        }
        boolean times = place == Place.OWN && timesAt >= TIMES.length - 1;
        release(held.size(), !times, sink);
    }

    /// Tells that nothing came for a moment. The plugin's lines and the times come whole, so a line end that
    /// was held back is the job's.
    ///
    /// @param sink gets it
    public void pause(Sink sink) {
        if (place == Place.OWN && timesAt == 1) {
            settle(sink);
        }
    }

    /// Tells that nothing came for so long that the log is not at its end, though it is being followed: all
    /// that was held back is the job's, unless it is the beginning of a header.
    ///
    /// @param sink gets it
    public void settle(Sink sink) {
        switch (place) {
            case OWN -> {
                timesAt = 0;
                release(held.size(), true, sink);
            }
            case RECORD, AFTER_EXCUSE -> {
                if (held.size() > 0) {
                    becomeOwn(sink);
                    settle(sink);
                }
            }
            case BEFORE_RECORD -> {
                lineStart &= held.size() == 0;
                headerAt = 0;
                release(held.size(), true, sink);
            }
            case HEADER, HINT -> {}
        }
    }

    /// Whether the record has begun.
    ///
    /// @return true once the whole header was read
    public boolean isHeaded() {
        return headed;
    }

    /// Whose the job's own bytes are that come now: the container's, or those of what runs before it.
    ///
    /// @return true if the container's
    public boolean isInOutput() {
        return headed || place == Place.OWN || place == Place.AFTER_EXCUSE;
    }

    /// Whether what was read may come from what runs before the containers, with a record still to follow.
    ///
    /// @return false if there is no pre-exec, or the record has begun
    public boolean mayBePreparing() {
        return preExec && !isInOutput();
    }

    /// What the record says so far.
    ///
    /// @return nothing if the log is empty as yet
    public Optional<JobRecord> record() {
        if (contradictory) {
            return Optional.of(new JobRecord.Contradictory());
        }
        if (headed || killedBefore) {
            return Optional.of(grammar.record(fault()));
        }
        return anything ? Optional.of(new JobRecord.NoHeader()) : Optional.empty();
    }

    /// Whether the record can't change any more by reading on.
    ///
    /// @return true if the rest of the log need not be read for its sake
    public boolean isDecided() {
        return place == Place.OWN
                && (contradictory || !preExec)
                && !(mayHaveFault() && ownAfterRecord <= KEPT);
    }

    /// How many bytes are held back until it is clear whose they are.
    ///
    /// @return 0 or more
    public int held() {
        return held.size();
    }

    /// @return where the bytes end that can't begin anything of the plugin's
    private int plain(byte[] bytes, int from, int to) {
        int at = from;
        if (place == Place.BEFORE_RECORD && !lineStart && headerAt == 0) {
            while (at < to && bytes[at] != '\n' && bytes[at] != header[0]) {
                at++;
            }
        }
        return at;
    }

    private void step(byte next, Sink sink) {
        held.add(next);
        switch (place) {
            case BEFORE_RECORD -> beforeRecord(next, sink);
            case HEADER -> {
                if (next == '\n') {
                    String rest = held.text(header.length, held.size() - 1);
                    enter(REST_OF_HEADER.matcher(rest).matches() ? Place.HINT : null, sink);
                } else if (held.size() > header.length + LONGEST_LINE) {
                    enter(null, sink);
                }
            }
            case HINT -> {
                if (next == '\n') {
                    enter(acceptsHint() ? Place.RECORD : null, sink);
                } else if (held.size() > header.length + 2 * LONGEST_LINE) {
                    enter(null, sink);
                }
            }
            case RECORD -> inRecord(next, sink);
            case AFTER_EXCUSE -> {
                if (!isExcuse(sink) && !mayBeExcuse()) {
                    becomeOwn(sink);
                }
            }
            case OWN -> throw new IllegalStateException("Own bytes come at once.");
        }
    }

    private void beforeRecord(byte next, Sink sink) {
        while (headerAt > 0 && header[headerAt] != next) {
            headerAt = headerOverlaps[headerAt - 1];
        }
        headerAt += header[headerAt] == next ? 1 : 0;
        if (headerAt == header.length) {
            release(held.size() - header.length, true, sink);
            headerAt = 0;
            place = Place.HEADER;
            return;
        }
        if (lineStart && isExcuse(sink)) {
            return;
        }
        boolean whole = next == '\n';
        if (whole) {
            slurmsWord(sink);
            release(held.size(), true, sink);
        } else if (!(lineStart && (mayBeExcuse() || maySlurmSpeak()))) {
            release(held.size() - headerAt, true, sink);
            lineStart = false;
            killedBefore = false;
        }
        lineStart |= whole;
    }

    /// SLURM's words count only as the last that stand before the containers' output.
    private void slurmsWord(Sink sink) {
        boolean slurms =
                preExec && lineStart && grammar.acceptsSlurmAlone(held.text(0, held.endOfText()));
        if (slurms) {
            release(held.size(), false, sink);
        } else if (grammar.killed()) {
            grammar = grammars.get();
        }
        killedBefore = slurms && grammar.killed();
    }

    private boolean maySlurmSpeak() {
        return preExec
                && held.size() < LONGEST_LINE
                && !Character.isDigit(held.get(0))
                && grammar.mayAccept(held.text(0, Math.min(held.size(), 12)))
                && held.get(0) != '/';
    }

    private void inRecord(byte next, Sink sink) {
        if (next == '\n') {
            if (acceptsLine()) {
                release(held.size(), false, sink);
            } else {
                contradictory |= grammar.mayBeginAgain() && held.startsWith(header);
                becomeOwn(sink);
            }
        } else if (!isExcuse(sink) && (held.size() > LONGEST_LINE || !mayBeRecords())) {
            becomeOwn(sink);
        }
    }

    private boolean acceptsHint() {
        String line = held.text(held.lineStart(), held.endOfText());
        String id = line.startsWith(HINT) ? line.substring(HINT.length()) : "";
        return jobId == null ? id.matches("\\d+\\.") : id.equals(jobId + ".");
    }

    private boolean acceptsLine() {
        return grammar.accepts(held.text(0, held.endOfText()));
    }

    /// @param following the place after a good line; null if the held bytes are no header after all
    private void enter(@Nullable Place following, Sink sink) {
        if (following == null) {
            noHeaderAfterAll(sink);
        } else {
            place = following;
            if (following == Place.RECORD) {
                headed = true;
                killedBefore = false;
                grammar = grammars.get();
                release(held.size(), false, sink);
            }
        }
    }

    /// The true header may stand in what was taken for the rest of this one.
    private void noHeaderAfterAll(Sink sink) {
        place = Place.BEFORE_RECORD;
        lineStart = false;
        release(header.length, true, sink);
        byte[] rest = held.take();
        read(rest, 0, rest.length, sink);
    }

    private boolean mayBeRecords() {
        return mayBeExcuse()
                || held.isPrefixOf(header)
                || held.startsWith(header)
                || grammar.mayAccept(held.text(0, Math.min(held.size(), 24)));
    }

    private boolean mayBeExcuse() {
        return held.isPrefixOf(EXCUSE)
                || (held.size() < LONGEST_LINE
                        && held.startsWith(EXCUSE)
                        && held.get(held.size() - 1) != '\n');
    }

    private boolean isExcuse(Sink sink) {
        if (!held.endsWith(EXCUSE_END)
                || !wholeExcuse.matcher(held.text(0, held.size())).matches()) {
            return false;
        }
        release(held.size(), false, sink);
        place = Place.AFTER_EXCUSE;
        return true;
    }

    private void becomeOwn(Sink sink) {
        place = Place.OWN;
        byte[] bytes = held.take();
        headerAt = 0;
        own(bytes, 0, bytes.length, sink);
    }

    /// Hands own bytes out, but for what may be the times at the log's end.
    private void own(byte[] bytes, int from, int to, Sink sink) {
        if (preExec && headed && !contradictory) {
            lookForSecondHeader(bytes, from, to);
        }
        int sent = from;
        for (int at = from; at < to; at++) {
            byte next = bytes[at];
            if (timesAt == 0 && next != '\n') {
                continue;
            }
            if (timesAt == 0) {
                emit(bytes, sent, at, sink);
                sent = at;
            }
            boolean matched = advanceTimes(next);
            while (!matched && timesAt > 0) {
                // The line end before may begin the times anew.
                boolean again = held.size() > 1 && held.get(held.size() - 1) == '\n';
                release(again ? held.size() - 1 : held.size(), true, sink);
                timesAt = again ? 1 : 0;
                matched = timesAt > 0 && advanceTimes(next);
            }
            if (!matched && next == '\n') {
                timesAt = 1;
                matched = true;
            }
            if (matched) {
                held.add(next);
                sent = at + 1;
            } else {
                sent = at;
            }
        }
        if (timesAt == 0) {
            emit(bytes, sent, to, sink);
        }
    }

    private boolean advanceTimes(byte next) {
        if (timesAt == TIMES.length) {
            return false;
        }
        if (TIMES[timesAt] == '#') {
            boolean digits =
                    (next >= '0' && next <= '9') || next == 'm' || next == '.' || next == ',';
            timesAt += next == 's' ? 1 : 0;
            return (digits || next == 's') && held.size() < 100;
        }
        boolean matched = TIMES[timesAt] == next;
        timesAt += matched ? 1 : 0;
        return matched;
    }

    /// What runs before the containers can print a header first. So with such there is no telling which of
    /// two is the plugin's.
    private void lookForSecondHeader(byte[] bytes, int from, int to) {
        for (int at = from; at < to && !contradictory; at++) {
            while (headerAt > 0 && header[headerAt] != bytes[at]) {
                headerAt = headerOverlaps[headerAt - 1];
            }
            headerAt += header[headerAt] == bytes[at] ? 1 : 0;
            contradictory = headerAt == header.length;
        }
    }

    private void release(int count, boolean own, Sink sink) {
        if (count <= 0) {
            return;
        }
        if (own) {
            emit(held.array(), 0, count, sink);
        } else {
            sink.plugin(held.array(), 0, count);
        }
        held.drop(count);
    }

    private void emit(byte[] bytes, int from, int to, Sink sink) {
        if (from >= to) {
            return;
        }
        if (headed && place == Place.OWN) {
            ownAfterRecord += to - from;
            if (ownAfterRecord <= KEPT) {
                firstOwn.write(bytes, from, to - from);
            } else if (firstOwn.size() > 0) {
                firstOwn = new ByteArrayOutputStream(0);
            }
        }
        sink.own(bytes, from, to);
    }

    private boolean mayHaveFault() {
        return headed
                && grammar.firstFailure()
                        .filter(exit -> exit.name().equals(container))
                        .filter(exit -> exit.exitCode() == RuntimeFault.EXIT_CODE)
                        .isPresent();
    }

    private Optional<JobRecord.Fault> fault() {
        return mayHaveFault() && ownAfterRecord <= KEPT
                ? runtimeFault.in(firstOwn.toString(StandardCharsets.UTF_8))
                : Optional.empty();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> names(List<LogContext.Program> programs) {
        return programs.stream().map(LogContext.Program::container).toList();
    }

    /// For each prefix of a text the length of its longest proper suffix that is a prefix, too.
    private static int[] overlaps(byte[] text) {
        int[] overlaps = new int[text.length];
        for (int at = 1, length = 0; at < text.length; at++) {
            while (length > 0 && text[at] != text[length]) {
                length = overlaps[length - 1];
            }
            length += text[at] == text[length] ? 1 : 0;
            overlaps[at] = length;
        }
        return overlaps;
    }
}
