package io.interlinkgateway.cluster.watch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.contract.ObservedJobs;
import io.interlinkgateway.event.FeedPosition;
import io.interlinkgateway.event.JobEvent;
import io.interlinkgateway.event.JobEvents;
import io.interlinkgateway.event.JobFeed;
import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.event.WalltimeTimers;
import io.interlinkgateway.job.Cancellation;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.HpcJob.State;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.record.JobRecord;
import io.interlinkgateway.slurm.TestHpcJobs;
import io.interlinkgateway.status.ClusterFacts;
import io.interlinkgateway.status.PodReading;
import io.interlinkgateway.status.RecordNeed;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.json.JsonMapper;

/// The possible reports of a watch in their possible orders, which no real API server produces on demand.
@Execution(ExecutionMode.CONCURRENT)
class WatchedPodsTests {

    private static final Duration NOW = Duration.ZERO;
    private static final JobFilter ALL =
            new JobFilter(
                    new Workspace("default"),
                    Optional.empty(),
                    Set.of(),
                    Optional.empty(),
                    Map.of());
    private static final Pod RECORDED = recorded();

    private final TestHpcJobs hpcs = new TestHpcJobs();
    private final List<String> submitting = new ArrayList<>();
    private final StateLag lag =
            new StateLag(Clock.fixed(Instant.EPOCH.plusSeconds(3), ZoneOffset.UTC));
    private final List<String> settled = new ArrayList<>();
    private final Removals removals = new Removals();
    private final ObservedJobs observed = new ObservedJobs();

    /// The jobs that were found when their removal was reported.
    private final List<JobName> foundAtRemoval = new ArrayList<>();

    private final WatchedPods pods =
            new WatchedPods(new Reader(), new Changes(), WalltimeTimers.withoutMarks());

    private Runnable afterReading = () -> {};

    private final class Reader implements PodReader {

        @Override
        public boolean isJob(Pod pod) {
            return PodReading.isJob(pod, _ -> false);
        }

        @Override
        public Job read(Pod pod) {
            Job job = PodReading.jobFrom(pod, facts(pod));
            afterReading.run();
            return job;
        }

        @Override
        public Job readRemoved(Pod pod) {
            return PodReading.removedJobFrom(pod, facts(pod));
        }

        @Override
        public Job readMissed(Pod pod) {
            return PodReading.missedJobFrom(pod, facts(pod));
        }
    }

    private final class Changes implements PodChanges {

        @Override
        public void submitting(Job job) {
            submitting.add(job.uid());
        }

        @Override
        public void endReportedBySlurm(Job job) {
            lag.reported(job);
        }

        @Override
        public void settled(String uid) {
            settled.add(uid);
        }

        @Override
        public void changed(long version, Job job, Supplier<JobObserver.Origin> origin) {
            observed.changed(version, job, origin);
        }

        @Override
        public void removed(long version, Job job, Supplier<JobObserver.Origin> origin) {
            removals.add(job);
            observed.removed(version, job, origin);
            pods.find(job.name())
                    .filter(entry -> entry.uid().equals(job.uid()))
                    .ifPresent(entry -> foundAtRemoval.add(entry.name()));
        }

        @Override
        public void endConfirmed(long version, Job job, Supplier<JobObserver.Origin> origin) {
            observed.removed(version, job, origin);
        }
    }

    private ClusterFacts facts(Pod pod) {
        return new ClusterFacts(
                Instant.EPOCH,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                hpcs.find(new NodeName("any"), pod.getMetadata().getUid(), Optional.empty()));
    }

    private static Pod recorded() {
        return Serialization.unmarshal(
                new JsonMapper()
                        .readTree(Path.of("src/test/resources/recordings/succeeds.json"))
                        .required("transitions")
                        .required(0)
                        .required("pod")
                        .toString(),
                Pod.class);
    }

    private static Pod pod(String name, long version) {
        return pod(name, "uid-of-" + name, version);
    }

    private static Pod pod(String name, String uid, long version) {
        return new PodBuilder(RECORDED)
                .editMetadata()
                .withName(name)
                .withUid(uid)
                .withResourceVersion(Long.toString(version))
                .addToAnnotations("JobID", Long.toString(version))
                .endMetadata()
                .build();
    }

    private void list(long version, Pod... listed) {
        pods.listStarted();
        pods.listed(List.of(listed));
        pods.listEnded(version);
    }

    @Test
    void aPodIsReadBackAsItWasButForItsManagedFields() {
        Pod pod = pod("a", 5);
        list(10, pod("first", 4), pod);

        WatchedPods.Entry entry = pods.find(new JobName("a")).orElseThrow();

        assertThat(pods.job(entry)).isEqualTo(PodReading.jobFrom(pod, Instant.EPOCH));
        assertThat(pods.pod(entry).getSpec()).isEqualTo(pod.getSpec());
        assertThat(pods.pod(entry).getStatus()).isEqualTo(pod.getStatus());
        assertThat(PodReading.managerOf(pods.pod(entry).getMetadata()))
                .isEqualTo(PodReading.managerOf(pod.getMetadata()));
    }

    @Test
    void deletionsAndChangesOfANewListAreReportedInOrder() throws Exception {
        list(10, pod("a", 1), pod("b", 2), pod("c", 3), pod("d", 4));
        try (JobEvents.Subscription subscription = feed().follow(ALL)) {
            list(20, pod("a", 15), pod("b", 2), pod("c", 12));

            assertThat(events(subscription))
                    .containsExactly("deleted d at 10", "changed c at 12", "changed a at 15");
        }
        assertThat(pods.after("").map(entry -> entry.name().value()))
                .containsExactly("a", "b", "c");
    }

    /// The virtual kubelet updates statuses with its own copy of the annotations (found with its library 1.14.1).
    @Test
    void aRecordThatAStatusUpdateRemovesIsKeptAndRestored() throws Exception {
        JobRecord record = new JobRecord.Started(Optional.of(Instant.EPOCH));
        Pod recorded = PodReading.withRecord(bound("a", "first", 5), record);
        list(10, recorded);
        try (JobEvents.Subscription subscription = feed().follow(ALL)) {
            pods.changed(
                    new PodBuilder(bound("a", "first", 5))
                            .editMetadata()
                            .withResourceVersion("11")
                            .endMetadata()
                            .build());

            assertThat(events(subscription)).isEmpty();
            assertThat(pods.find(new JobName("a")).map(pods::job).map(Job::state))
                    .contains(PodReading.jobFrom(recorded, Instant.EPOCH).state());
            assertThat(pods.takeLostRecords())
                    .singleElement()
                    .satisfies(pod -> {
                        assertThat(PodReading.recordOf(pod)).contains(record);
                        assertThat(pod.getMetadata().getResourceVersion()).isEqualTo("11");
                    });
            assertThat(pods.takeLostRecords()).isEmpty();
            assertThat(PodReading.recordOf(pods.withKnownRecord(bound("a", "first", 5))))
                    .contains(record);

            pods.changed(bound("a", "second", 12));

            assertThat(PodReading.recordOf(pods.pod(pods.find(new JobName("a")).orElseThrow())))
                    .as("another pod's record is not its own")
                    .isEmpty();
        }
    }

    @Test
    void aRemovedJobIsRememberedUntilTheEndOfAnotherOneOfItsNameIsConfirmed() throws Exception {
        JobName name = new JobName("a");
        list(10, bound("a", "first", 5));
        try (JobEvents.Subscription subscription = feed().follow(ALL)) {
            assertThat(pods.unconfirmed(name).map(Job::uid))
                    .as("when the API server no longer has it and the watch still does")
                    .contains("first");

            pods.deleted(bound("a", "first", 11));

            assertThat(counted("UNCONFIRMED")).isOne();
            assertThat(pods.unconfirmed(name).map(Job::uid)).contains("first");
            assertThat(subscription.next(NOW))
                    .get()
                    .isInstanceOfSatisfying(
                            JobEvent.Deleted.class,
                            event ->
                                    assertThat(event.cancellation().stage())
                                            .isEqualTo(Cancellation.Stage.UNCONFIRMED));
            pods.changed(unscheduled("a", "second", 12));
            pods.deleted(unscheduled("a", "second", 13));
            assertThat(pods.unconfirmed(name)).isEmpty();
            assertThat(counted("CONFIRMED")).isOne();
        }
    }

    /// Many jobs, so that the change comes while the follower's missed changes are collected.
    @Test
    void aFollowerThatResumesMissesNoChangeThatIsReportedMeanwhile() throws Exception {
        list(10, IntStream.range(0, 2000).mapToObj(i -> pod("job-" + i, 1)).toArray(Pod[]::new));
        try (ExecutorService watch = Executors.newSingleThreadExecutor()) {
            for (long version = 11; version < 211; version += 2) {
                Pod pod = pod("first", "uid-" + version, version);
                FollowerPosition after = new FollowerPosition(version - 1, Set.of());
                Future<?> change = watch.submit(() -> pods.changed(pod));
                try (JobEvents.Subscription subscription =
                        pods.resume(feed(), ALL, after, Optional.empty()).orElseThrow()) {
                    change.get();

                    assertThat(events(subscription)).contains("changed first at " + version);
                }
                pods.deleted(pod("first", "uid-" + version, version + 1));
            }
        }
    }

    @Test
    void aFollowerThatResumesBetweenTwoPagesOfAListReceivesTheChangesOfBoth() throws Exception {
        list(10, pod("a", 1), pod("b", 2), pod("c", 3));
        pods.changed(pod("b", 11));
        pods.listStarted();
        pods.listed(List.of(pod("b", 15), pod("d", 16)));
        FollowerPosition after = new FollowerPosition(10, Set.of());
        try (JobEvents.Subscription subscription =
                pods.resume(feed(), ALL, after, Optional.empty()).orElseThrow()) {
            pods.listed(List.of(pod("a", 12), pod("c", 3)));
            pods.listEnded(20);

            assertThat(events(subscription))
                    .containsExactly(
                            "changed b at 11",
                            "changed a at 12",
                            "changed b at 15",
                            "changed d at 16");
        }
    }

    /// Else what looks for removals that nobody saw would find it.
    @Test
    void aRemovalIsReportedBeforeTheJobIsMissing() {
        list(10, pod("a", 1), pod("b", 2), pod("c", 3));

        pods.deleted(pod("a", 11));
        list(20, pod("c", 3));

        assertThat(foundAtRemoval).containsExactly(new JobName("a"), new JobName("b"));
        assertThat(pods.after("").map(entry -> entry.name().value())).containsExactly("c");
    }

    private double counted(String stage) {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        removals.bindTo(meters);
        return meters.get("gateway.removals").tag("cancellation", stage).functionCounter().count();
    }

    @Test
    void theLastThousandUnconfirmedDeletionsAreRemembered() {
        list(10);
        for (int i = 0; i <= UnconfirmedDeletions.MOST; i++) {
            pods.changed(bound("job-" + i, "uid-" + i, 20 + 2L * i));
            pods.deleted(bound("job-" + i, "uid-" + i, 21 + 2L * i));
        }

        assertThat(pods.unconfirmed(new JobName("job-0"))).isEmpty();
        assertThat(pods.unconfirmed(new JobName("job-1"))).isPresent();
        assertThat(pods.unconfirmed(new JobName("job-" + UnconfirmedDeletions.MOST)))
                .get()
                .satisfies(job -> assertThat(job.definition()).isEmpty());
    }

    private static Pod bound(String name, String uid, long version) {
        return new PodBuilder(pod(name, uid, version))
                .editSpec()
                .withNodeName("hpc")
                .endSpec()
                .build();
    }

    private static Pod unscheduled(String name, String uid, long version) {
        return new PodBuilder(pod(name, uid, version))
                .editMetadata()
                .removeFromAnnotations("JobID")
                .endMetadata()
                .build();
    }

    @Test
    void aListThatBreaksOffLosesNoChange() throws Exception {
        list(10, pod("a", 1), pod("b", 2));
        try (JobEvents.Subscription subscription = feed().follow(ALL)) {
            pods.listStarted();
            pods.listed(List.of(pod("a", 15)));
            list(20, pod("a", 15));

            assertThat(events(subscription)).containsExactly("deleted b at 10", "changed a at 15");
        }
    }

    @Test
    void aJobWhoseSuccessorDisappearsBeforeTheNextListIsReportedAsDeleted() throws Exception {
        list(10, pod("a", "old", 1));
        try (JobEvents.Subscription subscription = feed().follow(ALL)) {
            pods.listStarted();
            pods.listed(List.of(pod("a", "new", 15)));
            list(20);

            assertThat(events(subscription)).containsExactly("deleted a at 10", "deleted a at 10");
        }
        assertThat(observed.of("old").getLast().removed()).isTrue();
        assertThat(observed.of("new").getLast().removed()).isTrue();
    }

    @Test
    void aNameThatIsUsedAgainIsReportedAsADeletionAndAChange() throws Exception {
        list(10, pod("a", "old", 1));
        try (JobEvents.Subscription subscription = feed().follow(ALL)) {
            list(20, pod("a", "new", 15));

            assertThat(events(subscription)).containsExactly("deleted a at 10", "changed a at 15");
        }
    }

    @Test
    void aChangeOfAPodThatKeepsTheStateIsNoEvent() throws Exception {
        list(10, pod("a", 1));
        try (JobEvents.Subscription subscription = feed().follow(ALL)) {
            pods.changed(touched(11));

            assertThat(events(subscription)).isEmpty();
            assertThat(changes(subscription.position())).isEqualTo("11");
        }
    }

    @Test
    void aChangeOfLabelsIsObserved() throws Exception {
        list(10, pod("a", 1));
        Pod labelled =
                new PodBuilder(pod("a", 1))
                        .editMetadata()
                        .withResourceVersion("11")
                        .addToLabels("team", "stars")
                        .endMetadata()
                        .build();
        try (JobEvents.Subscription subscription = feed().follow(ALL)) {
            pods.changed(labelled);

            assertThat(events(subscription)).isEmpty();
        }
        assertThat(observed.of("uid-of-a"))
                .extracting(change -> change.job().labels().get("team"))
                .containsExactly(null, "stars");
    }

    @Test
    void aResumedFollowerReceivesEachJobOnceAndDeletionsInOrder() throws Exception {
        list(10, pod("a", 1), pod("b", 2), pod("c", 3));
        pods.changed(pod("a", 11));
        pods.deleted(pod("b", 12));
        pods.changed(pod("c", 13));
        pods.changed(pod("a", 14));

        try (JobEvents.Subscription subscription = resume("10")) {
            assertThat(events(subscription))
                    .containsExactly("deleted b at 12", "changed c at 13", "changed a at 14");
        }
        try (JobEvents.Subscription subscription = resume("12")) {
            assertThat(events(subscription)).containsExactly("changed c at 13", "changed a at 14");
        }
    }

    @Test
    void endsBeforeTheFirstListAreNotKnown() {
        list(10, pod("a", 1));

        assertThat(
                        pods.resume(
                                feed(),
                                ALL,
                                FollowerPosition.parse("9").orElseThrow(),
                                Optional.empty()))
                .isEmpty();
    }

    @Test
    void aNodeThatLosesContactIsReportedAndStoredInPositions() throws Exception {
        list(10, pod("a", 1));
        NodeName node = pods.find(new JobName("a")).orElseThrow().node().orElseThrow();
        try (JobEvents.Subscription subscription = feed().follow(ALL)) {
            pods.nodesLostContact(Set.of(node));
            assertThat(events(subscription)).hasSize(1);
            assertThat(changes(subscription.position())).isEqualTo("10~" + node);
        }

        try (JobEvents.Subscription subscription = resume("10~" + node)) {
            assertThat(events(subscription)).isEmpty();
        }
        try (JobEvents.Subscription subscription = resume("10")) {
            assertThat(events(subscription)).hasSize(1);
        }
        pods.nodesLostContact(Set.of());
        try (JobEvents.Subscription subscription = resume("10~" + node)) {
            assertThat(events(subscription)).hasSize(1);
        }
    }

    @Test
    void aFollowerThatDisconnectsAmongMissedChangesOfANodeReceivesTheOthers() throws Exception {
        list(10, pod("a", 1), pod("b", 2));
        pods.nodesLostContact(
                Set.of(pods.find(new JobName("a")).orElseThrow().node().orElseThrow()));
        String position;
        try (JobEvents.Subscription subscription = resume("10")) {
            assertThat(changes(subscription.position())).isEqualTo("10");
            position = subscription.next(NOW).orElseThrow().position();
        }

        try (JobEvents.Subscription subscription = resume(position)) {
            assertThat(events(subscription)).hasSize(2).contains("changed b at 10");
        }
    }

    @Test
    void nodesWithoutJobsThatACallerWroteIntoAPositionAreNotRepeated() throws Exception {
        list(10, pod("a", 1), pod("b", 2));
        pods.changed(pod("a", 11));
        pods.changed(pod("b", 12));

        try (JobEvents.Subscription subscription = resume("10~nowhere")) {
            assertThat(changes(subscription.position())).isEqualTo("10");
            assertThat(events(subscription)).containsExactly("changed a at 11", "changed b at 12");
        }
    }

    @Test
    void aFollowerThatDisconnectsAmongMissingJobsReceivesTheOthers() throws Exception {
        list(10, pod("a", 1), pod("b", 2));
        String position;
        try (JobEvents.Subscription subscription = feed().follow(ALL)) {
            list(20);
            position = subscription.next(NOW).orElseThrow().position();
        }

        try (JobEvents.Subscription subscription = resume(position)) {
            assertThat(events(subscription)).containsExactly("deleted a at 10", "deleted b at 20");
        }
    }

    @Test
    void aChangeWithoutVersionIsKeptWhileAListGoesOn() throws Exception {
        list(10, pod("a", 1));
        pods.changedWithoutVersion(pods.find(new JobName("a")).orElseThrow());
        pods.listStarted();
        pods.listed(List.of(touched(12)));

        try (JobEvents.Subscription subscription = resume("10")) {
            assertThat(events(subscription)).containsExactly("changed a at 10");
            pods.listEnded(20);
        }
    }

    /// The watch reads the pod before SLURM's report, and stores it after that.
    @Test
    void whatSlurmReportsOfAJobThatIsBeingStoredIsPublished() throws Exception {
        list(10);
        hpcs.listen(pods::changedWithoutVersion);
        Thread report =
                Thread.ofPlatform()
                        .unstarted(() -> hpcs.report("uid-of-b", slurm(State.COMPLETED)));
        afterReading =
                () -> {
                    afterReading = () -> {};
                    report.start();
                    await().until(() ->
                            report.getState() == Thread.State.BLOCKED
                                    || report.getState() == Thread.State.TERMINATED);
                };
        try (JobEvents.Subscription subscription = feed().follow(ALL)) {
            pods.changed(pod("b", 11));
            report.join();

            assertThat(events(subscription)).containsExactly("changed b at 11", "changed b at 11");
        }
        assertThat(pods.find(new JobName("b")).orElseThrow().phase()).isEqualTo(JobPhase.SUCCEEDED);
    }

    @Test
    void aChangeWithoutVersionIsSentToReconnectedFollowersUntilThePodChanges() throws Exception {
        list(10, pod("a", 1), pod("b", 2));

        pods.changedWithoutVersion(pods.find(new JobName("a")).orElseThrow());

        try (JobEvents.Subscription subscription = resume("10")) {
            assertThat(events(subscription)).containsExactly("changed a at 10");
        }
        pods.changed(pod("a", 11));
        try (JobEvents.Subscription subscription = resume("11")) {
            assertThat(events(subscription)).isEmpty();
        }
    }

    @Test
    void anEndThatSlurmReportsIsPublishedAndItsRecordIsNeeded() throws Exception {
        list(10, pod("a", 1), pod("b", 2));
        hpcs.listen(pods::changedWithoutVersion);
        try (JobEvents.Subscription subscription = feed().follow(ALL)) {
            hpcs.report("uid-of-b", slurm(State.COMPLETED));
            hpcs.report("uid-of-nobody", slurm(State.FAILED));

            assertThat(events(subscription)).containsExactly("changed b at 10");
        }
        WatchedPods.Entry ended = pods.find(new JobName("b")).orElseThrow();
        assertThat(ended.phase()).isEqualTo(JobPhase.SUCCEEDED);
        assertThat(ended.recordNeed()).isEqualTo(RecordNeed.SEARCH);
        assertThat(pods.find(new JobName("a")).orElseThrow().phase()).isEqualTo(JobPhase.QUEUED);
    }

    @Test
    void anEndThatSlurmReportsAfterTheRemovalOfThePodIsConfirmedOnce() {
        list(10, pod("b", 2));
        hpcs.listen(pods::changedWithoutVersion);
        pods.deleted(pod("b", 11));
        assertThat(pods.unconfirmed(new JobName("b"))).isPresent();

        hpcs.report("uid-of-b", slurm(State.RUNNING));
        assertThat(pods.unconfirmed(new JobName("b"))).isPresent();
        hpcs.report("uid-of-b", slurm(State.CANCELLED));
        hpcs.report("uid-of-b", slurm(State.CANCELLED));

        assertThat(pods.unconfirmed(new JobName("b"))).isEmpty();
        assertThat(observed.of("uid-of-b"))
                .filteredOn(ObservedJobs.Observed::removed)
                .map(seen -> seen.job().cancellation().orElseThrow().stage())
                .containsExactly(Cancellation.Stage.UNCONFIRMED, Cancellation.Stage.CONFIRMED);
        assertThat(observed.of("uid-of-b").getLast().job().cancellation().orElseThrow().source())
                .isEqualTo(Job.Source.SLURM);
    }

    @Test
    void aRemovalThatNobodySawIsNotConfirmedByAReportOfARunningJob() {
        Pod unsubmitted =
                new PodBuilder(pod("b", 2))
                        .editMetadata()
                        .withAnnotations(null)
                        .endMetadata()
                        .build();
        list(10, unsubmitted);
        hpcs.listen(pods::changedWithoutVersion);
        list(20);

        hpcs.report("uid-of-b", slurm(State.RUNNING));

        assertThat(pods.unconfirmed(new JobName("b"))).isPresent();
        assertThat(observed.of("uid-of-b")).filteredOn(ObservedJobs.Observed::removed).hasSize(1);
    }

    @Test
    void theLagOfAnEndThatSlurmReportsIsMeasuredOnce() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        lag.bindTo(meters);
        list(10, pod("b", 2));
        hpcs.listen(pods::changedWithoutVersion);

        hpcs.report("uid-of-b", slurm(State.RUNNING));
        hpcs.report("uid-of-b", slurm(State.COMPLETED));
        hpcs.report("uid-of-b", slurm(State.COMPLETED));

        Timer timer = meters.get("gateway.state.lag").tag("source", "SLURM").timer();
        assertThat(timer.count()).isOne();
        assertThat(timer.totalTime(TimeUnit.SECONDS)).isEqualTo(3);
        assertThat(timer.getId().getTag("change")).isEqualTo("end");
    }

    private static HpcJob slurm(State state) {
        return new HpcJob(
                "12",
                state,
                state.name(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("gn01"),
                OptionalInt.of(0),
                OptionalInt.empty(),
                Optional.of(Instant.EPOCH),
                Optional.of(Instant.EPOCH),
                Optional.of(Instant.EPOCH),
                0,
                Optional.empty(),
                Optional.empty(),
                Instant.EPOCH);
    }

    @Test
    void aSlowFollowerIsDisconnectedWithAPositionToResumeFrom() throws Exception {
        list(10, pod("a", 1));
        try (JobEvents.Subscription slow = feed().follow(ALL)) {
            for (int version = 11; version < 2500; version++) {
                pods.changed(pod("a", version));
            }

            List<String> events = events(slow);

            assertThat(events.getLast()).startsWith("ended at ");
            String position = slow.position();
            try (JobEvents.Subscription again = resume(position)) {
                assertThat(events(again)).containsExactly("changed a at 2499");
            }
        }
    }

    @Test
    void aWriteIsAwaitedUntilTheWatchReportsIt() throws Exception {
        list(10, pod("a", 1));
        pods.writes().wrote(pod("b", 12));

        assertThat(pods.writes().await(Optional.of(new JobName("a")), NOW)).isTrue();
        assertThat(pods.writes().await(Optional.empty(), NOW)).isFalse();
        Thread watch = Thread.startVirtualThread(() -> pods.changed(pod("b", 12)));
        assertThat(pods.writes().await(Optional.empty(), Duration.ofSeconds(10))).isTrue();
        watch.join();
        assertThat(pods.find(new JobName("b"))).isPresent();
    }

    @Test
    void anEndThatThisGatewaySawIsAwaitedToo() {
        list(10, pod("a", 1));
        pods.writes().deleted(pod("a", 1));
        assertThat(pods.writes().await(Optional.empty(), NOW)).isFalse();

        pods.deleted(pod("a", 11));

        assertThat(pods.writes().await(Optional.empty(), NOW)).isTrue();
    }

    @Test
    void aJobThatIsNotHandedOverIsLookedAtWithPausesUntilItIs() {
        Pod waiting =
                new PodBuilder(pod("a", 1))
                        .editMetadata()
                        .removeFromAnnotations("JobID")
                        .endMetadata()
                        .build();
        list(10, waiting, pod("b", 2));

        assertThat(pods.dueForHandoverCheck(8))
                .map(entry -> entry.name().value())
                .containsExactly("a");
        assertThat(pods.dueForHandoverCheck(8)).isEmpty();
        pods.changed(pod("a", 11));
        assertThat(submitting).containsExactly("uid-of-a");
        assertThat(settled).containsExactly("uid-of-a");
    }

    /// The heap per job in 5,000 that differ in name, UID, ids and 300 random characters: two kilobytes at most. A
    /// process of its own has no other garbage.
    @Test
    void aJobTakesLessThanTwoKilobytes() throws Exception {
        Process java =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Heap.class.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();

        List<String> printed = java.inputReader(UTF_8).readAllLines();
        assertThat(Long.parseLong(printed.getLast())).isBetween(1L, 2000L);
        assertThat(java.waitFor()).isZero();
    }

    /// Prints the bytes of heap that a watched job takes.
    static final class Heap {

        private static final int JOBS = 5000;

        private Heap() {}

        public static void main(String[] arguments) {
            WatchedPodsTests watched = new WatchedPodsTests();
            watched.list(10, pod("first", 1));
            long before = usedAfterCollection();
            watched.pods.listStarted();
            IntStream.range(0, JOBS)
                    .mapToObj(Heap::differing)
                    .forEach(pod -> watched.pods.listed(List.of(pod)));
            watched.pods.listEnded(100_000);
            long perJob = (usedAfterCollection() - before) / JOBS;
            assertThat(watched.pods.after("").count()).isEqualTo(JOBS);
            System.out.println(perJob);
        }

        private static Pod differing(int number) {
            return new PodBuilder(
                            pod(
                                    "job-with-a-name-of-usual-length-" + number,
                                    UUID.randomUUID().toString(),
                                    1000L + number))
                    .editMetadata()
                    .addToAnnotations("differs", randomText())
                    .endMetadata()
                    .build();
        }

        private static String randomText() {
            return Stream.generate(() -> UUID.randomUUID().toString())
                    .limit(8)
                    .collect(Collectors.joining());
        }

        private static long usedAfterCollection() {
            Runtime runtime = Runtime.getRuntime();
            long used = Long.MAX_VALUE;
            for (int attempt = 0; attempt < 3; attempt++) {
                System.gc();
                used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
            }
            return used;
        }
    }

    /// The pod a after a change that is none of its state.
    private static Pod touched(long version) {
        return new PodBuilder(pod("a", 1))
                .editMetadata()
                .withResourceVersion(Long.toString(version))
                .addToAnnotations("note", "touched")
                .endMetadata()
                .build();
    }

    private JobFeed feed() {
        return pods.feed().orElseThrow();
    }

    private JobEvents.Subscription resume(String position) {
        FeedPosition after = FeedPosition.parse(position);
        return pods.resume(
                        feed(),
                        ALL,
                        FollowerPosition.parse(after.changes()).orElseThrow(),
                        after.marks())
                .orElseThrow();
    }

    private static List<String> events(JobEvents.Subscription subscription)
            throws InterruptedException {
        List<String> events = new ArrayList<>();
        for (Optional<JobEvent> event = subscription.next(NOW);
                event.isPresent();
                event = subscription.next(NOW)) {
            events.add(
                    switch (event.get()) {
                        case JobEvent.Changed(String at, Job job) ->
                                "changed " + job.name() + " at " + changes(at);
                        case JobEvent.Deleted(String at, JobName name, _, _) ->
                                "deleted " + name + " at " + changes(at);
                        case JobEvent.Walltime(String at, Job job, _) ->
                                "walltime " + job.name() + " at " + changes(at);
                        case JobEvent.Reset(String at) -> "reset at " + changes(at);
                        case JobEvent.Ended(String at) -> "ended at " + changes(at);
                    });
        }
        return events;
    }

    private static String changes(String position) {
        return FeedPosition.parse(position).changes();
    }
}
