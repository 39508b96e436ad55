package io.interlinkgateway.history;

import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.ArchivedLog.Completeness;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.job.Workspace;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deletes the pods of jobs that ended some time ago, once their logs are archived. Every replica does so; a pod is
/// deleted by its UID, so that this is repeated without harm. All that is needed is observed again after a start.
final class JobExpiry implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(JobExpiry.class);

    private static final Duration PERIOD = Duration.ofSeconds(5);

    /// How long a pod stays that can't be deleted yet, until the next attempt.
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final LogArchive archive;
    private final Jobs jobs;
    private final Function<Workspace, Optional<Duration>> defaults;
    private final BiConsumer<Workspace, JobName> audit;
    private final Clock clock;
    private final Map<String, Ended> ended = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());

    /// A job that has ended.
    ///
    /// @param expiresAt when its pod is to be deleted
    private record Ended(
            Workspace workspace, JobName name, List<String> containers, Instant expiresAt) {}

    /// @param archive where logs must be before their pods are deleted
    /// @param jobs deletes pods
    /// @param defaults how long pods stay in a workspace if their job spec has no period; empty if they stay
    /// @param audit called after each deletion
    /// @param clock the time
    JobExpiry(
            LogArchive archive,
            Jobs jobs,
            Function<Workspace, Optional<Duration>> defaults,
            BiConsumer<Workspace, JobName> audit,
            Clock clock) {
        this.archive = archive;
        this.jobs = jobs;
        this.defaults = defaults;
        this.audit = audit;
        this.clock = clock;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the task never ends
    void start() {
        timer.scheduleWithFixedDelay(
                this::deleteExpired, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// A job whose definition can't be read keeps its pod.
    ///
    /// @param observation an observation of a job, in the history
    void observed(Observation observation) {
        try {
            record(observation);
        } catch (RuntimeException defect) {
            // Its message may have values of the definition.
            LOG.error(
                    "The definition of the ended job {} can't be read: {}",
                    observation.job().uid(),
                    defect.getClass().getName());
        }
    }

    private void record(Observation observation) {
        Job job = observation.job();
        boolean stays =
                observation.presence() == Observation.Presence.LIVE
                        && JobPhase.of(job.state()).ended()
                        && job.cancellation().isEmpty();
        if (!stays) {
            ended.remove(job.uid());
        } else if (!ended.containsKey(job.uid())) {
            JobObserver.Origin origin = observation.origin().get();
            ttl(job.workspace(), origin.definition())
                    .ifPresent(ttl ->
                            ended.put(
                                    job.uid(),
                                    new Ended(
                                            job.workspace(),
                                            job.name(),
                                            origin.definition().containers(),
                                            finishedAt(observation).plus(ttl))));
        }
    }

    private Optional<Duration> ttl(Workspace workspace, JobDefinition definition) {
        Optional<Duration> own =
                definition instanceof JobSpec spec ? spec.ttlAfterFinished() : Optional.empty();
        return own.or(() -> defaults.apply(workspace));
    }

    /// The job's end by the clock of its compute node, but not in the future.
    private static Instant finishedAt(Observation observation) {
        Optional<JobState.Moment> moment =
                switch (observation.job().state()) {
                    case JobState.Succeeded succeeded -> succeeded.finishedAt();
                    case JobState.Failed failed -> failed.finishedAt();
                    case JobState.Queued _,
                            JobState.Starting _,
                            JobState.Running _,
                            JobState.Cancelling _,
                            JobState.Unknown _ ->
                            Optional.empty();
                };
        return moment.map(JobState.Moment::at)
                .filter(at -> at.isBefore(observation.seenAt()))
                .orElse(observation.seenAt());
    }

    /// Deletes what is due now.
    void deleteExpired() {
        Instant now = clock.instant();
        for (Map.Entry<String, Ended> entry : ended.entrySet()) {
            String uid = entry.getKey();
            Ended job = entry.getValue();
            if (!job.expiresAt.isAfter(now)) {
                try {
                    delete(uid, job, now);
                } catch (GatewayException.HistoryUnavailable away) {
                    LOG.info("Ended jobs can't be deleted now: {}", away.getMessage());
                    return;
                } catch (GatewayException unavailable) {
                    LOG.info("An ended job can't be deleted now: {}", unavailable.getMessage());
                    later(uid, job, now);
                } catch (RuntimeException defect) {
                    LOG.error("The ended job {} can't be deleted", uid, defect);
                    later(uid, job, now);
                }
            }
        }
    }

    private void delete(String uid, Ended job, Instant now) {
        if (!job.containers.stream().allMatch(container -> isArchived(uid, container))) {
            later(uid, job, now);
            return;
        }
        try {
            jobs.expire(job.workspace, job.name, uid);
            audit.accept(job.workspace, job.name);
        } catch (GatewayException.OtherJob gone) {
            LOG.debug("An ended job was deleted before: {}", gone.getMessage());
        }
        ended.remove(uid);
    }

    private boolean isArchived(String uid, String container) {
        return archive.find(uid, container)
                .map(ArchivedLog::completeness)
                .filter(Completeness::isFinal)
                .isPresent();
    }

    private void later(String uid, Ended job, Instant now) {
        ended.replace(
                uid, job, new Ended(job.workspace, job.name, job.containers, now.plus(PAUSE)));
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
