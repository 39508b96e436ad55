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

/// A few platform threads for long computations, such as parsing and translating a document, or reading a page of
/// jobs. Requests are handled by virtual threads, which are not preempted: as many long computations as there are
/// processors would block all requests, including the liveness probe. Platform threads are preempted by the operating
/// system.
///
/// One caller uses at most half of the threads at the same time; its other computations wait in order. If a client
/// disconnects, its request's computation is cancelled, unless it is already running: a computation takes a second at
/// most.
@Component
public final class ComputeThreads implements AutoCloseable {

    /// The time after which an idle thread ends.
    private static final int IDLE_SECONDS = 30;

    /// The maximum number of waiting computations of one caller. Each has a document in memory.
    private static final int MAX_WAITING = 50;

    private final ThreadPoolExecutor threads;
    private final LoadingCache<String, Share> shares;

    ComputeThreads() {
        this(Math.max(4, 2 * Runtime.getRuntime().availableProcessors()));
    }

    /// @param count the number of threads, 2 or more
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
        // A caller's share exists as long as one of its requests refers to it.
        shares = Caffeine.newBuilder().weakValues().build(_ -> new Share(count / 2));
    }

    /// Runs a computation on one of the threads. It must not block, for example on the API server.
    ///
    /// @param computation the computation; it can't use thread-locals of the calling thread
    /// @return its result; its exceptions are rethrown
    /// @throws GatewayException.TooManyRequests if too many of the caller's computations are waiting
    /// @throws GatewayException.Busy if it does not end within the request's remaining time
    /// @throws ClientLeftException if the client closed the connection
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
            } catch (Throwable failure) {
                result.completeExceptionally(failure);
            } finally {
                share.ended();
            }
        }
    }

    /// One caller's share of the threads.
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
            } else if (waiting.size() < MAX_WAITING) {
                waiting.add(task);
            } else {
                throw new GatewayException.TooManyRequests(
                        "You may have "
                                + MAX_WAITING
                                + " requests waiting for a processor at the same time.",
                        Duration.ofSeconds(1));
            }
        }

        /// Removes computations that have not started.
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
