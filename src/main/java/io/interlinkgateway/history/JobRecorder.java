package io.interlinkgateway.history;

import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.event.PresentJobs;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Cancellation;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.Workspace;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what is observed of jobs to the history, on a thread of its own, so that no job waits for the database.
///
/// While the database is away, observations are kept in memory, up to [#MOST_WAITING]. Then of each job only the last
/// one is kept, and if that is not enough, those of existing jobs are dropped: they can be read again from the watched
/// pods, which happens once the others are written. The changes of state in between are lost then.
public final class JobRecorder implements JobObserver, MeterBinder, AutoCloseable {

    /// The maximum number of observations in memory.
    static final int MOST_WAITING = 20_000;

    /// The maximum number of observations in one write.
    static final int BATCH = 200;

    private static final Logger LOG = LoggerFactory.getLogger(JobRecorder.class);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /// How often something is done.
    ///
    /// @param afterFailure how long to wait after a failed write first
    /// @param catchUp how long after one check of whether jobs are to be caught up the next one follows
    /// @param workspaces how long after the history was read for workspaces to watch this follows again
    record Pace(Duration afterFailure, Duration catchUp, Duration workspaces) {

        static final Pace USUAL =
                new Pace(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMinutes(1));
    }

    /// How long the last observations may take when the gateway stops.
    private static final Duration LAST_WRITES = Duration.ofSeconds(5);

    private final JobHistory history;
    private final Clock clock;
    private final Pace pace;
    private final int most;
    private final LongAdder writes = new LongAdder();
    private final LongAdder drops = new LongAdder();

    // Guarded by this object's lock, but what receives written observations is only set before the
    // writer starts.
    private Deque<Observation> waiting = new ArrayDeque<>();
    private List<Observation> batch = List.of();
    private boolean incomplete;
    private boolean stopping;
    private @Nullable Thread writer;
    private Consumer<Observation> written = _ -> {};

    // Used by the writer alone.
    private final Set<Workspace> toReport = new HashSet<>();

    /// The watches before whose start all removals are in the history.
    private final Set<PresentJobs.Watch> complete = new HashSet<>();

    /// When jobs are caught up next, as [System#nanoTime].
    private long nextCatchUp;

    /// When the history is read for workspaces next, as [System#nanoTime].
    private long nextWorkspaces = System.nanoTime();

    /// @param history where observations are written
    /// @param clock the time
    public JobRecorder(JobHistory history, Clock clock) {
        this(history, clock, Pace.USUAL, MOST_WAITING);
    }

    /// @param most the maximum number of observations in memory
    JobRecorder(JobHistory history, Clock clock, Pace pace, int most) {
        this.history = history;
        this.clock = clock;
        this.pace = pace;
        this.most = most;
    }

    @Override
    public void changed(long version, Job job, Supplier<Origin> origin) {
        add(observation(version, job, Observation.Presence.LIVE, origin));
    }

    @Override
    public void removed(long version, Job job, Supplier<Origin> origin) {
        add(observation(version, job, Observation.Presence.REMOVED, origin));
    }

    private Observation observation(
            long version, Job job, Observation.Presence presence, Supplier<Origin> origin) {
        return new Observation(version, clock.instant(), job, presence, origin);
    }

    private synchronized void add(Observation observation) {
        waiting.addLast(observation);
        if (waiting.size() > most) {
            shorten();
        }
        notifyAll();
    }

    /// Makes room for a quarter of the backlog, so that this is not repeated with each observation.
    private void shorten() {
        int goal = most - most / 4;
        LinkedHashMap<String, Observation> last = new LinkedHashMap<>();
        waiting.forEach(observation -> last.putLast(observation.job().uid(), observation));
        int before = waiting.size();
        waiting = new ArrayDeque<>(last.values());
        drop(goal, observation -> observation.presence() == Observation.Presence.LIVE);
        drop(goal, _ -> true);
        drops.add(before - waiting.size());
        incomplete = true;
        LOG.warn(
                "The history's backlog is full. {} observations were dropped; existing jobs are"
                        + " caught up later",
                before - waiting.size());
    }

    /// Drops the oldest observations of a kind.
    private void drop(int goal, Predicate<Observation> kind) {
        int surplus = waiting.size() - goal;
        for (var all = waiting.iterator(); all.hasNext() && surplus > 0; ) {
            if (kind.test(all.next())) {
                all.remove();
                surplus--;
            }
        }
    }

    /// Starts to write.
    ///
    /// @param present the jobs that exist
    /// @param workspaces the workspaces to watch besides those of which the history knows jobs
    /// @param written receives each observation that was written
    public synchronized void start(
            PresentJobs present, Set<Workspace> workspaces, Consumer<Observation> written) {
        this.written = written;
        workspaces.forEach(present::record);
        writer = Thread.ofVirtual().name("history").start(() -> run(present));
    }

    private void run(PresentJobs present) {
        try {
            setNextCatchUp();
            List<Observation> next = next();
            while (!next.isEmpty() || !isStopping()) {
                try {
                    if (!next.isEmpty()) {
                        write(next);
                        written(next);
                    }
                    if (isCatchUpDue(next)) {
                        catchUp(present);
                    }
                } catch (RuntimeException defect) {
                    LOG.error("Unexpected failure", defect);
                    pause(pace.afterFailure);
                }
                next = next();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isStopping() {
        return stopping;
    }

    /// Jobs are also caught up between observations, since these may come without a pause. But a backlog is written
    /// first: it is older than what the watched pods have.
    ///
    /// @param written the last batch; if it is full, there may be a backlog
    private boolean isCatchUpDue(List<Observation> written) {
        return written.size() < BATCH && nextCatchUp - System.nanoTime() <= 0 && !isStopping();
    }

    /// Waits for observations until jobs are to be caught up, and takes the oldest ones.
    private synchronized List<Observation> next() throws InterruptedException {
        while (waiting.isEmpty() && !stopping) {
            long left = nextCatchUp - System.nanoTime();
            if (left <= 0) {
                return List.of();
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        List<Observation> taken = new ArrayList<>();
        while (taken.size() < BATCH && !waiting.isEmpty()) {
            taken.add(waiting.removeFirst());
        }
        batch = taken;
        return taken;
    }

    /// Writes a batch, however long the database is away, or the cluster, whose credentials are masked in what is stored;
    /// unless the gateway stops.
    private void write(List<Observation> observations) throws InterruptedException {
        Duration pause = pace.afterFailure;
        while (true) {
            try {
                history.write(observations);
                break;
            } catch (GatewayException.HistoryUnavailable
                    | GatewayException.ClusterUnavailable unavailable) {
                LOG.info("The history can't be written now: {}", unavailable.getMessage());
                pause(pause);
                pause = pause.multipliedBy(2);
                pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
            } catch (RuntimeException defect) {
                if (observations.size() == 1) {
                    drops.increment();
                    LOG.error(
                            "A job can't be recorded: {}",
                            observations.getFirst().job().uid(),
                            defect);
                    return;
                }
                for (Observation observation : observations) {
                    write(List.of(observation));
                }
                return;
            }
        }
        writes.add(observations.size());
    }

    private synchronized void pause(Duration pause) throws InterruptedException {
        long end = System.nanoTime() + pause.toNanos();
        while (System.nanoTime() < end) {
            if (stopping) {
                throw new InterruptedException();
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, end - System.nanoTime()));
        }
    }

    private void written(List<Observation> observations) {
        synchronized (this) {
            batch = List.of();
        }
        observations.forEach(written);
    }

    /// Reads again from the watched pods what was dropped, and finds jobs whose removal no gateway saw.
    private void catchUp(PresentJobs present) throws InterruptedException {
        try {
            if (nextWorkspaces - System.nanoTime() <= 0) {
                recordWorkspaces(present);
            }
            Set<PresentJobs.Watch> watches = present.watches();
            complete.retainAll(watches);
            if (takeIncomplete()) {
                watches.forEach(watch -> toReport.add(watch.workspace()));
                complete.clear();
            }
            for (Workspace workspace : Set.copyOf(toReport)) {
                report(present, workspace);
                toReport.remove(workspace);
            }
            for (PresentJobs.Watch watch : watches) {
                if (!complete.contains(watch) && findRemoved(present, watch)) {
                    complete.add(watch);
                }
            }
        } catch (GatewayException.HistoryUnavailable unavailable) {
            LOG.info("The history can't be read now: {}", unavailable.getMessage());
            pause(pace.afterFailure);
        } finally {
            setNextCatchUp();
        }
    }

    /// Watches the workspaces of the history's jobs. Other replicas add workspaces, and they may end without a
    /// successor.
    private void recordWorkspaces(PresentJobs present) {
        history.workspaces().forEach(present::record);
        nextWorkspaces = System.nanoTime() + pace.workspaces.toNanos();
    }

    private void setNextCatchUp() {
        nextCatchUp = System.nanoTime() + pace.catchUp.toNanos();
    }

    private synchronized boolean takeIncomplete() {
        boolean taken = incomplete;
        incomplete = false;
        return taken;
    }

    private void report(PresentJobs present, Workspace workspace) throws InterruptedException {
        Iterator<PresentJobs.Existing> jobs = present.jobs(workspace).iterator();
        while (jobs.hasNext()) {
            List<Observation> some = new ArrayList<>();
            while (some.size() < BATCH && jobs.hasNext()) {
                PresentJobs.Existing job = jobs.next();
                some.add(
                        observation(
                                job.version(), job.job(), Observation.Presence.LIVE, job.origin()));
            }
            write(some);
            some.forEach(written);
        }
    }

    /// Writes the removal of jobs whose pods are gone. The history may have jobs that this gateway does not know yet,
    /// written by another replica; they are newer than what is known here. A removal that was observed and waits to be
    /// written says more about the job's end, and is not anticipated.
    ///
    /// @return false if the workspace's jobs are not all known
    private boolean findRemoved(PresentJobs present, PresentJobs.Watch watch)
            throws InterruptedException {
        Workspace workspace = watch.workspace();
        String after = "";
        while (true) {
            List<PastJob> page = history.live(workspace, after, BATCH);
            OptionalLong reached = present.reached(workspace);
            if (reached.isEmpty()) {
                return false;
            }
            List<Observation> gone =
                    page.stream()
                            .filter(past -> past.version() <= reached.getAsLong())
                            .filter(past ->
                                    !present.has(workspace, past.job().name(), past.job().uid()))
                            .map(past -> removal(past, reached.getAsLong()))
                            .toList();
            gone = withoutObserved(gone);
            // No job is found in a watch that was closed meanwhile, and a removal is final.
            if (!present.watches().contains(watch)) {
                return false;
            }
            if (!gone.isEmpty()) {
                write(gone);
                gone.forEach(written);
            }
            if (page.size() < BATCH) {
                return true;
            }
            after = page.getLast().job().uid();
        }
    }

    /// @param removals removals of jobs
    /// @return those of which no observation waits
    private synchronized List<Observation> withoutObserved(List<Observation> removals) {
        Set<String> observed =
                waiting.stream()
                        .filter(one -> one.presence() == Observation.Presence.REMOVED)
                        .map(one -> one.job().uid())
                        .collect(Collectors.toSet());
        return removals.stream().filter(one -> !observed.contains(one.job().uid())).toList();
    }

    private Observation removal(PastJob past, long version) {
        Job job = past.job();
        Instant now = clock.instant();
        // interLink reports some ends although the job goes on.
        boolean ended =
                JobPhase.of(job.state()).ended()
                        && job.evidence().source() != Job.Source.API_SERVER;
        Cancellation cancellation =
                job.cancellation()
                        .filter(known -> known.stage() == Cancellation.Stage.CONFIRMED)
                        .orElseGet(() ->
                                ended
                                        ? new Cancellation(
                                                Cancellation.Stage.CONFIRMED,
                                                now,
                                                job.evidence().source(),
                                                "The job had ended before its pod was removed.")
                                        : new Cancellation(
                                                Cancellation.Stage.UNCONFIRMED,
                                                now,
                                                Job.Source.API_SERVER,
                                                "The pod was removed while no gateway watched"
                                                        + " it."));
        return observation(
                version,
                job.withCancellation(cancellation),
                Observation.Presence.REMOVED,
                () -> {
                    throw new IllegalStateException("The job is stored already.");
                });
    }

    /// @return how many observations are not written yet
    synchronized int backlog() {
        return waiting.size() + batch.size();
    }

    /// @return for how long the oldest one waits, in seconds; 0 if there is none
    private synchronized double age() {
        Observation oldest = batch.isEmpty() ? waiting.peekFirst() : batch.getFirst();
        return oldest == null
                ? 0
                : Duration.between(oldest.seenAt(), clock.instant()).toMillis() / 1000.0;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("gateway.history.backlog", this, JobRecorder::backlog)
                .description("Observations of jobs that are not in the history yet")
                .register(registry);
        TimeGauge.builder("gateway.history.backlog.age", this, TimeUnit.SECONDS, JobRecorder::age)
                .description("How long the oldest of these observations waits")
                .register(registry);
        FunctionCounter.builder("gateway.history.written", writes, LongAdder::sum)
                .description("Observations of jobs that were written to the history")
                .register(registry);
        FunctionCounter.builder("gateway.history.dropped", drops, LongAdder::sum)
                .description("Observations of jobs that were dropped because the backlog was full")
                .register(registry);
    }

    /// Writes what is known, within 5 s.
    @Override
    public void close() {
        Thread thread;
        synchronized (this) {
            stopping = true;
            thread = writer;
            notifyAll();
        }
        if (thread != null) {
            try {
                if (!thread.join(LAST_WRITES)) {
                    thread.interrupt();
                }
            } catch (InterruptedException stopped) {
                thread.interrupt();
                Thread.currentThread().interrupt();
            }
        }
    }
}
