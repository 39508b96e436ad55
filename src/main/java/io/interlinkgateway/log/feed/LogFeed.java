package io.interlinkgateway.log.feed;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.log.ContainerLog;
import io.interlinkgateway.log.JobLookup;
import io.interlinkgateway.log.LogStream;
import io.interlinkgateway.log.feed.LogPosition.Stage;
import io.interlinkgateway.record.JobRecord;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows one container's log for all who want it, from before the start to the last byte, and over
/// whatever fails on the way: each new attempt reads from the head and leaves out what was delivered already.
///
/// A thread of its own does that while somebody reads. When the node ends the log, or the job is said to have
/// ended, the log is read once more, as a whole: what the node's polling missed is in it, and the job's record
/// tells whether that was all. Neither the end of the stream nor the pod's phase says so alone: the stream
/// also ends when the plugin is restarted, and it stays open when SLURM kills the job; the phase is late, and
/// `Succeeded` is said of jobs that have not begun (recording `configuring-node`).
public final class LogFeed {

    private static final Logger LOG = LoggerFactory.getLogger(LogFeed.class);

    /// How many readers that fell behind may read the whole log at a time.
    private static final int CATCH_UPS = 8;

    /// How many times rarer than the job the log is looked at, at most, while it is empty or has no header.
    private static final int RAREST_LOOK = 15;

    private static final int RAREST_LOOK_WHILE_RUNNING = 3;

    private final ContainerLog log;
    private final JobLookup jobs;
    private final LogTimings pace;
    private final Clock clock;
    private final LogRing ring;
    private final Semaphore catchUps = new Semaphore(CATCH_UPS, true);
    private final EmittedPluginLines emittedLines = new EmittedPluginLines();
    private final Thread thread;
    private @Nullable Instant unconfirmedSince;

    /// What followed the log last, as long as it was not read to its end since.
    private @Nullable LogDecoder followed;

    /// What the last reading with any text held back at its end, such as a line break that may be the plugin's. The log
    /// of a deleted pod ends with it: a later reading may be empty.
    private List<LogPiece> held = List.of();

    /// @param log what to follow
    /// @param jobs where the job's state is read
    /// @param pace how long it waits for what
    /// @param clock the time at which bytes arrive
    public LogFeed(ContainerLog log, JobLookup jobs, LogTimings pace, Clock clock) {
        this.log = log;
        this.jobs = jobs;
        this.pace = pace;
        this.clock = clock;
        this.ring = new LogRing(pace.buffer(), pace.grace());
        this.thread = Thread.ofVirtual().name("log-" + log.key().job()).unstarted(this::run);
    }

    /// Follows the log on a virtual thread of its own.
    public void start() {
        thread.start();
    }

    /// Ends that thread.
    public void stop() {
        thread.interrupt();
    }

    /// @return what is followed
    public ContainerLog log() {
        return log;
    }

    /// @return what of it was read
    public LogRing ring() {
        return ring;
    }

    LogTimings pace() {
        return pace;
    }

    Semaphore catchUps() {
        return catchUps;
    }

    /// What an attempt found.
    private enum Outcome {
        /// The log is whole.
        OVER,
        /// It goes on, and there was something new.
        NEWS,
        /// It goes on, and there was nothing new.
        NO_NEWS
    }

    private void run() {
        try {
            Duration wait = pace.retry();
            while (true) {
                Duration longest = pace.longestOutage();
                try {
                    switch (attempt()) {
                        case OVER -> {
                            tellHeld();
                            ring.finish();
                            return;
                        }
                        case NEWS -> wait = pace.retry();
                        case NO_NEWS -> longest = pace.longestRetry();
                    }
                } catch (GatewayException failure) {
                    ring.problem(String.valueOf(failure.getMessage()));
                } catch (IOException failure) {
                    ring.problem("The log broke off.");
                } catch (RuntimeException defect) {
                    LOG.error("Unexpected failure", defect);
                    ring.problem("Something is wrong in the gateway.");
                }
                wait = shorter(wait, longest);
                Thread.sleep(wait);
                wait = wait.multipliedBy(2);
            }
        } catch (InterruptedException nobodyReads) {
            LOG.debug("Nobody follows the log of {} any more.", log.key().job());
        }
    }

    /// A log that went away with its job can't be read to its end: what was held back until more came is all there is.
    private void tellHeld() throws InterruptedException {
        holdWhatWasFollowed();
        add(held);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Outcome attempt() throws IOException, InterruptedException {
        LogPosition before = ring.end();
        if (!awaitOutput()) {
            return Outcome.OVER;
        }
        if ((hasEnded() && isOver(false)) || isOver(follow())) {
            return Outcome.OVER;
        }
        return ring.end().equals(before) ? Outcome.NO_NEWS : Outcome.NEWS;
    }

    /// Looks at the log until it can be followed: not before the record's header is there, for what runs before
    /// the containers can't be followed.
    ///
    /// @return false if nothing will ever come
    private boolean awaitOutput() throws IOException, InterruptedException {
        int looks = 0;
        int untilNext = 0;
        Optional<JobPhase> lastPhase = Optional.empty();
        while (true) {
            Optional<Job> job = job();
            if (job.isEmpty()) {
                return false;
            }
            JobState state = job.get().state();
            if (!lastPhase.equals(Optional.of(JobPhase.of(state)))) {
                lastPhase = Optional.of(JobPhase.of(state));
                looks = 0;
                untilNext = 0;
            }
            if (mayHaveOutput(state) && untilNext-- <= 0) {
                switch (look(state)) {
                    case FOLLOW -> {
                        return true;
                    }
                    case NOTHING_TO_COME -> {
                        return false;
                    }
                    case LATER -> {
                        looks++;
                        untilNext = Math.min(looks, rarestLook(state));
                    }
                }
            } else if (!mayHaveOutput(state)) {
                ring.recovered();
                ring.live(clock.instant());
            }
            Thread.sleep(pace.look());
        }
    }

    private ContainerLog.Opened open(boolean follow) {
        ContainerLog.Opened opened = log.open(follow);
        ring.recovered();
        return opened;
    }

    private static int rarestLook(JobState state) {
        return switch (JobPhase.of(state)) {
            case STARTING, RUNNING -> RAREST_LOOK_WHILE_RUNNING;
            case QUEUED, SUCCEEDED, FAILED, CANCELLING, UNKNOWN -> RAREST_LOOK;
        };
    }

    private enum Look {
        FOLLOW,
        LATER,
        NOTHING_TO_COME
    }

    private Look look(JobState state) throws IOException, InterruptedException {
        LogDecoder decoder;
        boolean whole;
        try (ContainerLog.Opened opened = open(false)) {
            decoder = new LogDecoder(opened);
            emittedLines.begin();
            whole = readToHeader(opened.stream(), decoder);
        }
        if (whole && ring.end().equals(LogPosition.HEAD)) {
            ring.live(clock.instant());
        }
        if (decoder.hasHeader() || (!decoder.isEmpty() && !decoder.mayBePreparing())) {
            return Look.FOLLOW;
        }
        if (whole && nothingMoreWithoutRecord(state)) {
            add(decoder.end());
            return Look.NOTHING_TO_COME;
        }
        return Look.LATER;
    }

    /// @return whether the log was read to its end
    private boolean readToHeader(LogStream stream, LogDecoder decoder)
            throws IOException, InterruptedException {
        while (!decoder.hasHeader()) {
            switch (stream.next(pace.settle())) {
                case LogStream.Part.Bytes bytes -> add(decoder.read(bytes.buffer()));
                case LogStream.Part.Quiet _ -> throw new IOException("The log is silent.");
                case LogStream.Part.End _ -> {
                    return true;
                }
            }
        }
        return false;
    }

    /// Whether a job whose log has no record yet will leave none. A success that nothing confirms may still
    /// have to begin.
    private boolean nothingMoreWithoutRecord(JobState state) {
        return switch (JobPhase.of(state)) {
            case SUCCEEDED, FAILED -> true;
            case UNKNOWN -> {
                Instant now = clock.instant();
                if (unconfirmedSince == null) {
                    unconfirmedSince = now;
                }
                yield !unconfirmedSince.plus(pace.unconfirmedWait()).isAfter(now);
            }
            case QUEUED, STARTING, RUNNING, CANCELLING -> {
                unconfirmedSince = null;
                yield false;
            }
        };
    }

    /// @param state a job's
    /// @return false where its containers have certainly not run
    public static boolean mayHaveOutput(JobState state) {
        return switch (state) {
            case JobState.Queued queued ->
                    switch (queued.reason()) {
                        case IN_HPC_QUEUE, REQUEUED -> true;
                        case NODE_FULL, NODE_NOT_READY, SECRET_MISSING, SUBMITTING -> false;
                    };
            case JobState.Starting _,
                    JobState.Running _,
                    JobState.Succeeded _,
                    JobState.Failed _,
                    JobState.Cancelling _,
                    JobState.Unknown _ ->
                    true;
        };
    }

    /// @return whether the node ended the log by itself
    private boolean follow() throws IOException, InterruptedException {
        try (ContainerLog.Opened opened = open(true)) {
            LogDecoder decoder = new LogDecoder(opened);
            holdWhatWasFollowed();
            followed = decoder;
            emittedLines.begin();
            Duration patience = pace.pause();
            Duration quiet = Duration.ZERO;
            while (true) {
                switch (opened.stream().next(patience)) {
                    case LogStream.Part.Bytes bytes -> {
                        add(decoder.read(bytes.buffer()));
                        patience = pace.pause();
                        quiet = Duration.ZERO;
                    }
                    case LogStream.Part.Quiet _ -> {
                        add(decoder.pause());
                        ring.live(clock.instant());
                        quiet = quiet.plus(patience);
                        patience = pace.look();
                        if (quiet.compareTo(pace.settle()) >= 0) {
                            if (hasEnded()) {
                                return false;
                            }
                            add(decoder.settle());
                        }
                    }
                    case LogStream.Part.End _ -> {
                        return true;
                    }
                }
            }
        }
    }

    private boolean hasEnded() {
        try {
            return job().map(job -> isEnd(job.state())).orElse(true);
        } catch (GatewayException notKnownNow) {
            return false;
        }
    }

    /// An end that is claimed and not confirmed is one that the log should be looked at for.
    private static boolean isEnd(JobState state) {
        return switch (JobPhase.of(state)) {
            case SUCCEEDED, FAILED, UNKNOWN -> true;
            case QUEUED, STARTING, RUNNING, CANCELLING -> false;
        };
    }

    /// Reads the log as a whole, and delivers what is missing.
    private boolean isOver(boolean endedByItself) throws IOException, InterruptedException {
        LogDecoder decoder;
        try (ContainerLog.Opened opened = open(false)) {
            decoder = new LogDecoder(opened);
            emittedLines.begin();
            readToEnd(opened.stream(), decoder);
        } catch (GatewayException.NotFound gone) {
            if (job().isEmpty()) {
                return true;
            }
            throw gone;
        }
        holdWhatWasFollowed();
        Optional<JobRecord> record = decoder.record();
        List<LogPiece> rest = decoder.end();
        hold(rest);
        Optional<Job> job = job();
        boolean over =
                job.isEmpty()
                        || (!isCutShort(decoder.reached(), rest)
                                && isOver(
                                        record,
                                        LogDecoder.endsWithTimes(rest),
                                        endedByItself,
                                        job.get().state()));
        if (over) {
            held = rest;
        }
        return over;
    }

    private void holdWhatWasFollowed() {
        if (followed != null) {
            hold(followed.end());
            followed = null;
        }
    }

    private void hold(List<LogPiece> rest) {
        if (!rest.isEmpty()) {
            held = rest;
        }
    }

    /// What a container wrote only ever grows: a reading with less than was delivered is not whole, however it ended. It may
    /// lack the last line's end. What looks like the plugin's times was delivered as the job's own if the job wrote it and
    /// went on.
    private boolean isCutShort(LogPosition reached, List<LogPiece> rest) {
        int times = LogDecoder.endsWithTimes(rest) ? rest.getLast().bytes().length : 0;
        return reached.stage() == Stage.OUTPUT && reached.plus(times + 1).compareTo(ring.end()) < 0;
    }

    private void readToEnd(LogStream stream, LogDecoder decoder)
            throws IOException, InterruptedException {
        while (true) {
            switch (stream.next(pace.settle())) {
                case LogStream.Part.Bytes bytes -> add(decoder.read(bytes.buffer()));
                case LogStream.Part.Quiet _ -> throw new IOException("The log is silent.");
                case LogStream.Part.End _ -> {
                    return;
                }
            }
        }
    }

    private static boolean isOver(
            Optional<JobRecord> record, boolean times, boolean endedByItself, JobState state) {
        boolean failed = JobPhase.of(state) == JobPhase.FAILED;
        return switch (record.orElse(null)) {
            case null -> failed;
            case JobRecord.Ended _ -> true;
            case JobRecord.Killed _ -> failed;
            case JobRecord.Started _ ->
                    failed
                            || (endedByItself
                                    && (times || JobPhase.of(state) == JobPhase.SUCCEEDED));
            case JobRecord.NoHeader _, JobRecord.Contradictory _, JobRecord.OtherPlugin _ ->
                    failed || (endedByItself && isEnd(state));
        };
    }

    private Optional<Job> job() {
        return jobs.find(log.key().workspace(), log.key().job())
                .filter(job -> job.uid().equals(log.key().uid()));
    }

    private void add(List<LogPiece> pieces) throws InterruptedException {
        if (pieces.isEmpty()) {
            return;
        }
        Instant now = ring.isLive() ? clock.instant() : null;
        List<LogPiece> delivered = new ArrayList<>();
        for (LogPiece piece : pieces) {
            if (piece.isPlugins()) {
                emittedLines
                        .fresh(piece.bytes())
                        .ifPresent(fresh -> delivered.add(plugins(delivered, fresh)));
            } else {
                delivered.add(piece.arrived(now));
            }
        }
        ring.add(delivered);
    }

    /// The record grows at the log's head; followers get its new lines when they are seen.
    private LogPiece plugins(List<LogPiece> before, byte[] lines) {
        LogPosition reached = ring.end();
        LogPosition last = before.isEmpty() ? reached : before.getLast().end();
        return LogPiece.plugin(last.compareTo(reached) > 0 ? last : reached, lines);
    }
}
