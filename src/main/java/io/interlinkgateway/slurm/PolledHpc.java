package io.interlinkgateway.slurm;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.slurm.NodeProperties.SlurmrestdProperties;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The jobs of one HPC, as its slurmrestd last reported them. A thread asks it periodically, less often while it fails.
/// Thread-safe.
final class PolledHpc implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PolledHpc.class);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    static final int MAX_REMOVED = 50_000;

    private final NodeName node;
    private final SlurmrestdProperties properties;
    private final Slurmrestd slurmrestd;
    private final Clock clock;
    private final Consumer<Set<String>> changed;
    private final Thread thread;
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Instant startedAt;

    /// Jobs that had ended when SLURM last reported them, and that it has removed since, as it does some minutes after
    /// their end. By id. Only the polling thread uses it.
    private final Map<String, SlurmJob> removed =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, SlurmJob> eldest) {
                    return size() > MAX_REMOVED;
                }
            };

    private volatile Answer last = Answer.NONE;
    private volatile Optional<Failure> failure = Optional.empty();
    private boolean old;
    private boolean dueNow;

    /// What is known after a response.
    ///
    /// @param present the jobs of the response, by id
    /// @param named these and the removed jobs, by name
    /// @param at when the response was read; [Instant#MIN] if there was none yet
    private record Answer(
            Map<String, SlurmJob> present, Map<String, List<SlurmJob>> named, Instant at) {

        static final Answer NONE = new Answer(Map.of(), Map.of(), Instant.MIN);

        Stream<SlurmJob> active() {
            return present.values().stream().filter(job -> !job.hasEnded());
        }
    }

    /// Why there is no response.
    ///
    /// @param since when the first request failed
    /// @param reason why the last one failed
    record Failure(Instant since, String reason) {}

    /// @param node the HPC's virtual node
    /// @param properties how its slurmrestd is reached
    /// @param clock the time
    /// @param changed gets the names of jobs that changed, at least one
    PolledHpc(
            NodeName node,
            SlurmrestdProperties properties,
            Clock clock,
            Consumer<Set<String>> changed) {
        this.node = node;
        this.properties = properties;
        this.clock = clock;
        this.changed = changed;
        this.startedAt = clock.instant();
        this.slurmrestd = new Slurmrestd(properties, clock);
        this.thread = Thread.ofVirtual().name("slurmrestd-" + node).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    NodeName node() {
        return node;
    }

    private void run() {
        int failures = 0;
        try {
            while (true) {
                failures = poll() ? 0 : Math.min(failures + 1, 10);
                reportAge();
                pause(failures);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void pause(int failures) throws InterruptedException {
        long until = System.nanoTime() + pauseAfter(failures).toNanos();
        for (long left = until - System.nanoTime();
                left > 0 && !dueNow;
                left = until - System.nanoTime()) {
            wait(Math.max(1, Duration.ofNanos(left).toMillis()));
        }
        dueNow = false;
    }

    private Duration pauseAfter(int failures) {
        Duration pause = properties.period().multipliedBy(1L << failures);
        Duration longest =
                properties.period().compareTo(LONGEST_PAUSE) > 0
                        ? properties.period()
                        : LONGEST_PAUSE;
        return pause.compareTo(longest) < 0 ? pause : longest;
    }

    private boolean poll() {
        try {
            List<SlurmJob> jobs = slurmrestd.jobs();
            answered.incrementAndGet();
            failure.ifPresent(over ->
                    LOG.info(
                            "The slurmrestd of {} works again; it failed since {}.",
                            node,
                            over.since()));
            failure = Optional.empty();
            take(jobs);
            return true;
        } catch (SlurmrestdException reported) {
            fails(reported.reason());
        } catch (RuntimeException defect) {
            LOG.error("A response of the slurmrestd of {} can't be processed.", node, defect);
            fails("Its response can't be processed.");
        }
        return false;
    }

    private void fails(String reason) {
        failed.incrementAndGet();
        if (failure.filter(before -> before.reason().equals(reason)).isEmpty()) {
            LOG.warn("The slurmrestd of {} fails: {}", node, reason);
        }
        failure =
                Optional.of(
                        new Failure(failure.map(Failure::since).orElseGet(clock::instant), reason));
    }

    private void take(List<SlurmJob> jobs) {
        Map<String, SlurmJob> before = last.present;
        Map<String, SlurmJob> now =
                jobs.stream()
                        .filter(job -> !isForeign(job))
                        .collect(Collectors.toMap(job -> job.job().id(), Function.identity()));
        before.forEach((id, job) -> {
            if (job.hasEnded()) {
                removed.put(id, job);
            }
        });
        removed.keySet().removeAll(now.keySet());
        last =
                new Answer(
                        now,
                        Stream.concat(now.values().stream(), removed.values().stream())
                                .collect(Collectors.groupingBy(SlurmJob::uid)),
                        clock.instant());
        boolean wasOld = old;
        old = false;
        report(
                Stream.concat(
                                now.values().stream()
                                        .filter(job ->
                                                hasChanged(
                                                        Optional.ofNullable(
                                                                before.get(job.job().id())),
                                                        job,
                                                        wasOld)),
                                before.values().stream()
                                        .filter(job ->
                                                isMissing(
                                                        job,
                                                        Optional.ofNullable(
                                                                now.get(job.job().id())))))
                        .map(SlurmJob::uid)
                        .collect(Collectors.toSet()));
    }

    /// Whether a job is new or has another state. The return of a job whose last report was too old is a change too.
    private static boolean hasChanged(Optional<SlurmJob> before, SlurmJob now, boolean wasOld) {
        return (wasOld && !now.hasEnded())
                || before.filter(same ->
                                same.uid().equals(now.uid())
                                        && same.job().hasSameStateAs(now.job()))
                        .isEmpty();
    }

    /// Whether a name has lost its job. The removal of an ended job is no change.
    private static boolean isMissing(SlurmJob before, Optional<SlurmJob> now) {
        return now.map(job -> !job.uid().equals(before.uid())).orElse(!before.hasEnded());
    }

    /// Once the last response is too old, jobs that had not ended are unknown.
    private void reportAge() {
        if (!old && isOld(clock.instant())) {
            old = true;
            report(last.active().map(SlurmJob::uid).collect(Collectors.toSet()));
        }
    }

    private void report(Set<String> names) {
        if (!names.isEmpty()) {
            changed.accept(Set.copyOf(names));
        }
    }

    private boolean isOld(Instant now) {
        return last.at.equals(Instant.MIN)
                || Duration.between(last.at, now)
                                .compareTo(
                                        properties
                                                .period()
                                                .multipliedBy(3)
                                                .plus(properties.timeout()))
                        > 0;
    }

    /// See [HpcJobs#find].
    Optional<HpcJob> find(String uid, Optional<String> id) {
        return chosen(last.named.getOrDefault(uid, List.of()), id)
                .map(SlurmJob::job)
                .filter(job -> job.state().ended() || !isOld(clock.instant()));
    }

    private Optional<SlurmJob> chosen(List<SlurmJob> named, Optional<String> id) {
        if (id.isPresent()) {
            return named.stream().filter(job -> job.job().id().equals(id.get())).findFirst();
        }
        List<SlurmJob> own =
                named.stream()
                        .filter(job ->
                                job.user().isPresent() && job.user().equals(properties.owner()))
                        .toList();
        List<SlurmJob> candidates = own.isEmpty() ? named : own;
        boolean ofSeveralUsers = candidates.stream().map(SlurmJob::user).distinct().count() > 1;
        return ofSeveralUsers
                ? Optional.empty()
                : candidates.stream().max(Comparator.comparingLong(SlurmJob::number));
    }

    /// The jobs that have not ended.
    ///
    /// @throws GatewayException.HpcUnavailable if the last response is too old
    Stream<SlurmJob> active() {
        if (isOld(clock.instant())) {
            throw new GatewayException.HpcUnavailable(
                    "The slurmrestd of the node \"" + node + "\" gives no usable response.");
        }
        return last.active();
    }

    /// Whether a job is known to belong to another user than the configured one. Everyone who may submit jobs to the HPC
    /// can name a job after a pod.
    private boolean isForeign(SlurmJob job) {
        return properties.owner().isPresent()
                && job.user().isPresent()
                && !job.user().equals(properties.owner());
    }

    /// Has SLURM end a job.
    ///
    /// @param id its id in SLURM
    /// @throws GatewayException.SwitchedOff if this is not enabled for the node
    /// @throws GatewayException.HpcUnavailable if SLURM refuses or does not respond
    void cancel(String id) {
        if (!properties.cancelOrphans()) {
            throw new GatewayException.SwitchedOff(
                    "Cancelling jobs is not enabled for the node \"" + node + "\".");
        }
        try {
            slurmrestd.cancel(id);
        } catch (SlurmrestdException refused) {
            throw new GatewayException.HpcUnavailable(
                    "The job was not cancelled. " + refused.reason());
        }
        synchronized (this) {
            dueNow = true;
            notifyAll();
        }
    }

    /// @return why there is no response at present, if there is none
    Optional<Failure> failure() {
        return failure;
    }

    /// @return the age of the last response; before the first one, the time since the start
    Duration age() {
        Instant since = last.at.equals(Instant.MIN) ? startedAt : last.at;
        return Duration.between(since, clock.instant());
    }

    /// @return the number of jobs in the last response that can be jobs of pods
    int jobs() {
        return last.present.size();
    }

    /// @return how many requests succeeded
    long answered() {
        return answered.get();
    }

    /// @return how many requests failed
    long failed() {
        return failed.get();
    }

    @Override
    public void close() {
        thread.interrupt();
        slurmrestd.close();
    }
}
