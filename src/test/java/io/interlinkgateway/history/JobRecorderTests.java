package io.interlinkgateway.history;

import static io.interlinkgateway.history.HistoryJobs.QUEUED;
import static io.interlinkgateway.history.HistoryJobs.RUNNING;
import static io.interlinkgateway.history.HistoryJobs.SUCCEEDED;
import static io.interlinkgateway.history.HistoryJobs.WORKSPACE;
import static io.interlinkgateway.history.HistoryJobs.job;
import static io.interlinkgateway.history.HistoryJobs.origin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.job.Cancellation;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.Workspace;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class JobRecorderTests {

    private static final Clock CLOCK = Clock.fixed(HistoryJobs.NOW, ZoneOffset.UTC);

    private static final JobRecorder.Pace PACE =
            new JobRecorder.Pace(
                    Duration.ZERO,
                    Duration.ofMillis(10),
                    Duration.ofSeconds(1),
                    Duration.ofMillis(10));

    private static final Workspace OTHER = new Workspace("planets");

    private final FakeHistory history = new FakeHistory(CLOCK);
    private final FakePresentJobs present = new FakePresentJobs();
    private final List<Observation> written = new CopyOnWriteArrayList<>();
    private final JobRecorder recorder = new JobRecorder(history, CLOCK, PACE, 1000);

    @AfterEach
    void stop() {
        recorder.close();
    }

    private static Job ofOther(JobState state) {
        return HistoryJobs.in(OTHER, job("other", state));
    }

    private void start() {
        recorder.start(present, Set.of(WORKSPACE), written::add);
    }

    private void observe(long version, Job job) {
        recorder.changed(version, job, origin());
    }

    private JobState stateOf(String name) {
        return history.find("uid-" + name).orElseThrow().job().state();
    }

    @Test
    void changesAreWrittenInTheirOrderAndPassedOn() {
        start();

        observe(1, job("a", QUEUED));
        observe(2, job("a", RUNNING));
        recorder.removed(3, job("a", SUCCEEDED), origin());

        await().until(() -> written.size() == 3);
        assertThat(history.written()).extracting(Observation::version).containsExactly(1L, 2L, 3L);
        assertThat(written).isEqualTo(history.written());
        assertThat(history.find("uid-a").orElseThrow().isLive()).isFalse();
    }

    @Test
    void aDatabaseThatIsAwayIsWaitedFor() {
        present.put(500, job("a", RUNNING));
        history.away(true);
        start();
        for (int version = 1; version <= 500; version++) {
            observe(version, job("a", version % 2 == 0 ? RUNNING : QUEUED));
        }
        assertThat(recorder.waiting()).isEqualTo(500);

        history.away(false);

        await().until(() -> recorder.waiting() == 0);
        assertThat(history.written())
                .extracting(Observation::version)
                .startsWith(LongStream.rangeClosed(1, 500).boxed().toArray(Long[]::new));
        assertThat(history.batches()).allMatch(size -> size <= JobRecorder.BATCH);
    }

    /// A standby server became the primary one, or H2 had a write before it that failed.
    @Test
    void whatADatabaseLostWhenItFailedIsWrittenAgain() {
        present.put(1, job("a", RUNNING));
        start();
        observe(1, job("a", RUNNING));
        await().until(() -> history.find("uid-a").isPresent());

        history.away(true);
        observe(2, job("b", RUNNING));
        await().until(() -> history.refusals() > 0);
        history.lose("uid-a");
        history.away(false);

        await().until(() -> history.find("uid-a").isPresent());
    }

    @Test
    void aWorkspaceWhoseCredentialsCantBeReadWaitsAlone() {
        history.withoutCredentials(Set.of(WORKSPACE));
        present.put(3, job("a", RUNNING));
        present.put(5, ofOther(SUCCEEDED));
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        recorder.bindTo(meters);
        start();
        observe(1, job("a", QUEUED));
        observe(2, ofOther(QUEUED));
        observe(3, job("a", RUNNING));
        observe(4, ofOther(RUNNING));

        await().until(() -> history.written().size() == 2 && recorder.waiting() == 2);
        observe(5, ofOther(SUCCEEDED));
        await().until(() -> history.written().size() == 3);
        assertThat(written).extracting(Observation::version).containsExactly(2L, 4L, 5L);
        assertThat(recorder.workspacesWithoutCredentials()).isEqualTo(1);
        assertThat(meters.get("gateway.history.workspaces.without.credentials").gauge().value())
                .isEqualTo(1);

        history.withoutCredentials(Set.of());

        await().until(() -> recorder.waiting() == 0);
        assertThat(history.written())
                .extracting(Observation::version)
                .containsExactly(2L, 4L, 5L, 1L, 3L);
        assertThat(recorder.workspacesWithoutCredentials()).isZero();
    }

    @Test
    void aWorkspaceWhoseCredentialsCantBeReadHasABoundedBacklog() {
        history.withoutCredentials(Set.of(WORKSPACE));
        start();
        observe(1, job("first", RUNNING));
        await().until(() -> recorder.workspacesWithoutCredentials() == 1);
        for (int index = 0; index < 3000; index++) {
            Job held = job("held-" + index, RUNNING);
            present.put(10 + index, held);
            observe(10 + index, held);
        }
        assertThat(recorder.waiting()).isLessThanOrEqualTo(1000);
        observe(1, ofOther(QUEUED));
        observe(2, ofOther(RUNNING));
        // Its pod does not exist, so the recorder may find a removal too.
        await().until(() -> history.written().size() >= 2);

        history.withoutCredentials(Set.of());

        await().until(() -> history.live(WORKSPACE, "", 10_000).size() >= 3000);
    }

    @Test
    void aFewObservationsAreWrittenTogether() {
        JobRecorder.Pace slow =
                new JobRecorder.Pace(
                        Duration.ofHours(1),
                        Duration.ofMillis(10),
                        Duration.ofMillis(10),
                        Duration.ofMillis(10));
        present.put(1, job("a", QUEUED));
        try (JobRecorder other = new JobRecorder(history, CLOCK, slow, 1000)) {
            other.start(present, Set.of(), written::add);
            other.changed(1, job("a", QUEUED), origin());
            await().until(() -> written.size() == 1);

            for (int version = 2; version <= JobRecorder.BATCH; version++) {
                other.changed(version, job("a", RUNNING), origin());
            }
            await().until(() -> history.workspaceReads() > 5);
            assertThat(written).hasSize(1);

            other.changed(JobRecorder.BATCH + 1, job("a", SUCCEEDED), origin());
            await().until(() -> written.size() == JobRecorder.BATCH + 1);
            assertThat(history.batches()).containsExactly(1, JobRecorder.BATCH);

            other.changed(JobRecorder.BATCH + 2, job("a", SUCCEEDED), origin());
        }
        assertThat(written).hasSize(JobRecorder.BATCH + 2);
    }

    @Test
    void ofTooManyObservationsTheLastOfEachJobIsKept() {
        for (int version = 1; version <= 5000; version++) {
            observe(version, job("job-" + version % 10, version > 4900 ? SUCCEEDED : RUNNING));
        }
        assertThat(recorder.waiting()).isLessThanOrEqualTo(1000);

        start();

        await().until(() -> recorder.waiting() == 0 && history.find("uid-job-9").isPresent());
        for (int index = 0; index < 10; index++) {
            assertThat(stateOf("job-" + index)).isEqualTo(SUCCEEDED);
        }
    }

    @Test
    void removalsSurviveAFullBacklogAndExistingJobsAreCaughtUp() {
        for (int index = 0; index < 500; index++) {
            recorder.removed(index, job("removed-" + index, SUCCEEDED), origin());
        }
        for (int index = 0; index < 3000; index++) {
            Job live = job("live-" + index, RUNNING);
            present.put(1000 + index, live);
            observe(1000 + index, live);
        }
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        recorder.bindTo(meters);
        assertThat(meters.get("gateway.history.dropped").functionCounter().count()).isPositive();

        start();

        await().until(() -> history.live(WORKSPACE, "", 10_000).size() == 3000);
        for (int index = 0; index < 500; index++) {
            assertThat(history.find("uid-removed-" + index).orElseThrow().isLive()).isFalse();
        }
    }

    @Test
    void jobsWhosePodsWereRemovedMeanwhileAreFound() {
        history.write(
                List.of(
                        HistoryJobs.live(5, job("gone", RUNNING)),
                        HistoryJobs.live(6, job("ended", SUCCEEDED)),
                        HistoryJobs.live(
                                8, HistoryJobs.job("claimed", SUCCEEDED, Job.Source.API_SERVER)),
                        HistoryJobs.live(7, job("stays", RUNNING))));
        present.put(7, job("stays", RUNNING));

        start();

        await().until(() -> !history.find("uid-gone").orElseThrow().isLive());
        await().until(() -> !history.find("uid-ended").orElseThrow().isLive());
        assertThat(cancellation("gone")).isEqualTo(Cancellation.Stage.UNCONFIRMED);
        assertThat(cancellation("ended")).isEqualTo(Cancellation.Stage.CONFIRMED);
        await().until(() -> !history.find("uid-claimed").orElseThrow().isLive());
        assertThat(cancellation("claimed")).isEqualTo(Cancellation.Stage.UNCONFIRMED);
        assertThat(history.find("uid-stays").orElseThrow().isLive()).isTrue();
    }

    @Test
    void jobsAreCaughtUpWhileOthersChangeWithoutAPause() {
        AtomicLong version = new AtomicLong(10);
        history.write(List.of(HistoryJobs.live(5, job("gone", RUNNING))));
        JobRecorder.Pace often =
                new JobRecorder.Pace(
                        Duration.ZERO,
                        Duration.ofMillis(10),
                        Duration.ofMillis(20),
                        Duration.ofMinutes(1));

        try (JobRecorder busy = new JobRecorder(history, CLOCK, often, 1000)) {
            Runnable next =
                    () -> busy.changed(version.incrementAndGet(), job("busy", RUNNING), origin());
            busy.start(
                    present,
                    Set.of(WORKSPACE),
                    _ -> {
                        if (isLive("gone") && version.get() < 200_000) {
                            next.run();
                        }
                    });
            next.run();

            await().until(() -> !isLive("gone"));
        }
        assertThat(version.get()).isLessThan(200_000);
    }

    private boolean isLive(String name) {
        return history.find("uid-" + name).orElseThrow().isLive();
    }

    @Test
    void jobsThatWereRemovedBetweenTwoWatchesAreFound() {
        Set<String> sought = ConcurrentHashMap.newKeySet();
        Job stays = job("stays", RUNNING);
        Job gone = job("gone", RUNNING);
        present.put(5, stays);
        present.put(6, gone);
        present.lookup = sought::add;
        history.write(List.of(HistoryJobs.live(5, stays), HistoryJobs.live(6, gone)));
        start();
        await().until(() -> sought.contains("uid-stays"));

        present.jobs.remove("uid-gone");
        present.restarts.incrementAndGet();

        await().until(() -> !isLive("gone"));
        assertThat(isLive("stays")).isTrue();
    }

    @Test
    void jobsThatAreMissingInAWatchThatWasClosedMeanwhileStay() {
        Job stays = job("stays", RUNNING);
        AtomicInteger lookups = new AtomicInteger();
        present.put(5, stays);
        present.lookup =
                _ -> {
                    if (lookups.incrementAndGet() == 1) {
                        present.jobs.remove("uid-stays");
                        present.restarts.incrementAndGet();
                    } else {
                        present.put(5, stays);
                    }
                };
        history.write(List.of(HistoryJobs.live(5, stays)));

        start();

        await().until(() -> lookups.get() > 1);
        assertThat(isLive("stays")).isTrue();
    }

    /// The writer finds that the job is missing just when the watch reports its removal.
    @Test
    void aRemovalThatIsObservedIsNotTakenForOneThatNobodySaw() {
        Cancellation seen =
                new Cancellation(
                        Cancellation.Stage.CONFIRMED,
                        HistoryJobs.NOW,
                        Job.Source.JOB_RECORD,
                        "The job's record says so.");
        history.write(List.of(HistoryJobs.live(5, job("gone", RUNNING))));
        present.lookup =
                _ -> recorder.removed(6, job("gone", RUNNING).withCancellation(seen), origin());

        start();

        await().until(() -> !history.find("uid-gone").orElseThrow().isLive());
        assertThat(history.find("uid-gone").orElseThrow().job().cancellation()).contains(seen);
    }

    private Cancellation.Stage cancellation(String name) {
        return history.find("uid-" + name).orElseThrow().job().cancellationStage().orElseThrow();
    }

    /// Another replica has seen the job's creation, which this one's watch has not reached.
    @Test
    void aJobThatIsNewerThanTheWatchIsNotTakenForRemoved() {
        present.reached = 10;
        history.write(
                List.of(
                        HistoryJobs.live(11, job("newer", RUNNING)),
                        HistoryJobs.live(9, job("older", RUNNING))));

        start();

        await().until(() -> !history.find("uid-older").orElseThrow().isLive());
        assertThat(history.find("uid-newer").orElseThrow().isLive()).isTrue();
    }

    @Test
    void theWorkspacesOfKnownJobsAreWatchedFromTheStart() {
        history.write(List.of(HistoryJobs.live(5, job("known", RUNNING))));

        recorder.start(present, Set.of(), written::add);

        await().until(() -> present.recorded.contains(WORKSPACE));
    }

    @Test
    void aWorkspaceThatAnotherReplicaRecordsLaterIsWatchedToo() {
        recorder.start(present, Set.of(), written::add);
        await().until(() -> history.workspaceReads() > 0);

        history.write(List.of(HistoryJobs.live(5, job("of-another-replica", RUNNING))));

        await().until(() -> present.recorded.contains(WORKSPACE));
    }

    @Test
    void oneObservationThatCannotBeWrittenDoesNotHoldUpTheOthers() {
        FakeHistory damaged = new FakeHistory(CLOCK);
        JobHistory refusing = new RefusingHistory(damaged, "uid-bad");
        List<Observation> kept = new ArrayList<>();
        try (JobRecorder other = new JobRecorder(refusing, CLOCK, PACE, 1000)) {
            other.changed(1, job("a", RUNNING), origin());
            other.changed(2, job("bad", RUNNING), origin());
            other.changed(3, job("b", RUNNING), origin());
            other.start(present, Set.of(), kept::add);

            await().until(() -> damaged.find("uid-b").isPresent());
            assertThat(damaged.find("uid-a")).isPresent();
        }
    }

    @Test
    void whatIsKnownIsWrittenWhenTheGatewayStops() {
        for (int version = 1; version <= 900; version++) {
            observe(version, job("job-" + version, RUNNING));
        }
        start();

        recorder.close();

        assertThat(history.written()).hasSize(900);
    }

    @Test
    void aGatewayWithoutItsDatabaseStops() {
        history.away(true);
        start();
        observe(1, job("a", RUNNING));

        recorder.close();

        assertThat(history.written()).isEmpty();
    }
}
