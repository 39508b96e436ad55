package io.interlinkgateway.slurm;

import static io.interlinkgateway.slurm.FakeSlurmrestd.answering;
import static io.interlinkgateway.slurm.FakeSlurmrestd.jobs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.HpcJob.State;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.slurm.NodeProperties.NodeSettings;
import io.interlinkgateway.slurm.NodeProperties.SlurmrestdProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

@Execution(ExecutionMode.CONCURRENT)
class PolledHpcsTests {

    private static final NodeName NODE = new NodeName("vega-new-vk");
    private static final Workspace TEAM = new Workspace("team");
    private static final DataSize MAX_ANSWER = DataSize.ofMegabytes(32);
    private static final String ONE = "11111111-1f0e-4f57-9d7c-2f6d0a5f8b11";
    private static final String TWO = "22222222-1f0e-4f57-9d7c-2f6d0a5f8b11";

    private final FakeSlurmrestd fake = new FakeSlurmrestd();
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final BlockingQueue<String> changes = new LinkedBlockingQueue<>();
    private PolledHpcs hpcs = new PolledHpcs(new NodeProperties(Map.of()), Clock.systemUTC());
    @TempDir private Path folder = Path.of("");

    @AfterEach
    void stop() {
        hpcs.close();
        fake.close();
    }

    private void start(String... jobs) {
        answer(jobs);
        start(withoutUser());
    }

    private SlurmrestdProperties withoutUser() {
        return fake.properties("v0.0.38", null, null, MAX_ANSWER, true);
    }

    private SlurmrestdProperties withUser() throws IOException {
        Path token = Files.writeString(folder.resolve("token"), "token");
        return fake.properties("v0.0.38", token, null, MAX_ANSWER, false);
    }

    private void start(SlurmrestdProperties properties) {
        hpcs =
                new PolledHpcs(
                        new NodeProperties(Map.of(NODE.value(), new NodeSettings(properties))),
                        ((InstantSource) () -> InstantSource.system().instant().plus(ahead.get()))
                                .withZone(ZoneOffset.UTC));
        hpcs.listen(changes::addAll);
    }

    private void answer(String... jobs) {
        fake.onJobs("v0.0.38", answering(200, jobs(jobs)));
    }

    private List<SlurmJob> orphans(NodeName node, Workspace workspace, String... pods) {
        try (Orphans orphans = new Orphans(hpcs, _ -> Set.of(pods), Clock.systemUTC())) {
            return orphans.list(node, workspace);
        }
    }

    private Optional<HpcJob> find(String uid) {
        return hpcs.find(NODE, uid, Optional.empty());
    }

    private Optional<State> state(String uid) {
        return find(uid).map(HpcJob::state);
    }

    private void awaitState(String uid, State state) {
        await().until(() -> state(uid).equals(Optional.of(state)));
    }

    /// Until an answer that was asked for from now on has been taken.
    private void awaitAnswers() {
        long now = hpc().answered();
        await().until(() -> hpc().answered() > now + 1);
    }

    private PolledHpc hpc() {
        return hpcs.all().iterator().next();
    }

    @Test
    void jobsAreFoundByTheirPodsUid() {
        start(ONE + " 5 RUNNING", TWO + " 6 PENDING");

        awaitState(ONE, State.RUNNING);
        assertThat(state(TWO)).contains(State.PENDING);
        assertThat(find(ONE).orElseThrow().observedAt())
                .isBetween(Instant.now().minusSeconds(60), Instant.now());
        assertThat(find("33333333-1f0e-4f57-9d7c-2f6d0a5f8b11")).isEmpty();
        assertThat(hpcs.find(new NodeName("other"), ONE, Optional.empty())).isEmpty();
    }

    @Test
    void changesAreReportedOnce() throws Exception {
        start(ONE + " 5 PENDING");
        assertThat(changes.take()).isEqualTo(ONE);
        awaitAnswers();

        answer(ONE + " 5 RUNNING", TWO + " 6 PENDING");

        String first = changes.take();
        assertThat(List.of(first, changes.take())).containsExactlyInAnyOrder(ONE, TWO);
        awaitAnswers();
        assertThat(changes).isEmpty();
    }

    @Test
    void anEndStaysKnownAfterSlurmHasRemovedTheJob() throws Exception {
        start(ONE + " 5 COMPLETED", TWO + " 6 RUNNING");
        awaitState(TWO, State.RUNNING);
        assertThat(List.of(changes.take(), changes.take())).containsExactlyInAnyOrder(ONE, TWO);

        answer();
        await().until(() -> find(TWO).isEmpty());

        assertThat(changes.take()).isEqualTo(TWO);
        assertThat(changes).isEmpty();
        assertThat(state(ONE)).contains(State.COMPLETED);
    }

    @Test
    void ofJobsWithOneNameTheOneWithTheIdIsFound() {
        start(ONE + " 5 RUNNING mallory", ONE + " 6 PENDING", ONE + " 7 FAILED");
        await().until(() -> hpc().answered() > 0);

        assertThat(hpcs.find(NODE, ONE, Optional.of("5")).map(HpcJob::state))
                .contains(State.RUNNING);
        assertThat(hpcs.find(NODE, ONE, Optional.of("6")).map(HpcJob::state))
                .contains(State.PENDING);
        assertThat(hpcs.find(NODE, ONE, Optional.of("8"))).isEmpty();
        assertThat(find(ONE)).as("of several users").isEmpty();
    }

    @Test
    void withoutAnIdItIsTheLatestOfTheGatewaysUser() throws Exception {
        answer(ONE + " 10 RUNNING", ONE + " 9 PENDING", ONE + " 11 FAILED mallory");
        start(withUser());

        awaitState(ONE, State.RUNNING);
    }

    @Test
    void jobsOfOtherUsersAreIgnoredIfTheUserIsConfigured() throws Exception {
        answer(ONE + " 5 RUNNING mallory", TWO + " 6 PENDING");
        start(withUser());
        awaitState(TWO, State.PENDING);

        assertThat(find(ONE)).isEmpty();
        assertThat(hpcs.find(NODE, ONE, Optional.of("5"))).isEmpty();
        await().untilAsserted(() -> assertThat(changes).containsExactly(TWO));
        assertThat(hpc().jobs()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aJobOfTheSameNameDoesNotReplaceARemovedJob(boolean userIsConfigured) throws Exception {
        answer(ONE + " 5 COMPLETED");
        start(userIsConfigured ? withUser() : withoutUser());
        awaitState(ONE, State.COMPLETED);

        for (String state : List.of("PENDING", "FAILED")) {
            answer(ONE + " 7 " + state + " mallory", TWO + " 8 " + state);
            awaitState(TWO, State.valueOf(state));

            assertThat(hpcs.find(NODE, ONE, Optional.of("5")).map(HpcJob::state))
                    .contains(State.COMPLETED);
            assertThat(state(ONE))
                    .isEqualTo(userIsConfigured ? Optional.of(State.COMPLETED) : Optional.empty());
        }
        answer(TWO + " 9 RUNNING");
        awaitState(TWO, State.RUNNING);
        assertThat(hpcs.find(NODE, ONE, Optional.of("5")).map(HpcJob::state))
                .as("after the removal of both")
                .contains(State.COMPLETED);
    }

    @Test
    void manyEndedJobsOfAnotherUserDoNotReplaceARemovedJob() throws Exception {
        answer(ONE + " 5 COMPLETED");
        start(withUser());
        awaitState(ONE, State.COMPLETED);

        answer(endedJobs(ONE, PolledHpc.MAX_REMOVED + 1, "mallory"));
        awaitAnswers();
        answer(TWO + " 6 RUNNING");
        awaitState(TWO, State.RUNNING);

        assertThat(state(ONE)).contains(State.COMPLETED);
    }

    @Test
    void theNumberOfRemovedJobsIsLimited() {
        start(ONE + " 5 COMPLETED");
        awaitState(ONE, State.COMPLETED);

        answer(endedJobs(ONE, PolledHpc.MAX_REMOVED, "mallory"));
        await().until(() -> hpc().jobs() == PolledHpc.MAX_REMOVED);
        assertThat(hpcs.find(NODE, ONE, Optional.of("5"))).isPresent();
        answer(TWO + " 6 RUNNING");
        awaitState(TWO, State.RUNNING);

        assertThat(hpcs.find(NODE, ONE, Optional.of("5"))).isEmpty();
        assertThat(hpcs.find(NODE, ONE, Optional.of("101"))).isPresent();
    }

    /// With the ids from 100 on.
    private static String[] endedJobs(String name, int count, String user) {
        return IntStream.range(0, count)
                .mapToObj(index -> name + " " + (100 + index) + " FAILED " + user)
                .toArray(String[]::new);
    }

    @Test
    void theLastResponseIsUsedAfterFailuresUntilItIsTooOld() throws Exception {
        start(ONE + " 5 RUNNING", TWO + " 6 FAILED");
        awaitState(ONE, State.RUNNING);
        assertThat(List.of(changes.take(), changes.take())).containsExactlyInAnyOrder(ONE, TWO);

        fake.onJobs("v0.0.38", answering(500, "{\"errors\": [{\"description\": \"down\"}]}"));
        await().until(() -> hpc().failure().isPresent());

        assertThat(hpc().failure().orElseThrow().reason()).isEqualTo("It responded with 500: down");
        assertThat(state(ONE)).contains(State.RUNNING);

        ahead.set(Duration.ofMinutes(1));
        assertThat(find(ONE)).isEmpty();
        assertThat(state(TWO)).as("an end does not age").contains(State.FAILED);
        assertThat(changes.take()).isEqualTo(ONE);
        assertThat(hpc().age()).isGreaterThan(Duration.ofSeconds(50));

        answer(ONE + " 5 RUNNING", TWO + " 6 FAILED");
        awaitState(ONE, State.RUNNING);
        assertThat(changes.take()).isEqualTo(ONE);
        assertThat(changes).isEmpty();
        assertThat(hpc().failure()).isEmpty();
        assertThat(hpc().failed()).isPositive();
    }

    @Test
    void anInvalidResponseChangesNothing() {
        start(ONE + " 5 RUNNING");
        awaitState(ONE, State.RUNNING);

        fake.onJobs("v0.0.38", answering(200, "{\"jobs\": [{\"name\": \"" + ONE + "\"}]}"));
        await().until(() -> hpc().failure().isPresent());

        assertThat(hpc().failure().orElseThrow().reason()).contains("no valid job_id");
        assertThat(state(ONE)).contains(State.RUNNING);
    }

    @Test
    void aListenerThatFailsIsNoFailureOfTheSource() {
        start();
        hpcs.listen(_ -> {
            throw new IllegalStateException("for the test");
        });
        BlockingQueue<String> later = new LinkedBlockingQueue<>();
        hpcs.listen(later::addAll);

        answer(ONE + " 5 RUNNING");

        await().until(() -> later.contains(ONE));
        assertThat(hpc().failure()).isEmpty();
    }

    @Test
    void aJobOfTheWorkspaceWithoutItsPodIsAnOrphan() {
        start(ONE + " 5 RUNNING", TWO + " 6 PENDING");
        awaitState(TWO, State.PENDING);

        assertThat(orphans(NODE, TEAM, TWO))
                .singleElement()
                .satisfies(orphan -> {
                    assertThat(orphan.uid()).isEqualTo(ONE);
                    assertThat(orphan.job().id()).isEqualTo("5");
                });
        assertThat(orphans(NODE, new Workspace("other"))).isEmpty();
    }

    /// Everyone who may submit jobs can choose a name and a folder that look like those of a pod.
    @Test
    void aJobOfAnotherUserIsNoOrphan() throws Exception {
        answer(ONE + " 5 RUNNING mallory", TWO + " 6 PENDING");
        start(withUser());
        awaitState(TWO, State.PENDING);

        assertThat(orphans(NODE, TEAM, TWO)).isEmpty();
    }

    @Test
    void whatHasEndedIsNoOrphan() {
        start(ONE + " 5 CANCELLED", TWO + " 6 COMPLETED");
        awaitState(TWO, State.COMPLETED);

        assertThat(orphans(NODE, TEAM)).isEmpty();
    }

    @Test
    void orphansAreNotTakenFromOldAnswers() {
        CountDownLatch end = new CountDownLatch(1);
        fake.onJobs(
                "v0.0.38",
                exchange -> {
                    try {
                        end.await();
                    } catch (InterruptedException stopped) {
                        Thread.currentThread().interrupt();
                    }
                });
        start(fake.properties("v0.0.38", null, null, true));

        assertThatExceptionOfType(GatewayException.HpcUnavailable.class)
                .isThrownBy(() -> orphans(NODE, TEAM));
        end.countDown();
    }

    @Test
    void aNodeWithoutSlurmrestdHasNoOrphansToAskFor() {
        assertThatExceptionOfType(GatewayException.NotFound.class)
                .isThrownBy(() -> orphans(NODE, TEAM));
        assertThatExceptionOfType(GatewayException.NotFound.class)
                .isThrownBy(() -> hpcs.of(NODE).cancel("5"));
    }

    @Test
    void aJobIsCancelledWhereThatIsSwitchedOn() {
        start(ONE + " 5 RUNNING");
        awaitState(ONE, State.RUNNING);
        fake.on(
                "DELETE /slurm/v0.0.38/job/5",
                exchange -> {
                    answer(ONE + " 5 CANCELLED");
                    answering(200, "{\"errors\": []}").handle(exchange);
                });

        hpcs.of(NODE).cancel("5");

        awaitState(ONE, State.CANCELLED);
    }

    @Test
    void noCancellationIsSentWhereItIsSwitchedOff() {
        answer(ONE + " 5 RUNNING");
        start(fake.properties("v0.0.38", null, null, false));
        awaitState(ONE, State.RUNNING);

        assertThatExceptionOfType(GatewayException.SwitchedOff.class)
                .isThrownBy(() -> hpcs.of(NODE).cancel("5"));
        assertThat(fake.requests).allMatch(request -> request.startsWith("GET "));
    }

    @Test
    void aRefusedCancellationHasSlurmsMessage() {
        start(ONE + " 5 RUNNING");
        awaitState(ONE, State.RUNNING);
        fake.on(
                "DELETE /slurm/v0.0.38/job/5",
                answering(500, "{\"errors\": [{\"description\": \"Access denied\"}]}"));

        assertThatExceptionOfType(GatewayException.HpcUnavailable.class)
                .isThrownBy(() -> hpcs.of(NODE).cancel("5"))
                .withMessageContaining("Access denied");
    }

    @Test
    void oneRequestIsOpenAtATime() {
        start(ONE + " 5 RUNNING");
        awaitState(ONE, State.RUNNING);
        List.of(1, 2, 3).forEach(_ -> awaitAnswers());

        assertThat(fake.most).hasValue(1);
    }
}
