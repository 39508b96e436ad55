package io.interlinkgateway.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.failure.GatewayException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;

class ComputeThreadsTests {

    private final ComputeThreads compute = new ComputeThreads(4);
    private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicInteger running = new AtomicInteger();

    @AfterEach
    void close() {
        end.countDown();
        requests.close();
        compute.close();
    }

    @Test
    void aComputationRunsOnAPlatformThreadAndItsResultComesBack() {
        assertThat(compute.run(() -> Thread.currentThread().isVirtual())).isFalse();
    }

    @Test
    void whatAComputationThrowsIsThrown() {
        IllegalStateException failure = new IllegalStateException();

        assertThatThrownBy(() ->
                        compute.run(() -> {
                            throw failure;
                        }))
                .isSameAs(failure);
    }

    @Test
    void oneCallerLeavesHalfOfTheThreadsToOthers() {
        List<CompletableFuture<Void>> greedy =
                IntStream.range(0, 20).mapToObj(_ -> computeFor("greedy")).toList();
        await().until(() -> running.get() == 2);

        CompletableFuture<Void> other = computeFor("other");

        await().until(() -> running.get() == 3);
        end.countDown();
        assertThat(other).succeedsWithin(Duration.ofSeconds(30));
        assertThat(CompletableFuture.allOf(greedy.toArray(CompletableFuture[]::new)))
                .succeedsWithin(Duration.ofSeconds(30));
    }

    @Test
    void oneCallerMakesNoQueueWithoutAnEnd() {
        List<CompletableFuture<Void>> greedy =
                IntStream.range(0, 60).mapToObj(_ -> computeFor("greedy")).toList();

        await().until(() ->
                greedy.stream().filter(CompletableFuture::isCompletedExceptionally).count()
                        == 60 - 2 - 50);
        assertThat(greedy.stream().filter(CompletableFuture::isCompletedExceptionally))
                .allSatisfy(refused ->
                        assertThat(refused)
                                .failsWithin(Duration.ofSeconds(1))
                                .withThrowableThat()
                                .withCauseInstanceOf(GatewayException.TooManyRequests.class));
    }

    private CompletableFuture<Void> computeFor(String caller) {
        return CompletableFuture.runAsync(
                () -> {
                    SecurityContextHolder.getContext()
                            .setAuthentication(new TestingAuthenticationToken(caller, ""));
                    compute.run(() -> {
                        running.incrementAndGet();
                        awaitEnd();
                        return true;
                    });
                },
                requests);
    }

    private void awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }
}
