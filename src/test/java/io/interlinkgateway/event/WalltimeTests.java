package io.interlinkgateway.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.job.Cancellation;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.Workspace;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Marks before the end of the time limits of running jobs, with a clock that the tests move.
class WalltimeTests {

    private static final Instant START = Instant.parse("2026-11-28T12:00:00Z");
    private static final List<Duration> MARKS = List.of(minutes(10), minutes(1));
    private static final Workspace WORKSPACE = new Workspace("default");

    private Instant now = START;
    private final InstantSource clock = () -> now;
    private final Map<JobName, Job> jobs = new HashMap<>();
    private final NavigableMap<Instant, Runnable> alarms = new TreeMap<>();
    private long version = 100;
    private int rings;
    private JobFeed feed = replica();

    /// A replica of the gateway that has just started.
    private JobFeed replica() {
        alarms.clear();
        WalltimeMarks marks =
                new WalltimeMarks(
                        MARKS,
                        name -> Optional.ofNullable(jobs.get(name)),
                        clock.withZone(ZoneOffset.UTC),
                        this::alarm);
        jobs.values().forEach(marks::update);
        return new JobFeed(version, Long::toString, marks);
    }

    private Runnable alarm(Instant time, Runnable action) {
        alarms.put(time, action);
        return () -> alarms.remove(time, action);
    }

    /// Moves the clock, and rings the alarms until then.
    private void moveTo(Duration sinceStart) {
        Instant end = START.plus(sinceStart);
        while (!alarms.isEmpty() && !alarms.firstKey().isAfter(end)) {
            Map.Entry<Instant, Runnable> alarm = alarms.pollFirstEntry();
            now = alarm.getKey().isAfter(now) ? alarm.getKey() : now;
            rings++;
            alarm.getValue().run();
        }
        now = end;
    }

    @Test
    void eachMarkIsSentOnceWhenItPasses() throws Exception {
        try (JobEvents.Subscription stream = follow()) {
            run("train", START, minutes(30));
            moveTo(minutes(20).minusSeconds(1));
            assertThat(walltimes(stream)).isEmpty();

            moveTo(minutes(20));
            assertThat(walltimes(stream)).containsExactly("train PT10M");
            moveTo(minutes(29));
            assertThat(walltimes(stream)).containsExactly("train PT1M");
            moveTo(minutes(90));
            assertThat(walltimes(stream)).isEmpty();
        }
    }

    @Test
    void theEventHasTheRunningJobWithoutItsDefinition() throws Exception {
        try (JobEvents.Subscription stream = follow()) {
            Job job = run("train", START, minutes(30));
            moveTo(minutes(20));

            assertThat(events(stream).getLast())
                    .isEqualTo(
                            new JobEvent.Walltime(
                                    "101@" + START.plus(minutes(20)).getEpochSecond(),
                                    job,
                                    minutes(10)));
        }
    }

    @Test
    void aMarkThatIsNotShorterThanTheTimeLimitIsNotSent() throws Exception {
        try (JobEvents.Subscription stream = follow()) {
            run("short", START, minutes(10));
            run("shorter", START, minutes(1));
            moveTo(minutes(30));

            assertThat(walltimes(stream)).containsExactly("short PT1M");
        }
    }

    @Test
    void noMarkIsSentForAJobThatEndedOrWasDeleted() throws Exception {
        try (JobEvents.Subscription stream = follow()) {
            run("ends", START, minutes(30));
            report(job("ends", new JobState.Succeeded(Optional.empty(), Optional.empty())));
            Job deleted = run("deleted", START, minutes(30));
            jobs.remove(deleted.name());
            feed.deleted(
                    new JobFeed.Deletion(
                            ++version,
                            deleted.name(),
                            deleted.uid(),
                            deleted.node(),
                            deleted.labels(),
                            new Cancellation(
                                    Cancellation.Stage.UNCONFIRMED,
                                    START,
                                    Job.Source.API_SERVER,
                                    "The job's pod was removed.")));
            moveTo(minutes(30));

            assertThat(walltimes(stream)).isEmpty();
        }
    }

    @Test
    void onlyJobsThatMatchTheFilterAreSent() throws Exception {
        JobFilter filter =
                new JobFilter(
                        WORKSPACE,
                        Optional.of(new JobName("one")),
                        Set.of(),
                        Optional.empty(),
                        Map.of());
        run("one", START, minutes(30));
        run("two", START, minutes(30));
        moveTo(minutes(20));
        try (JobEvents.Subscription stream = feed.follow(filter)) {
            assertThat(walltimes(stream)).containsExactly("one PT10M");
            moveTo(minutes(29));
            assertThat(walltimes(stream)).containsExactly("one PT1M");
        }
    }

    @Test
    void aStreamThatStartsLaterReceivesTheLastMarkThatPassed() throws Exception {
        run("train", START, minutes(30));
        moveTo(minutes(25));
        try (JobEvents.Subscription stream = follow()) {
            assertThat(walltimes(stream)).containsExactly("train PT10M");
        }

        moveTo(minutes(29).plusSeconds(30));
        try (JobEvents.Subscription stream = follow()) {
            assertThat(walltimes(stream)).containsExactly("train PT1M");
        }

        moveTo(minutes(31));
        try (JobEvents.Subscription stream = follow()) {
            assertThat(walltimes(stream)).isEmpty();
        }
    }

    @Test
    void aClientThatReconnectsReceivesTheMarksThatPassedMeanwhileOnce() throws Exception {
        run("train", START, minutes(30));
        String position;
        try (JobEvents.Subscription stream = follow()) {
            assertThat(walltimes(stream)).isEmpty();
            position = stream.position();
        }
        moveTo(minutes(29));

        try (JobEvents.Subscription stream = resume(position)) {
            assertThat(walltimes(stream)).containsExactly("train PT10M", "train PT1M");
            position = stream.position();
        }
        try (JobEvents.Subscription stream = resume(position)) {
            assertThat(walltimes(stream)).isEmpty();
        }
    }

    @Test
    void aClientCanReconnectAfterEachMark() throws Exception {
        for (int job = 0; job < 5; job++) {
            run("train" + job, START.plusSeconds(job), minutes(30));
        }
        List<JobEvent> all;
        try (JobEvents.Subscription stream = follow()) {
            moveTo(minutes(40));
            all = events(stream);
        }

        assertThat(all).hasSize(10);
        for (JobEvent event : all) {
            try (JobEvents.Subscription stream = resume(event.position())) {
                assertThat(events(stream).stream().map(WalltimeTests::text))
                        .containsExactlyElementsOf(
                                all.stream()
                                        .skip(all.indexOf(event) + 1L)
                                        .map(WalltimeTests::text)
                                        .toList());
            }
        }
    }

    /// Several marks in one second have no order in the positions, so some are sent twice rather than never.
    @Test
    void noMarkOfTheSameSecondIsMissed() throws Exception {
        run("one", START, minutes(30));
        run("two", START, minutes(30));
        List<JobEvent> all;
        try (JobEvents.Subscription stream = follow()) {
            moveTo(minutes(20));
            all = events(stream);
        }

        try (JobEvents.Subscription stream = resume(all.getFirst().position())) {
            assertThat(walltimes(stream)).contains(text(all.getLast()));
        }
        try (JobEvents.Subscription stream = resume(all.getLast().position())) {
            assertThat(walltimes(stream)).isEmpty();
        }
    }

    @Test
    void anotherReplicaContinuesAfterTheSameMark() throws Exception {
        run("train", START, minutes(30));
        String position;
        try (JobEvents.Subscription stream = follow()) {
            moveTo(minutes(20));
            assertThat(walltimes(stream)).containsExactly("train PT10M");
            position = stream.position();
        }
        moveTo(minutes(21));
        feed = replica();

        try (JobEvents.Subscription stream = resume(position)) {
            assertThat(walltimes(stream)).isEmpty();
            moveTo(minutes(29));
            assertThat(walltimes(stream)).containsExactly("train PT1M");
        }
    }

    /// The clocks of replicas differ a little.
    @Test
    void aMarkThatAReplicaSentBeforeIsNotSentAgainByASlowerClock() throws Exception {
        run("train", START, minutes(30));
        moveTo(minutes(20).minusSeconds(5));
        String position = "101@" + START.plus(minutes(20)).getEpochSecond();

        try (JobEvents.Subscription stream = resume(position)) {
            moveTo(minutes(25));
            assertThat(walltimes(stream)).isEmpty();
        }
    }

    @Test
    void aJobThatIsKnownToRunLateHasItsLastMarkAtOnce() throws Exception {
        try (JobEvents.Subscription stream = follow()) {
            moveTo(minutes(25));
            run("train", START, minutes(30));
            run("ending", START.minus(minutes(5)).plusSeconds(30), minutes(30));
            run("over", START.minus(minutes(6)), minutes(30));
            moveTo(minutes(25).plusSeconds(1));
            assertThat(walltimes(stream)).containsExactlyInAnyOrder("train PT10M", "ending PT1M");
            moveTo(minutes(29));
            assertThat(walltimes(stream)).containsExactly("train PT1M");
        }
    }

    @Test
    void aSubscriberThatComesMeanwhileReceivesALateMarkOnce() throws Exception {
        moveTo(minutes(25));
        run("train", START, minutes(30));
        try (JobEvents.Subscription stream = follow()) {
            moveTo(minutes(26));

            assertThat(walltimes(stream)).containsExactly("train PT10M");
        }
    }

    @Test
    void aSubscriberThatWasAwayReceivesALateMark() throws Exception {
        moveTo(minutes(25));
        String position;
        try (JobEvents.Subscription stream = follow()) {
            assertThat(walltimes(stream)).isEmpty();
            position = stream.position();
        }
        run("train", START, minutes(30));
        moveTo(minutes(25).plusSeconds(3));

        try (JobEvents.Subscription stream = resume(position)) {
            assertThat(walltimes(stream)).containsExactly("train PT10M");
            position = stream.position();
        }
        try (JobEvents.Subscription stream = resume(position)) {
            assertThat(walltimes(stream)).isEmpty();
        }
    }

    @Test
    void theMarksMoveWithTheEndOfTheJob() throws Exception {
        try (JobEvents.Subscription stream = follow()) {
            run("train", START, minutes(30));
            run("train", START.minusSeconds(40), minutes(30));
            moveTo(minutes(20).minusSeconds(40));
            assertThat(walltimes(stream)).containsExactly("train PT10M");
            moveTo(minutes(20));
            assertThat(walltimes(stream)).isEmpty();
        }
    }

    @Test
    void aJobWithTheSameStateAgainHasNoSecondMark() throws Exception {
        try (JobEvents.Subscription stream = follow()) {
            Job job = run("train", START, minutes(30));
            moveTo(minutes(20));
            report(job);
            feed.changedWithoutVersion(job);
            moveTo(minutes(25));

            assertThat(walltimes(stream)).containsExactly("train PT10M");
        }
    }

    @Test
    void aMarkThatPassedWhileTheStateWasUnknownIsSentWhenTheJobRunsAgain() throws Exception {
        try (JobEvents.Subscription stream = follow()) {
            Job job = run("train", START, minutes(30));
            report(job("train", new JobState.Starting()));
            moveTo(minutes(21));
            assertThat(walltimes(stream)).isEmpty();

            report(job);
            moveTo(minutes(22));
            assertThat(walltimes(stream)).containsExactly("train PT10M");
        }
    }

    @Test
    void thousandsOfJobsNeedOneAlarmForEachSecondWithMarks() throws Exception {
        try (JobEvents.Subscription stream = follow()) {
            for (int job = 0; job < 10_000; job++) {
                Job running = running("job-" + job, START.plusSeconds(job % 4), minutes(60));
                jobs.put(running.name(), running);
                feed.changedWithoutVersion(running);
                if (job % 500 == 0) {
                    events(stream);
                }
            }
            events(stream);
            assertThat(alarms).hasSize(1);
            moveTo(minutes(120));
        }
        assertThat(rings).isEqualTo(8);
    }

    @Test
    void aClosedFeedSetsNoAlarm() {
        run("train", START, minutes(30));
        assertThat(alarms).hasSize(1);

        feed.close();

        assertThat(alarms).isEmpty();
        run("other", START, minutes(30));
        assertThat(alarms).isEmpty();
    }

    private static Duration minutes(long count) {
        return Duration.ofMinutes(count);
    }

    private Job run(String name, Instant since, Duration limit) {
        Job job = running(name, since, limit);
        report(job);
        return job;
    }

    private void report(Job job) {
        jobs.put(job.name(), job);
        feed.changed(++version, job);
    }

    private static Job running(String name, Instant since, Duration limit) {
        JobState.Moment start = new JobState.Moment(since, JobState.Precision.SECOND);
        return job(name, new JobState.Running(Optional.of(start)), limit);
    }

    private static Job job(String name, JobState state) {
        return job(name, state, minutes(30));
    }

    private static Job job(String name, JobState state, Duration limit) {
        return new Job(
                new JobName(name),
                WORKSPACE,
                "uid-of-" + name,
                Optional.empty(),
                state,
                new Job.Evidence(Job.Source.JOB_RECORD, START, true),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.of(limit),
                Optional.empty(),
                START,
                "gateway",
                Optional.empty(),
                Map.of(),
                Optional.empty());
    }

    private JobEvents.Subscription follow() {
        return feed.follow(all());
    }

    private JobEvents.Subscription resume(String text) {
        FeedPosition position = FeedPosition.parse(text);
        return feed.resume(
                        all(),
                        Long.parseLong(position.changes()),
                        position.marks(),
                        Long::toString,
                        Stream::empty)
                .orElseThrow();
    }

    private static JobFilter all() {
        return new JobFilter(WORKSPACE, Optional.empty(), Set.of(), Optional.empty(), Map.of());
    }

    /// Returns what has been sent, except states.
    private static List<JobEvent> events(JobEvents.Subscription stream)
            throws InterruptedException {
        List<JobEvent> events = new ArrayList<>();
        for (Optional<JobEvent> event = stream.next(Duration.ZERO);
                event.isPresent();
                event = stream.next(Duration.ZERO)) {
            if (!(event.get() instanceof JobEvent.Changed)
                    && !(event.get() instanceof JobEvent.Deleted)) {
                events.add(event.get());
            }
        }
        return events;
    }

    private static List<String> walltimes(JobEvents.Subscription stream)
            throws InterruptedException {
        return events(stream).stream().map(WalltimeTests::text).toList();
    }

    private static String text(JobEvent event) {
        return event instanceof JobEvent.Walltime walltime
                ? walltime.job().name() + " " + walltime.mark()
                : event.toString();
    }
}
