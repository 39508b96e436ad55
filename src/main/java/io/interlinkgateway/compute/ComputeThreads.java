package io.interlinkgateway.compute;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.interlinkgateway.failure.GatewayException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/// A few platform threads for what takes a processor long: reading and translating a document, reading a page of
/// jobs. Requests are served by virtual threads, which the runtime does not interrupt: as many long computations as
/// there are processors would hold up all requests, liveness included. The system shares its processors among
/// platform threads by time.
///
/// One caller gets at most half of the threads at a time, and its other computations wait in the order in which they came.
/// A client that left ends its request's computation, unless that runs already: a computation takes a second at most.
@Component
public final class ComputeThreads implements AutoCloseable {

    /// After this a thread without work ends.
    private static final int IDLE_SECONDS = 30;

    /// Computations of one caller that may wait. Each holds a document in memory.
    private static final int MOST_WAITING = 50;

    private final ThreadPoolExecutor threads;
    private final LoadingCache<String, Share> shares;

    ComputeThreads() {
        this(Math.max(4, 2 * Runtime.getRuntime().availableProcessors()));
    }

    /// @param count how many threads, 2 or more
    public ComputeThreads(int count) {
        threads =
                new ThreadPoolExecutor(
                        count,
                        count,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("compute-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
        // A caller's share is forgotten when none of its requests holds it.
        shares = Caffeine.newBuilder().weakValues().build(_ -> new Share(count / 2));
    }

    /// Computes something on one of the threads. It must not wait for others, such as the API server.
    ///
    /// @param computation what to do; sees nothing that is bound to the calling thread
    /// @return its result; what it throws is thrown here
    /// @throws GatewayException.TooManyRequests if too many of the caller's computations wait
    /// @throws GatewayException.Busy if it does not come to an end in the time that the request has left
    /// @throws ClientLeftException if the request's client left
    public <T> T run(Supplier<T> computation) {
        Share share = shares.get(caller());
        Task<T> task = new Task<>(computation, share);
        share.add(task);
        try {
            Patience.current().await(task.result);
            return task.result.join();
        } catch (CompletionException failed) {
            switch (failed.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw failed;
            }
        } finally {
            share.remove(task);
        }
    }

    private static String caller() {
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        return caller == null ? "" : caller.getName();
    }

    private record Task<T>(Supplier<T> computation, Share share, CompletableFuture<T> result)
            implements Runnable {

        Task(Supplier<T> computation, Share share) {
            this(computation, share, new CompletableFuture<>());
        }

        @Override
        public void run() {
            try {
                result.complete(computation.get());
            } catch (Throwable thrown) {
                result.completeExceptionally(thrown);
            } finally {
                share.ended();
            }
        }
    }

    /// What one caller has of the threads.
    private final class Share {

        private final int most;
        private final Set<Task<?>> waiting = new LinkedHashSet<>();
        private int taken;

        private Share(int most) {
            this.most = most;
        }

        synchronized void add(Task<?> task) {
            if (taken < most) {
                taken++;
                threads.execute(task);
            } else if (waiting.size() < MOST_WAITING) {
                waiting.add(task);
            } else {
                throw new GatewayException.TooManyRequests(
                        "You may have "
                                + MOST_WAITING
                                + " requests waiting to be computed at a time.",
                        Duration.ofSeconds(1));
            }
        }

        /// Takes back what has not begun.
        synchronized void remove(Task<?> task) {
            if (!waiting.remove(task) && threads.remove(task)) {
                ended();
            }
        }

        synchronized void ended() {
            Iterator<Task<?>> next = waiting.iterator();
            if (next.hasNext()) {
                threads.execute(next.next());
                next.remove();
            } else {
                taken--;
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
