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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what is observed of jobs to the history, on a thread of its own, so that no job waits for the database.
///
/// While the database is away, observations are kept in memory, up to [#MOST_WAITING]. Then of each job only the last
/// one is kept, and if that is not enough, those of existing jobs are dropped: they can be read again from the watched
/// pods, which happens once the others are written. The changes of state in between are lost then. Existing jobs are
/// also read again once the database has been away.
///
/// While the credentials of a workspace can't be read, which are masked in what is stored, its observations wait, and
/// those of other workspaces are written.
public final class JobRecorder implements JobObserver, HistoryBacklog, AutoCloseable {

    /// The maximum number of observations in memory.
    static final int MOST_WAITING = 20_000;

    /// The maximum number of observations in one write.
    static final int BATCH = 200;

    private static final Logger LOG = LoggerFactory.getLogger(JobRecorder.class);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /// How often something is done.
    ///
    /// @param betweenWrites how long after the start of a write the next one follows, unless a full batch waits: each
    ///     costs a transaction, and a request for the credentials of each workspace
    /// @param afterFailure how long to wait after a failed write first
    /// @param catchUp how long after one check of whether jobs are to be caught up the next one follows
    /// @param workspaces how long after the history was read for workspaces to watch this follows again
    record Pace(
            Duration betweenWrites, Duration afterFailure, Duration catchUp, Duration workspaces) {

        static final Pace USUAL =
                new Pace(
                        Duration.ofMillis(250),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(1));
    }

    /// A workspace whose credentials could not be read.
    ///
    /// @param end when they are read again, as [System#nanoTime]
    /// @param pause how long after the last attempt that is
    private record Hold(long end, Duration pause) {

        static Hold of(Duration pause) {
            return new Hold(System.nanoTime() + pause.toNanos(), pause);
        }

        Hold longer() {
            return of(doubled(pause));
        }
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
    private final Map<Workspace, Hold> holds = new HashMap<>();
    private boolean incomplete;
    private boolean stopping;
    private @Nullable Thread writer;
    private Consumer<Observation> written = _ -> {};

    // Used by the writer alone.
    private final Set<Workspace> toReport = new HashSet<>();

    /// The watches before whose start all removals are in the history.
    private final Set<PresentJobs.Watch> complete = new HashSet<>();

    /// When less than a full batch is written next, as [System#nanoTime].
    private long nextWrite = System.nanoTime();

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
        Predicate<Observation> live =
                observation -> observation.presence() == Observation.Presence.LIVE;
        drop(goal, live.and(observation -> holds.containsKey(observation.job().workspace())));
        drop(goal, live);
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
                        written(write(next));
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

    /// Waits for observations until jobs are to be caught up, and takes the oldest ones that can be written.
    private synchronized List<Observation> next() throws InterruptedException {
        while (true) {
            long now = System.nanoTime();
            long ready = waiting.stream().filter(one -> isReady(one, now)).limit(BATCH).count();
            boolean due = ready == BATCH || nextWrite - now <= 0 || stopping;
            if (ready > 0 && due) {
                nextWrite = now + pace.betweenWrites.toNanos();
                return take(now);
            }
            long left = nextCatchUp - now;
            if (left <= 0 || stopping) {
                return List.of();
            }
            // The end of a hold is noticed by then, too.
            long wait = ready == 0 ? left : Math.min(left, nextWrite - now);
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, wait));
        }
    }

    private List<Observation> take(long now) {
        List<Observation> taken = new ArrayList<>();
        Iterator<Observation> all = waiting.iterator();
        while (taken.size() < BATCH && all.hasNext()) {
            Observation next = all.next();
            if (isReady(next, now)) {
                taken.add(next);
                all.remove();
            }
        }
        batch = taken;
        return taken;
    }

    private boolean isReady(Observation observation, long now) {
        return !isHeld(observation.job().workspace(), now);
    }

    private boolean isHeld(Workspace workspace, long now) {
        Hold hold = holds.get(workspace);
        return hold != null && hold.end - now > 0;
    }

    private synchronized boolean isHeld(Workspace workspace) {
        return isHeld(workspace, System.nanoTime());
    }

    /// Writes a batch, however long the database is away, unless the gateway stops.
    ///
    /// @return what was written, without the workspaces whose credentials can't be read now
    private List<Observation> write(List<Observation> observations) throws InterruptedException {
        Duration pause = pace.afterFailure;
        while (true) {
            try {
                Set<Workspace> unreadable = history.write(observations);
                hold(observations, unreadable);
                List<Observation> stored =
                        observations.stream()
                                .filter(one -> !unreadable.contains(one.job().workspace()))
                                .toList();
                writes.add(stored.size());
                return stored;
            } catch (GatewayException.HistoryUnavailable unavailable) {
                LOG.info("The history can't be written now: {}", unavailable.getMessage());
                setIncomplete();
                pause(pause);
                pause = doubled(pause);
            } catch (RuntimeException defect) {
                if (observations.size() == 1) {
                    drops.increment();
                    LOG.error(
                            "A job can't be recorded: {}",
                            observations.getFirst().job().uid(),
                            defect);
                    return List.of();
                }
                List<Observation> stored = new ArrayList<>();
                for (Observation observation : observations) {
                    stored.addAll(write(List.of(observation)));
                }
                return stored;
            }
        }
    }

    private static Duration doubled(Duration pause) {
        Duration longer = pause.multipliedBy(2);
        return longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
    }

    /// Lets the observations of some workspaces wait.
    ///
    /// @param unreadable the workspaces of these observations whose credentials can't be read now
    private synchronized void hold(List<Observation> observations, Set<Workspace> unreadable) {
        for (Workspace workspace : workspacesOf(observations)) {
            if (unreadable.contains(workspace)) {
                holds.merge(workspace, Hold.of(pace.afterFailure), (known, _) -> known.longer());
            } else if (holds.remove(workspace) != null) {
                LOG.info("The jobs of the workspace {} are recorded again.", workspace.value());
            }
        }
    }

    private static Set<Workspace> workspacesOf(Collection<Observation> observations) {
        return observations.stream().map(one -> one.job().workspace()).collect(Collectors.toSet());
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

    /// @param stored what was written of the batch; the rest waits again, before what was observed later
    private void written(List<Observation> stored) {
        synchronized (this) {
            batch.reversed().stream()
                    .filter(one -> holds.containsKey(one.job().workspace()))
                    .forEach(waiting::addFirst);
            batch = List.of();
        }
        stored.forEach(written);
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
                if (report(present, workspace)) {
                    toReport.remove(workspace);
                }
            }
            for (PresentJobs.Watch watch : watches) {
                if (!complete.contains(watch) && findRemoved(present, watch)) {
                    complete.add(watch);
                }
            }
        } catch (GatewayException.HistoryUnavailable unavailable) {
            LOG.info("The history can't be read now: {}", unavailable.getMessage());
            setIncomplete();
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

    /// A database that failed may have lost what it had accepted before.
    private synchronized void setIncomplete() {
        incomplete = true;
    }

    private synchronized boolean takeIncomplete() {
        boolean taken = incomplete;
        incomplete = false;
        return taken;
    }

    /// @return false if the workspace's credentials can't be read now
    private boolean report(PresentJobs present, Workspace workspace) throws InterruptedException {
        if (isHeld(workspace)) {
            return false;
        }
        Iterator<PresentJobs.Existing> jobs = present.jobs(workspace).iterator();
        while (jobs.hasNext()) {
            List<Observation> some = new ArrayList<>();
            while (some.size() < BATCH && jobs.hasNext()) {
                PresentJobs.Existing job = jobs.next();
                some.add(
                        observation(
                                job.version(), job.job(), Observation.Presence.LIVE, job.origin()));
            }
            if (!writeAll(some)) {
                return false;
            }
        }
        return true;
    }

    /// @param observations of one workspace
    /// @return false if its credentials can't be read now
    private boolean writeAll(List<Observation> observations) throws InterruptedException {
        write(observations).forEach(written);
        synchronized (this) {
            return !holds.containsKey(observations.getFirst().job().workspace());
        }
    }

    /// Writes the removal of jobs whose pods are gone. The history may have jobs that this gateway does not know yet,
    /// written by another replica; they are newer than what is known here. A removal that was observed and waits to be
    /// written says more about the job's end, and is not anticipated.
    ///
    /// @return false if the workspace's jobs are not all known, or its credentials can't be read now
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
            if (!present.watches().contains(watch) || isHeld(workspace)) {
                return false;
            }
            if (!gone.isEmpty() && !writeAll(gone)) {
                return false;
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

    @Override
    public synchronized int waiting() {
        return waiting.size() + batch.size();
    }

    @Override
    public synchronized int workspacesWithoutCredentials() {
        Set<Workspace> workspaces = workspacesOf(waiting);
        workspaces.addAll(workspacesOf(batch));
        workspaces.retainAll(holds.keySet());
        return workspaces.size();
    }

    /// @return for how long the oldest one waits, in seconds; 0 if there is none
    private synchronized double age() {
        Instant now = clock.instant();
        return Stream.of(batch.stream().findFirst(), waiting.stream().findFirst())
                .flatMap(Optional::stream)
                .mapToDouble(one -> Duration.between(one.seenAt(), now).toMillis() / 1000.0)
                .max()
                .orElse(0);
    }

    /// Registers the metrics. This is not a [io.micrometer.core.instrument.binder.MeterBinder], because beans of other
    /// types are this object, and each would be registered.
    void bindTo(MeterRegistry registry) {
        Gauge.builder("gateway.history.backlog", this, JobRecorder::waiting)
                .description("Observations of jobs that are not in the history yet")
                .register(registry);
        Gauge.builder(
                        "gateway.history.workspaces.without.credentials",
                        this,
                        JobRecorder::workspacesWithoutCredentials)
                .description(
                        "Workspaces whose jobs are not recorded now, because their credentials"
                                + " can't be read")
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
