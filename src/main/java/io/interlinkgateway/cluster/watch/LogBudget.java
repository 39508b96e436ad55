package io.interlinkgateway.cluster.watch;

import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The budget of log requests to one virtual node. Before it reads a log, the virtual kubelet requests the pod from the
/// API server, through a client that is limited to 5 requests per second with bursts of 10 (measured on interLink
/// f6321757), for all readers together. Before it submits a pod, it requests the pod through the same client.
///
/// Callers' reads and submissions never wait here: they are counted, and the gateway sends fewer requests of its own.
public final class LogBudget {

    /// Tokens that only callers may use.
    private static final int RESERVED = 2;

    /// The purpose of a log request of the gateway itself; the most important first.
    public enum Purpose {
        /// The job seems to have ended.
        END,
        /// The job seems to have started.
        START,
        /// The pod's status reports an end.
        CLAIM,
        /// A new follow, which reports start and end with only one request.
        FOLLOW,
        /// A routine check: no event is known.
        ROUTINE,
        /// Nobody waits for it: a log that is archived, or the end of a job that nobody reads.
        ARCHIVE
    }

    private record Waiter(Purpose purpose, long order, Condition turn) {}

    private final Bucket all;
    private final Bucket own;
    private final ReentrantLock lock = new ReentrantLock();
    private final PriorityQueue<Waiter> waiters =
            new PriorityQueue<>(
                    Comparator.comparing(Waiter::purpose).thenComparingLong(Waiter::order));
    private final LongAdder callers = new LongAdder();
    private final LongAdder gateways = new LongAdder();
    private long order;

    /// @param limits the node's limits
    LogBudget(LogRequestLimits limits) {
        int burst = Math.max(limits.burst(), RESERVED + 1);
        this.all = bucket(burst, limits.perSecond());
        this.own =
                bucket(
                        Math.max(burst / limits.replicas(), 1),
                        limits.ownPerSecond() / limits.replicas());
    }

    private static Bucket bucket(int burst, double perSecond) {
        Duration period = Duration.ofNanos((long) (TimeUnit.SECONDS.toNanos(1) / perSecond));
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(burst).refillGreedy(1, period))
                .build();
    }

    /// Counts a caller's read. Never waits.
    public void spend() {
        all.consumeIgnoringRateLimits(1);
        callers.increment();
    }

    /// Counts the request of the virtual kubelet that precedes a submission. Never waits.
    void spendOnSubmission() {
        all.consumeIgnoringRateLimits(1);
    }

    /// Waits until the gateway may send a request, after all waiting requests of higher importance.
    ///
    /// @param purpose the request's purpose
    /// @throws InterruptedException if the thread is interrupted while it waits
    void await(Purpose purpose) throws InterruptedException {
        await(purpose, Duration.ofNanos(Long.MAX_VALUE));
    }

    /// As [#await(Purpose)], for a limited time.
    ///
    /// @param purpose the request's purpose
    /// @param patience how long to wait at most
    /// @return whether the gateway may send the request
    /// @throws InterruptedException if the thread is interrupted while it waits
    public boolean await(Purpose purpose, Duration patience) throws InterruptedException {
        long start = System.nanoTime();
        lock.lockInterruptibly();
        try {
            Waiter waiter = new Waiter(purpose, order++, lock.newCondition());
            waiters.add(waiter);
            try {
                while (!waiter.equals(waiters.peek()) || !take()) {
                    long left = patience.toNanos() - (System.nanoTime() - start);
                    if (left <= 0) {
                        return false;
                    }
                    waiter.turn.awaitNanos(
                            waiter.equals(waiters.peek())
                                    ? Math.min(left, nanosUntilToken())
                                    : left);
                }
                return true;
            } finally {
                waiters.remove(waiter);
                Waiter next = waiters.peek();
                if (next != null) {
                    next.turn.signal();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// Takes a request if one is available; does not wait.
    ///
    /// @return whether one was available
    boolean takeSpare() {
        lock.lock();
        try {
            return waiters.isEmpty() && take();
        } finally {
            lock.unlock();
        }
    }

    private boolean take() {
        if (nanosUntilToken() > 0) {
            return false;
        }
        all.consumeIgnoringRateLimits(1);
        own.consumeIgnoringRateLimits(1);
        gateways.increment();
        return true;
    }

    private long nanosUntilToken() {
        return Math.max(
                all.estimateAbilityToConsume(1 + RESERVED).getNanosToWaitForRefill(),
                own.estimateAbilityToConsume(1).getNanosToWaitForRefill());
    }

    /// @return how many requests callers sent
    long sentByCallers() {
        return callers.sum();
    }

    /// @return how many requests the gateway sent for states
    long sentByGateway() {
        return gateways.sum();
    }

    /// @return how many of the gateway's requests wait
    int waiting() {
        lock.lock();
        try {
            return waiters.size();
        } finally {
            lock.unlock();
        }
    }

    /// @return how many requests the node answers without a delay; negative if callers and submissions use more
    ///     than that
    long available() {
        return all.getAvailableTokens();
    }
}
