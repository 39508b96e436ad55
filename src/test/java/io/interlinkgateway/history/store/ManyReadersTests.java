package io.interlinkgateway.history.store;

import static io.interlinkgateway.history.HistoryJobs.NOW;
import static io.interlinkgateway.history.HistoryJobs.RUNNING;
import static io.interlinkgateway.history.HistoryJobs.WORKSPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.event.JobObserver.Origin;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.HistoryHealth;
import io.interlinkgateway.history.HistoryJobs;
import io.interlinkgateway.history.NodeStatistics;
import io.interlinkgateway.history.Observation;
import io.interlinkgateway.history.WorkspaceRedaction.Masks;
import io.interlinkgateway.job.NodeName;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Many requests that read slowly at the same time.
class ManyReadersTests {

    private static final int READERS = 3 * Connections.POOL;

    static Stream<Supplier<Connections>> databases() {
        return Stream.of(Connections::inMemory, TestPostgreSql::newDatabase);
    }

    @ParameterizedTest
    @MethodSource("databases")
    void theyLeaveConnectionsForWriters(Supplier<Connections> databases) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger reading = new AtomicInteger();
        try (Database database = new Database(databases.get(), Clock.systemUTC());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            SqlJobHistory history =
                    new SqlJobHistory(database, _ -> Masks.of(Set.of()), Clock.systemUTC());
            List<Future<Optional<String>>> readers = new ArrayList<>();
            for (int reader = 0; reader < READERS; reader++) {
                readers.add(threads.submit(() -> refusal(database, reading, end)));
            }
            try {
                await().until(() -> reading.get() == Database.REQUESTS);
                await().atMost(Duration.ofMinutes(1))
                        .until(() ->
                                readers.stream().filter(Future::isDone).count()
                                        == READERS - Database.REQUESTS);

                history.write(
                        List.of(
                                new Observation(
                                        1,
                                        NOW,
                                        HistoryJobs.job("a", RUNNING),
                                        Observation.Presence.LIVE,
                                        () -> new Origin(HistoryJobs.spec(), HistoryJobs.POD))));
                assertThat(history.live(WORKSPACE, "", 10)).hasSize(1);
                assertThat(database.condition()).isEqualTo(new HistoryHealth.Up());
            } finally {
                end.countDown();
            }
            List<String> refusals = new ArrayList<>();
            for (Future<Optional<String>> reader : readers) {
                reader.get().ifPresent(refusals::add);
            }
            assertThat(refusals)
                    .hasSize(READERS - Database.REQUESTS)
                    .containsOnly("The history's database is busy with other requests.");
            assertThat(history.find(WORKSPACE, "uid-a")).isPresent();
        }
    }

    /// Reads until the latch is open.
    ///
    /// @return why it was refused; empty if it was not
    private static Optional<String> refusal(
            Database database, AtomicInteger reading, CountDownLatch end) {
        try {
            database.readForRequest(session ->
                    session.client()
                            .sql("select 1")
                            .query((_, _) -> {
                                reading.incrementAndGet();
                                try {
                                    end.await();
                                } catch (InterruptedException _) {
                                    Thread.currentThread().interrupt();
                                }
                                return 1;
                            })
                            .list());
            return Optional.empty();
        } catch (GatewayException.HistoryUnavailable refused) {
            return Optional.of(String.valueOf(refused.getMessage()));
        }
    }

    @Test
    void theStatisticsOfANodeAreReadOnceForAll() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger readings = new AtomicInteger();
        InstantSource held =
                () -> {
                    readings.incrementAndGet();
                    try {
                        end.await();
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                    return NOW;
                };
        try (Database database = new Database(Connections.inMemory(), Clock.systemUTC())) {
            SqlJobHistory history =
                    new SqlJobHistory(
                            database, _ -> Masks.of(Set.of()), held.withZone(ZoneOffset.UTC));
            List<NodeStatistics> answers = new ArrayList<>();
            List<Thread> readers = new ArrayList<>();
            for (int reader = 0; reader < READERS; reader++) {
                readers.add(
                        Thread.ofPlatform()
                                .start(() -> {
                                    NodeStatistics read =
                                            history.statistics(
                                                    new NodeName("vega"), Duration.ofDays(1));
                                    synchronized (answers) {
                                        answers.add(read);
                                    }
                                }));
            }
            await().until(() ->
                    readings.get() > 0
                            && readers.stream()
                                    .allMatch(reader -> reader.getState() == Thread.State.WAITING));
            end.countDown();
            for (Thread reader : readers) {
                reader.join();
            }

            assertThat(readings).hasValue(1);
            assertThat(answers).hasSize(READERS);
        }
    }
}
