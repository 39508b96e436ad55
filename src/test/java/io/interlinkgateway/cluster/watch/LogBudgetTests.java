package io.interlinkgateway.cluster.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LogBudgetTests {

    @Test
    void theGatewaysOwnReadsLeaveTheLastRequestsToCallers() {
        LogBudget budget = new LogBudget(new LogRequestLimits(0.001, 10, 0.001, 1));

        assertThat(takeAllSpare(budget)).isEqualTo(8);
        assertThat(budget.available()).isEqualTo(2);
    }

    @Test
    void replicasShareWhatTheGatewayReadsItself() {
        LogBudget budget = new LogBudget(new LogRequestLimits(0.001, 10, 0.001, 3));

        assertThat(takeAllSpare(budget)).isEqualTo(3);
    }

    @Test
    void callersNeverWaitAndTheGatewaysOwnReadsMakeRoomForThem() {
        LogBudget budget = new LogBudget(new LogRequestLimits(0.001, 10, 0.001, 1));

        for (int i = 0; i < 15; i++) {
            budget.spend();
        }

        assertThat(budget.available()).isEqualTo(-5);
        assertThat(budget.takeSpare()).isFalse();
    }

    @Test
    void theGatewaysOwnReadsMakeRoomForSubmissions() {
        LogBudget budget = new LogBudget(new LogRequestLimits(0.001, 10, 0.001, 1));

        for (int i = 0; i < 15; i++) {
            budget.spendOnSubmission();
        }

        assertThat(budget.available()).isEqualTo(-5);
        assertThat(budget.takeSpare()).isFalse();
        assertThat(budget.sentByCallers()).isZero();
    }

    @Test
    void theMostValuableReadGoesFirst() throws Exception {
        LogBudget budget = new LogBudget(new LogRequestLimits(5, 3, 5, 1));
        while (budget.takeSpare()) {
            // Until there is none.
        }
        // Nothing is left until all four wait.
        for (int i = 0; i < 20; i++) {
            budget.spend();
        }
        List<LogBudget.Purpose> order = new CopyOnWriteArrayList<>();
        for (LogBudget.Purpose purpose :
                List.of(
                        LogBudget.Purpose.ROUTINE,
                        LogBudget.Purpose.FOLLOW,
                        LogBudget.Purpose.END,
                        LogBudget.Purpose.START)) {
            Thread reader =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    budget.await(purpose);
                                    order.add(purpose);
                                } catch (InterruptedException ex) {
                                    Thread.currentThread().interrupt();
                                }
                            });
            await().until(() -> isWaiting(reader));
        }

        await().until(() -> order.size() == 4);
        assertThat(order)
                .containsExactly(
                        LogBudget.Purpose.END,
                        LogBudget.Purpose.START,
                        LogBudget.Purpose.FOLLOW,
                        LogBudget.Purpose.ROUTINE);
    }

    @Test
    void aReadThatWaitsTooLongIsGivenUpAndLeavesItsTurnToTheNext() throws Exception {
        LogBudget budget = new LogBudget(new LogRequestLimits(20, 3, 20, 1));
        assertThat(budget.await(LogBudget.Purpose.END, Duration.ZERO)).isTrue();
        for (int i = 0; i < 20; i++) {
            budget.spend();
        }
        CountDownLatch next = new CountDownLatch(1);
        Thread reader =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                budget.await(LogBudget.Purpose.ROUTINE);
                                next.countDown();
                            } catch (InterruptedException ex) {
                                Thread.currentThread().interrupt();
                            }
                        });
        await().until(() -> isWaiting(reader));

        assertThat(budget.await(LogBudget.Purpose.END, Duration.ofMillis(20))).isFalse();

        next.await();
        assertThat(budget.sentByGateway()).isEqualTo(2);
        assertThat(budget.await(LogBudget.Purpose.ARCHIVE, Duration.ofDays(1))).isTrue();
        assertThat(budget.waiting()).isZero();
    }

    private static boolean isWaiting(Thread thread) {
        return thread.getState() == Thread.State.WAITING
                || thread.getState() == Thread.State.TIMED_WAITING;
    }

    private static int takeAllSpare(LogBudget budget) {
        int taken = 0;
        while (budget.takeSpare()) {
            taken++;
        }
        return taken;
    }
}
