package io.interlinkgateway.cluster.watch;

import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The log requests that one virtual node answers. Its virtual kubelet asks the API server for the pod before it reads a
/// log, through a client that sends 5 requests a second and 10 in a burst (measured on interLink f6321757), however many
/// read.
///
/// Callers' reads never wait here: they are counted, and the gateway's own reads make room for them.
public final class LogBudget {

    /// Tokens that only callers may use.
    private static final int RESERVED = 2;

    /// Why the gateway itself reads a log, the most valuable first.
    enum Purpose {
        /// The job seems to have ended.
        END,
        /// The job seems to have started.
        START,
        /// The pod's status claims an end.
        CLAIM,
        /// A follow that will report the start or the end costs one request only.
        FOLLOW,
        /// Nothing is known to have happened.
        ROUTINE
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

    /// @param limits what the node answers
    LogBudget(LogRequestLimits limits) {
        int burst = Math.max(limits.burst(), RESERVED + 1);
        this.all = bucket(burst, limits.perSecond());
        this.own = bucket(burst, limits.ownPerSecond());
    }

    private static Bucket bucket(int burst, double perSecond) {
        Duration period = Duration.ofNanos((long) (TimeUnit.SECONDS.toNanos(1) / perSecond));
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(burst).refillGreedy(1, period))
                .build();
    }

    /// A caller reads a log. Never waits.
    public void spend() {
        all.consumeIgnoringRateLimits(1);
        callers.increment();
    }

    /// Waits until the gateway may send a request of its own, after all that are more valuable.
    ///
    /// @param purpose why
    /// @throws InterruptedException if the thread is interrupted while it waits
    void await(Purpose purpose) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Waiter waiter = new Waiter(purpose, order++, lock.newCondition());
            waiters.add(waiter);
            try {
                while (!waiter.equals(waiters.peek()) || !take()) {
                    if (waiter.equals(waiters.peek())) {
                        waiter.turn.awaitNanos(nanosUntilToken());
                    } else {
                        waiter.turn.await();
                    }
                }
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

    /// Takes a request for which nobody has to wait.
    ///
    /// @return whether there is one
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

    /// @return the requests that the node still answers at once; negative if callers sent more than it does
    long available() {
        return all.getAvailableTokens();
    }
}
