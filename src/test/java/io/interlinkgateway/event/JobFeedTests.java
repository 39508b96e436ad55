package io.interlinkgateway.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.job.Cancellation;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.status.PodReading;
import io.interlinkgateway.status.RecordedCase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What followers of a feed get. The order of changes in the feed is that of the versions, from 10 on.
class JobFeedTests {

    private static final Duration NOW = Duration.ZERO;
    private static final Job JOB =
            PodReading.jobFrom(RecordedCase.of("succeeds").last(), Instant.EPOCH);
    private static final JobFilter ALL = filter(Set.of(), Map.of());

    private final JobFeed feed =
            new JobFeed(
                    10,
                    version -> "v" + version,
                    WalltimeTimers.withoutMarks().of(_ -> Optional.empty()));

    private static JobFilter filter(Set<JobPhase> phases, Map<String, String> labels) {
        return new JobFilter(JOB.workspace(), Optional.empty(), phases, Optional.empty(), labels);
    }

    private static JobFeed.Deletion deletion(long version) {
        return new JobFeed.Deletion(
                version,
                new JobName("gone-" + version),
                "uid",
                Optional.empty(),
                Map.of(),
                new Cancellation(
                        Cancellation.Stage.CONFIRMED,
                        Instant.EPOCH,
                        Job.Source.JOB_RECORD,
                        "The job ended."));
    }

    private static String changes(String position) {
        return FeedPosition.parse(position).changes();
    }

    private Optional<JobEvents.Subscription> resume(long after) {
        return resume(after, Stream::empty);
    }

    private Optional<JobEvents.Subscription> resume(
            long after, Supplier<Stream<JobFeed.Present>> present) {
        return feed.resume(ALL, after, Optional.empty(), version -> "v" + version, present);
    }

    private static List<String> events(JobEvents.Subscription subscription)
            throws InterruptedException {
        List<String> events = new ArrayList<>();
        for (Optional<JobEvent> event = subscription.next(NOW);
                event.isPresent();
                event = subscription.next(NOW)) {
            events.add(
                    event.get().getClass().getSimpleName() + " " + changes(event.get().position()));
        }
        return events;
    }

    @Test
    void aChangeIsForThoseWhoseFilterItMatches() throws Exception {
        try (JobEvents.Subscription all = feed.follow(ALL);
                JobEvents.Subscription failed =
                        feed.follow(filter(Set.of(JobPhase.FAILED), Map.of()))) {
            feed.changed(11, JOB);

            assertThat(events(all)).containsExactly("Changed v11");
            assertThat(events(failed)).isEmpty();
            assertThat(changes(failed.position())).isEqualTo("v11");
        }
    }

    @Test
    void anEndIsForThoseWhoFollowTheJobInAnyState() throws Exception {
        try (JobEvents.Subscription failed =
                        feed.follow(filter(Set.of(JobPhase.FAILED), Map.of()));
                JobEvents.Subscription labelled =
                        feed.follow(filter(Set.of(), Map.of("team", "x")))) {
            feed.deleted(deletion(11));

            assertThat(events(failed)).containsExactly("Deleted v11");
            assertThat(events(labelled)).isEmpty();
        }
    }

    @Test
    void eventsCarryNoDefinition() throws Exception {
        try (JobEvents.Subscription all = feed.follow(ALL)) {
            feed.changed(11, JOB);

            assertThat(all.next(NOW))
                    .hasValueSatisfying(event ->
                            assertThat(((JobEvent.Changed) event).job().definition()).isEmpty());
        }
    }

    @Test
    void aChangeWithoutVersionHasTheReachedPosition() throws Exception {
        feed.reached(15);
        try (JobEvents.Subscription all = feed.follow(ALL)) {
            feed.changedWithoutVersion(JOB);

            assertThat(events(all)).containsExactly("Changed v15");
        }
    }

    @Test
    void deletionsAreStoredForFollowersThatResume() throws Exception {
        feed.deleted(deletion(11));
        feed.deleted(deletion(12));

        try (JobEvents.Subscription back = resume(11).orElseThrow()) {
            assertThat(events(back)).containsExactly("Deleted v12");
        }
    }

    @Test
    void aFollowerThatResumesBetweenMissingJobsReceivesTheOthers() throws Exception {
        try (JobEvents.Subscription all = feed.follow(ALL)) {
            feed.missing(deletion(20));
            feed.missing(deletion(20));
            feed.changed(20, JOB);

            assertThat(events(all)).containsExactly("Deleted v10", "Deleted v10", "Changed v20");
        }
        JobFeed.Present present = new JobFeed.Present(20, false, () -> Optional.of(JOB));
        try (JobEvents.Subscription back = resume(10, () -> Stream.of(present)).orElseThrow()) {
            assertThat(events(back)).containsExactly("Deleted v10", "Deleted v10", "Changed v20");
        }
    }

    @Test
    void aFollowerCanNotResumeBeforeTheOldestStoredDeletion() throws Exception {
        LongStream.rangeClosed(11, 10_011).mapToObj(JobFeedTests::deletion).forEach(feed::deleted);

        assertThat(feed.deletionsSince()).isEqualTo(11);
        assertThat(resume(10)).isEmpty();
        try (JobEvents.Subscription back = resume(11).orElseThrow()) {
            assertThat(events(back)).hasSize(10_000).startsWith("Deleted v12");
        }
    }

    @Test
    void deletionsFromBeforeTheFeedAreStoredInOrder() throws Exception {
        feed.deleted(deletion(11));
        feed.remember(5, List.of(deletion(6), deletion(8)));

        assertThat(resume(4)).isEmpty();
        try (JobEvents.Subscription back = resume(5).orElseThrow()) {
            assertThat(events(back)).containsExactly("Deleted v6", "Deleted v8", "Deleted v11");
        }
    }

    @Test
    void aJobThatIsDeletedBeforeItsDeliveryIsOmitted() throws Exception {
        feed.reached(20);
        Stream<JobFeed.Present> present =
                Stream.of(
                        new JobFeed.Present(12, false, Optional::empty),
                        new JobFeed.Present(13, false, () -> Optional.of(JOB)));

        try (JobEvents.Subscription back = resume(11, () -> present).orElseThrow()) {
            assertThat(events(back)).containsExactly("Changed v13");
            assertThat(changes(back.position())).isEqualTo("v20");
        }
    }

    /// The job was stored after the follower had looked for existing jobs.
    @Test
    void aChangeIsDeliveredToAFollowerThatResumesMeanwhile() throws Exception {
        Thread change =
                Thread.ofPlatform().unstarted(() -> feed.stored(11, () -> Optional.of(JOB)));
        Supplier<Stream<JobFeed.Present>> present =
                () -> {
                    change.start();
                    await().until(() -> change.getState() == Thread.State.BLOCKED);
                    return Stream.empty();
                };

        try (JobEvents.Subscription back = resume(10, present).orElseThrow()) {
            change.join();

            assertThat(events(back)).containsExactly("Changed v11");
        }
    }

    @Test
    void aResetComesFirst() throws Exception {
        try (JobEvents.Subscription back = feed.reset(ALL)) {
            feed.changed(11, JOB);

            assertThat(events(back)).containsExactly("Reset v10", "Changed v11");
        }
    }

    @Test
    void aDisconnectedFollowerReceivesQueuedEventsAndThenTheEnd() throws Exception {
        try (JobEvents.Subscription all = feed.follow(ALL)) {
            feed.changed(11, JOB);
            all.end();
            feed.changed(12, JOB);

            assertThat(events(all)).containsExactly("Changed v11", "Ended v11");
        }
    }

    @Test
    void aClosedFeedEndsNewSubscriptions() throws Exception {
        try (JobEvents.Subscription before = feed.follow(ALL)) {
            feed.close();

            assertThat(events(before)).containsExactly("Ended v10");
        }
        try (JobEvents.Subscription after = feed.follow(ALL)) {
            assertThat(events(after)).containsExactly("Ended v10");
        }
    }

    @Test
    void aFeedReportsWhetherItHasFollowers() {
        assertThat(feed.followed()).isFalse();
        try (JobEvents.Subscription _ = feed.follow(ALL)) {
            assertThat(feed.followed()).isTrue();
        }
        assertThat(feed.followed()).isFalse();
    }
}
