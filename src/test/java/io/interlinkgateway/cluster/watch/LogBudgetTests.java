package io.interlinkgateway.cluster.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LogBudgetTests {

    @Test
    void theGatewaysOwnReadsLeaveTheLastRequestsToCallers() {
        LogBudget budget = new LogBudget(new LogRequestLimits(0.001, 10, 0.001));

        AtomicInteger taken = new AtomicInteger();
        while (budget.takeSpare()) {
            taken.incrementAndGet();
        }

        assertThat(taken).hasValue(8);
        assertThat(budget.available()).isEqualTo(2);
    }

    @Test
    void callersNeverWaitAndTheGatewaysOwnReadsMakeRoomForThem() {
        LogBudget budget = new LogBudget(new LogRequestLimits(0.001, 10, 0.001));

        for (int i = 0; i < 15; i++) {
            budget.spend();
        }

        assertThat(budget.available()).isEqualTo(-5);
        assertThat(budget.takeSpare()).isFalse();
    }

    @Test
    void theGatewaysOwnReadsMakeRoomForSubmissions() {
        LogBudget budget = new LogBudget(new LogRequestLimits(0.001, 10, 0.001));

        for (int i = 0; i < 15; i++) {
            budget.spendOnSubmission();
        }

        assertThat(budget.available()).isEqualTo(-5);
        assertThat(budget.takeSpare()).isFalse();
        assertThat(budget.sentByCallers()).isZero();
    }

    @Test
    void theMostValuableReadGoesFirst() throws Exception {
        LogBudget budget = new LogBudget(new LogRequestLimits(5, 3, 5));
        while (budget.takeSpare()) {
            // Until there is none.
        }
        for (int i = 0; i < 5; i++) {
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

    private static boolean isWaiting(Thread thread) {
        return thread.getState() == Thread.State.WAITING
                || thread.getState() == Thread.State.TIMED_WAITING;
    }
}
