package io.interlinkgateway.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.event.JobEvent;
import io.interlinkgateway.event.JobEvents;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.JobStore;
import io.interlinkgateway.pod.PodYaml;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What [JobEvents] promises, whether or not anybody runs the pods.
public abstract class JobEventsContract {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Workspace workspace = new Workspace("not-yet");
    private SampleJobs samples = new SampleJobs(workspace, new NodeName("not-yet"));

    /// @return the port
    protected abstract JobEvents events();

    /// @return the port that goes with it
    protected abstract JobStore jobs();

    /// @return what the adapter reports to the history
    protected abstract ObservedJobs observed();

    /// @return a workspace that is there and holds nothing, another at each call
    protected abstract Workspace freshWorkspace();

    /// @return a node that takes jobs
    protected abstract NodeName node();

    @BeforeEach
    void chooseWorkspace() {
        workspace = freshWorkspace();
        samples = new SampleJobs(workspace, node());
    }

    @Test
    void aNewJobIsReported() throws Exception {
        try (JobEvents.Subscription subscription = follow(Optional.empty())) {
            Job job = jobs().submit(samples.living("train")).job();

            JobEvent first = until(subscription, changed("train")).getFirst();

            assertThat(((JobEvent.Changed) first).job())
                    .returns(job.uid(), Job::uid)
                    .returns(Optional.empty(), Job::definition);
        }
    }

    @Test
    void aJobIsObservedFromItsCreationToItsRemoval() {
        Job job = jobs().submit(samples.living("train")).job();
        await().until(() -> !observed().of(job.uid()).isEmpty());

        jobs().delete(workspace, job.name());

        await().atMost(PATIENCE).until(() -> observed().of(job.uid()).getLast().removed());
        List<ObservedJobs.Observed> seen = observed().of(job.uid());
        assertThat(seen).extracting(ObservedJobs.Observed::version).isSorted();
        assertThat(seen).allSatisfy(change -> assertThat(change.job().definition()).isEmpty());
        assertThat(seen.getFirst().removed()).isFalse();
        assertThat(seen.getFirst().origin().definition())
                .isEqualTo(samples.living("train").translated().job().definition());
        assertThat(PodYaml.of(seen.getFirst().origin().pod()))
                .contains("name: train")
                .doesNotContain("uid:", "status:", "managedFields");
        assertThat(seen.getLast().job().cancellation()).isPresent();
    }

    @Test
    void theSameStateIsObservedOnce() throws Exception {
        Job job = jobs().submit(samples.living("train")).job();
        try (JobEvents.Subscription subscription = follow(Optional.empty())) {
            jobs().submit(samples.living("later"));
            until(subscription, changed("later"));
        }
        List<ObservedJobs.Observed> seen = observed().of(job.uid());

        for (int index = 1; index < seen.size(); index++) {
            assertThat(seen.get(index).job().hasSameStateAs(seen.get(index - 1).job())).isFalse();
        }
    }

    @Test
    void eachObservationHasTheTimeAtWhichTheJobWasSo() {
        Instant before = Instant.now().minusSeconds(60);
        Job job = jobs().submit(samples.living("train")).job();

        await().atMost(PATIENCE).until(() -> !observed().of(job.uid()).isEmpty());

        assertThat(observed().of(job.uid()))
                .allSatisfy(seen ->
                        assertThat(seen.job().evidence().observedAt())
                                .isBetween(before, Instant.now().plusSeconds(60)));
    }

    @Test
    void theDeletionListenerIsCalledWhileThePodExists() {
        Job job = jobs().submit(samples.living("train")).job();
        assertThat(observed().deletions(job.uid())).isEmpty();

        jobs().delete(workspace, job.name());

        assertThat(observed().deletions(job.uid()))
                .first()
                .satisfies(seen -> assertThat(seen.definition()).isPresent());
    }

    @Test
    void aDeletionThatIsRefusedDoesNotCallTheListener() {
        Job job = jobs().submit(samples.living("train")).job();

        assertThatExceptionOfType(GatewayException.OtherJob.class)
                .isThrownBy(() ->
                        jobs().delete(workspace, job.name(), Set.of("other"), Optional.empty()));

        assertThat(observed().deletions(job.uid())).isEmpty();
    }

    @Test
    void theDeletionOfAJobIsReportedAfterItsStates() throws Exception {
        Job job = jobs().submit(samples.living("train")).job();
        try (JobEvents.Subscription subscription = follow(Optional.empty())) {
            jobs().delete(workspace, job.name());

            List<JobEvent> events = until(subscription, deleted("train"));

            assertThat(events.getLast())
                    .isInstanceOfSatisfying(
                            JobEvent.Deleted.class,
                            end -> assertThat(end.uid()).isEqualTo(job.uid()));
        }
    }

    @Test
    void aResumedSubscriptionReportsChangesAndDeletionsInBetween() throws Exception {
        jobs().submit(samples.living("stays"));
        Job ends = jobs().submit(samples.living("ends")).job();
        String position;
        try (JobEvents.Subscription subscription = follow(Optional.empty())) {
            jobs().submit(samples.living("known"));
            position = until(subscription, changed("known")).getLast().position();
        }

        jobs().submit(samples.living("new"));
        try (JobEvents.Subscription witness = follow(Optional.of(position))) {
            jobs().delete(workspace, ends.name());
            until(witness, deleted("ends"));
        }
        jobs().submit(samples.living("last"));

        try (JobEvents.Subscription subscription = follow(Optional.of(position))) {
            untilAll(subscription, List.of(changed("new"), deleted("ends"), changed("last")));
        }
    }

    @Test
    void aSubscriptionCanBeResumedAfterEachEvent() throws Exception {
        List<JobEvent> events;
        try (JobEvents.Subscription subscription = follow(Optional.empty())) {
            for (String name : List.of("a", "b", "c", "d")) {
                jobs().submit(samples.living(name));
            }
            events = until(subscription, changed("d"));
        }

        for (JobEvent event : events) {
            List<String> later =
                    events.stream()
                            .skip(events.indexOf(event) + 1L)
                            .map(JobEventsContract::name)
                            .distinct()
                            .toList();
            if (!later.isEmpty()) {
                try (JobEvents.Subscription subscription = follow(Optional.of(event.position()))) {
                    untilAll(subscription, later.stream().map(JobEventsContract::changed).toList());
                }
            }
        }
    }

    @Test
    void aResumedSubscriptionWithoutChangesReportsNothing() throws Exception {
        String position;
        try (JobEvents.Subscription subscription = follow(Optional.empty())) {
            jobs().submit(samples.living("train"));
            until(subscription, changed("train"));
            while (subscription.next(Duration.ofSeconds(2)).isPresent()) {
                assertThat(subscription.position()).isNotEmpty();
            }
            position = subscription.position();
        }

        try (JobEvents.Subscription subscription = follow(Optional.of(position))) {
            assertThat(subscription.next(Duration.ofMillis(200))).isEmpty();
            jobs().submit(samples.living("next"));
            assertThat(until(subscription, changed("next"))).noneMatch(changed("train"));
        }
    }

    @Test
    void onlyJobsThatMatchTheFilterAreReported() throws Exception {
        JobFilter byName =
                new JobFilter(
                        workspace,
                        Optional.of(new JobName("mine")),
                        Set.of(),
                        Optional.empty(),
                        Map.of());
        JobFilter byLabel =
                new JobFilter(
                        workspace,
                        Optional.empty(),
                        Set.of(),
                        Optional.empty(),
                        Map.of("team", "x"));
        JobFilter byState =
                new JobFilter(
                        workspace,
                        Optional.empty(),
                        Set.of(JobPhase.CANCELLING),
                        Optional.of(node()),
                        Map.of());
        try (JobEvents.Subscription named = events().subscribe(byName, Optional.empty());
                JobEvents.Subscription labelled = events().subscribe(byLabel, Optional.empty());
                JobEvents.Subscription stated = events().subscribe(byState, Optional.empty())) {
            jobs().submit(samples.living("other"));
            jobs().submit(
                            samples.placed(
                                    "labelled",
                                    SampleJobs.withLabels(
                                            SampleJobs.spec("exec sleep 600"), Map.of("team", "x")),
                                    null));
            jobs().submit(samples.living("mine"));
            jobs().delete(workspace, new JobName("mine"));

            assertThat(until(named, deleted("mine")))
                    .map(JobEventsContract::name)
                    .containsOnly("mine");
            assertThat(until(labelled, changed("labelled")))
                    .map(JobEventsContract::name)
                    .containsOnly("labelled");
            assertThat(until(stated, deleted("mine")))
                    .allMatch(event ->
                            event instanceof JobEvent.Deleted
                                    || (event instanceof JobEvent.Changed change
                                            && change.job().state()
                                                    instanceof JobState.Cancelling));
        }
    }

    @Test
    void workspacesAreSeparate() throws Exception {
        try (JobEvents.Subscription subscription = follow(Optional.empty())) {
            jobs().submit(new SampleJobs(freshWorkspace(), node()).living("elsewhere"));
            jobs().submit(samples.living("here"));

            assertThat(until(subscription, changed("here")))
                    .map(JobEventsContract::name)
                    .containsOnly("here");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-1",
                "not a position",
                "18446744073709551615",
                "9000000000000000000",
                "1~",
                "1~no such node"
            })
    void aPositionThatNoGatewayMadeLeadsToAReset(String position) throws Exception {
        try (JobEvents.Subscription subscription = follow(Optional.of(position))) {
            assertThat(subscription.next(PATIENCE)).get().isInstanceOf(JobEvent.Reset.class);
            jobs().submit(samples.living("train"));
            until(subscription, changed("train"));
        }
    }

    private JobEvents.Subscription follow(Optional<String> after) {
        return events().subscribe(
                        new JobFilter(
                                workspace, Optional.empty(), Set.of(), Optional.empty(), Map.of()),
                        after);
    }

    /// Everything up to the first event of a kind.
    protected static List<JobEvent> until(
            JobEvents.Subscription subscription, Predicate<JobEvent> last)
            throws InterruptedException {
        List<JobEvent> events = new ArrayList<>();
        while (events.isEmpty() || !last.test(events.getLast())) {
            Optional<JobEvent> next = subscription.next(PATIENCE);
            assertThat(next).as("after %s", events).isPresent();
            events.add(next.orElseThrow());
        }
        return events;
    }

    /// Waits for an event of each kind, in any order: a job is reported with its last change, which may come after that
    /// of a job that was submitted later.
    private static void untilAll(
            JobEvents.Subscription subscription, List<Predicate<JobEvent>> wanted)
            throws InterruptedException {
        List<Predicate<JobEvent>> missing = new ArrayList<>(wanted);
        until(
                subscription,
                event -> {
                    missing.removeIf(kind -> kind.test(event));
                    return missing.isEmpty();
                });
    }

    /// @param name a job's
    /// @return whether an event is a change of that job
    protected static Predicate<JobEvent> changed(String name) {
        return event -> event instanceof JobEvent.Changed && name(event).equals(name);
    }

    private static Predicate<JobEvent> deleted(String name) {
        return event -> event instanceof JobEvent.Deleted && name(event).equals(name);
    }

    private static String name(JobEvent event) {
        return switch (event) {
            case JobEvent.Changed change -> change.job().name().value();
            case JobEvent.Deleted end -> end.name().value();
            case JobEvent.Walltime walltime -> walltime.job().name().value();
            case JobEvent.Reset _, JobEvent.Ended _ -> "";
        };
    }
}
