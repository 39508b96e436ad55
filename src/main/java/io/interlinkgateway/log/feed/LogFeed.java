package io.interlinkgateway.log.feed;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.log.ContainerLog;
import io.interlinkgateway.log.JobLookup;
import io.interlinkgateway.log.LogStream;
import io.interlinkgateway.record.JobRecord;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows one container's log for all of its readers, from before the container's start to the last byte, in spite of
/// failures: each new attempt reads from the start and omits what was delivered before.
///
/// A thread follows the log while there are readers. When the node ends the log, or the job is reported to have ended,
/// the log is read once more as a whole: this contains output that the node's polling missed, and the job's record
/// shows whether the log is complete. Neither the end of the stream nor the pod's phase shows that alone: the stream
/// also ends when the plugin is restarted, and stays open when SLURM kills the job; the phase is late, and `Succeeded`
/// is reported for jobs that have not started (recording `configuring-node`).
public final class LogFeed {

    private static final Logger LOG = LoggerFactory.getLogger(LogFeed.class);

    /// How many readers that fell behind may read the whole log at a time.
    private static final int CATCH_UPS = 8;

    /// How many times rarer than the job the log is read, at most, while it is empty or has no header.
    private static final int RAREST_READING = 15;

    private static final int RAREST_READING_WHILE_RUNNING = 3;

    private final ContainerLog log;
    private final JobLookup jobs;
    private final LogTimings pace;
    private final Clock clock;
    private final LogRing ring;
    private final Delivery delivery;
    private final Semaphore catchUps = new Semaphore(CATCH_UPS, true);
    private final Thread thread;
    private @Nullable Instant unconfirmedSince;

    /// @param log the log to follow
    /// @param jobs reads the job's state
    /// @param pace the timings
    /// @param clock the time at which bytes arrive
    public LogFeed(ContainerLog log, JobLookup jobs, LogTimings pace, Clock clock) {
        this.log = log;
        this.jobs = jobs;
        this.pace = pace;
        this.clock = clock;
        this.ring = new LogRing(pace.buffer(), pace.grace());
        this.delivery = new Delivery(ring, clock);
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

    /// @param state a job's
    /// @return false where its containers have certainly not run
    public static boolean mayHaveOutput(JobState state) {
        return EndOfLog.mayHaveOutput(state);
    }

    LogTimings pace() {
        return pace;
    }

    Semaphore catchUps() {
        return catchUps;
    }

    /// What the feed does, from the start of an attempt to the end of the log. Each stage returns the next.
    private sealed interface Stage {

        /// @return the stage that follows
        default Stage next() throws IOException, InterruptedException {
            return this;
        }
    }

    private void run() {
        Duration pause = pace.retry();
        try {
            Stage stage = new Waiting();
            while (!(stage instanceof Complete)) {
                LogPosition before = ring.end();
                Duration longest = pace.longestOutage();
                try {
                    stage = attempt();
                    if (ring.end().equals(before)) {
                        longest = pace.longestRetry();
                    } else {
                        pause = pace.retry();
                    }
                } catch (GatewayException failure) {
                    ring.problem(String.valueOf(failure.getMessage()));
                } catch (IOException failure) {
                    ring.problem("The log broke off.");
                } catch (RuntimeException defect) {
                    LOG.error("Unexpected failure", defect);
                    ring.problem("The gateway has an internal error.");
                }
                if (!(stage instanceof Complete)) {
                    pause = pause.compareTo(longest) < 0 ? pause : longest;
                    Thread.sleep(pause);
                    pause = pause.multipliedBy(2);
                }
            }
            delivery.deliverHeld();
            ring.finish();
        } catch (InterruptedException ex) {
            LOG.debug("The log of {} has no more readers.", log.key().job());
        }
    }

    /// @return the stage after which this attempt stops: the log is complete, or is to be waited for again
    private Stage attempt() throws IOException, InterruptedException {
        Stage stage = new Waiting().next();
        while (stage instanceof Following || stage instanceof Checking) {
            stage = stage.next();
        }
        return stage;
    }

    /// The log can't be followed yet: a followed log does not contain the output before the containers, so the record's
    /// header must exist first.
    private final class Waiting implements Stage {

        private int readings;
        private int untilNext;
        private Optional<JobPhase> lastPhase = Optional.empty();

        @Override
        public Stage next() throws IOException, InterruptedException {
            while (true) {
                Optional<Job> job = job();
                if (job.isEmpty() || neverStarted(job.get())) {
                    return new Complete();
                }
                JobState state = job.get().state();
                notePhase(JobPhase.of(state));
                if (!EndOfLog.mayHaveOutput(state)) {
                    ring.recovered();
                    ring.live(clock.instant());
                } else if (untilNext-- <= 0) {
                    switch (isRunningByRecord(job.get()) ? Head.READY : readHead(state)) {
                        case READY -> {
                            return jobHasEnded()
                                    ? new Checking(EndOfLog.Cause.GATEWAY, true)
                                    : new Following();
                        }
                        case NOTHING_TO_COME -> {
                            return new Complete();
                        }
                        case NOT_YET -> {
                            readings++;
                            untilNext = Math.min(readings, rarestReading(state));
                        }
                    }
                }
                Thread.sleep(pace.look());
            }
        }

        private void notePhase(JobPhase phase) {
            if (!lastPhase.equals(Optional.of(phase))) {
                lastPhase = Optional.of(phase);
                readings = 0;
                untilNext = 0;
            }
        }
    }

    /// The log is followed.
    private final class Following implements Stage {

        @Override
        public Stage next() throws IOException, InterruptedException {
            try (ContainerLog.Opened opened = open(true)) {
                LogDecoder decoder = new LogDecoder(opened);
                delivery.beginFollowing(decoder);
                Duration patience = pace.pause();
                Duration quiet = Duration.ZERO;
                Instant checkedAt = clock.instant();
                while (true) {
                    switch (opened.stream().next(patience)) {
                        case LogStream.Part.Bytes bytes -> {
                            delivery.deliver(decoder.read(bytes.toByteArray()));
                            // Without output the plugin writes messages, and the log is never
                            // quiet.
                            if (!decoder.hasHeader()
                                    && checkedAt.plus(pace.settle()).isBefore(clock.instant())) {
                                checkedAt = clock.instant();
                                if (neverStarted()) {
                                    return new Complete();
                                }
                            }
                            patience = pace.pause();
                            quiet = Duration.ZERO;
                        }
                        case LogStream.Part.Quiet _ -> {
                            delivery.deliver(decoder.pause());
                            ring.live(clock.instant());
                            quiet = quiet.plus(patience);
                            patience = pace.look();
                            if (quiet.compareTo(pace.settle()) >= 0) {
                                if (jobHasEnded()) {
                                    return new Checking(EndOfLog.Cause.GATEWAY, false);
                                }
                                delivery.deliver(decoder.settle());
                            }
                        }
                        case LogStream.Part.End _ -> {
                            return new Checking(EndOfLog.Cause.NODE, false);
                        }
                    }
                }
            }
        }
    }

    /// The log stopped, or its job is reported to have ended: the log is read as a whole.
    private final class Checking implements Stage {

        private final EndOfLog.Cause cause;
        private final boolean follow;

        /// @param cause why the log is not followed
        /// @param follow whether it is followed if it is not complete
        Checking(EndOfLog.Cause cause, boolean follow) {
            this.cause = cause;
            this.follow = follow;
        }

        @Override
        public Stage next() throws IOException, InterruptedException {
            if (isComplete()) {
                return new Complete();
            }
            return follow ? new Following() : new Waiting();
        }

        private boolean isComplete() throws IOException, InterruptedException {
            LogDecoder decoder;
            try (ContainerLog.Opened opened = open(false)) {
                decoder = new LogDecoder(opened);
                delivery.beginReading();
                readToEnd(opened.stream(), decoder);
            } catch (GatewayException.NotFound deleted) {
                if (job().isEmpty()) {
                    return true;
                }
                throw deleted;
            }
            Optional<JobRecord> record = decoder.record();
            List<LogPiece> rest = decoder.end();
            delivery.readToEnd(rest);
            Optional<Job> job = job();
            boolean complete =
                    job.isEmpty()
                            || (!delivery.isCutShort(decoder.reached(), rest)
                                    && EndOfLog.isComplete(
                                            record,
                                            LogDecoder.endsWithTimes(rest),
                                            cause,
                                            job.get().state()));
            if (complete) {
                delivery.complete(rest);
            }
            return complete;
        }
    }

    /// Nothing will be added to the log.
    private static final class Complete implements Stage {}

    private ContainerLog.Opened open(boolean follow) {
        ContainerLog.Opened opened = log.open(follow);
        ring.recovered();
        return opened;
    }

    private static int rarestReading(JobState state) {
        return switch (JobPhase.of(state)) {
            case STARTING, RUNNING -> RAREST_READING_WHILE_RUNNING;
            case QUEUED, SUCCEEDED, FAILED, CANCELLING, UNKNOWN -> RAREST_READING;
        };
    }

    private enum Head {
        READY,
        NOT_YET,
        NOTHING_TO_COME
    }

    private Head readHead(JobState state) throws IOException, InterruptedException {
        LogDecoder decoder;
        boolean whole;
        try (ContainerLog.Opened opened = open(false)) {
            decoder = new LogDecoder(opened);
            delivery.beginReading();
            whole = readToHeader(opened.stream(), decoder);
        }
        if (whole && ring.end().equals(LogPosition.HEAD)) {
            ring.live(clock.instant());
        }
        if (decoder.hasHeader() || (!decoder.isEmpty() && !decoder.mayBePreparing())) {
            return Head.READY;
        }
        noteUnconfirmed(state);
        if (whole && leavesNoRecord(state)) {
            delivery.deliver(decoder.end());
            return Head.NOTHING_TO_COME;
        }
        return Head.NOT_YET;
    }

    /// Whether the header is known to exist, which saves a request to the node.
    private static boolean isRunningByRecord(Job job) {
        return job.evidence().source() == Job.Source.JOB_RECORD
                && job.state() instanceof JobState.Running;
    }

    /// @return whether the log was read to its end
    private boolean readToHeader(LogStream stream, LogDecoder decoder)
            throws IOException, InterruptedException {
        while (!decoder.hasHeader()) {
            switch (stream.next(pace.settle())) {
                case LogStream.Part.Bytes bytes ->
                        delivery.deliver(decoder.read(bytes.toByteArray()));
                case LogStream.Part.Quiet _ -> throw new IOException("The log has stalled.");
                case LogStream.Part.End _ -> {
                    return true;
                }
            }
        }
        return false;
    }

    private void readToEnd(LogStream stream, LogDecoder decoder)
            throws IOException, InterruptedException {
        while (true) {
            switch (stream.next(pace.settle())) {
                case LogStream.Part.Bytes bytes ->
                        delivery.deliver(decoder.read(bytes.toByteArray()));
                case LogStream.Part.Quiet _ -> throw new IOException("The log has stalled.");
                case LogStream.Part.End _ -> {
                    return;
                }
            }
        }
    }

    private void noteUnconfirmed(JobState state) {
        if (JobPhase.of(state) != JobPhase.UNKNOWN) {
            unconfirmedSince = null;
        } else if (unconfirmedSince == null) {
            unconfirmedSince = clock.instant();
        }
    }

    /// Whether a job whose log has no record will never have one. A job with an unconfirmed success may not have
    /// started.
    private boolean leavesNoRecord(JobState state) {
        return switch (JobPhase.of(state)) {
            case SUCCEEDED, FAILED -> true;
            case UNKNOWN ->
                    unconfirmedSince != null
                            && !unconfirmedSince
                                    .plus(pace.unconfirmedWait())
                                    .isAfter(clock.instant());
            case QUEUED, STARTING, RUNNING, CANCELLING -> false;
        };
    }

    /// @return whether the job is deleted or reported to have ended; false if that is not known now
    private boolean jobHasEnded() {
        try {
            return job().map(job -> EndOfLog.isClaimed(job.state())).orElse(true);
        } catch (GatewayException ex) {
            return false;
        }
    }

    private static boolean neverStarted(Job job) {
        return job.hpc().filter(HpcJob::neverStarted).isPresent();
    }

    /// @return whether SLURM has ended the job before its start; false if that is not known now
    private boolean neverStarted() {
        try {
            return job().filter(LogFeed::neverStarted).isPresent();
        } catch (GatewayException ex) {
            return false;
        }
    }

    private Optional<Job> job() {
        return jobs.find(log.key().workspace(), log.key().job())
                .filter(job -> job.uid().equals(log.key().uid()));
    }
}
