package io.interlinkgateway.compute;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.interlinkgateway.job.GatewayException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/// A few platform threads for what takes a processor long: reading and translating a document, reading a page of
/// jobs. Requests are served by virtual threads, which the runtime does not interrupt: as many long computations as
/// there are processors would hold up all requests, liveness included. The system shares its processors among
/// platform threads by time.
///
/// One caller gets at most half of the threads at a time. A client that left ends its request's computation unless it
/// runs already.
@Component
public final class ComputeThreads implements AutoCloseable {

    /// After this a client is answered that the gateway is busy. A computation takes a second at most.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

    private final ThreadPoolExecutor threads;
    private final LoadingCache<String, Semaphore> shares;

    ComputeThreads() {
        this(Math.max(4, 2 * Runtime.getRuntime().availableProcessors()));
    }

    /// @param count how many threads, 2 or more
    public ComputeThreads(int count) {
        threads =
                new ThreadPoolExecutor(
                        count,
                        count,
                        0,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("compute-", 0).factory());
        // A caller's share is forgotten when none of its requests holds it.
        shares = Caffeine.newBuilder().weakValues().build(_ -> new Semaphore(count / 2, true));
    }

    /// Computes something on one of the threads. It must not wait for others, such as the API server.
    ///
    /// @param computation what to do; sees nothing that is bound to the calling thread
    /// @return its result; what it throws is thrown here
    /// @throws GatewayException.Busy if other computations leave it no time
    /// @throws ClientLeftException if the request's client left
    public <T> T run(Supplier<T> computation) {
        Patience patience = new Patience(PATIENCE, ClientConnection.current());
        Semaphore share = shares.get(caller());
        patience.await(wait -> share.tryAcquire(wait, TimeUnit.NANOSECONDS));
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable task =
                () -> {
                    try {
                        result.complete(computation.get());
                    } catch (Throwable thrown) {
                        result.completeExceptionally(thrown);
                    } finally {
                        share.release();
                    }
                };
        threads.execute(task);
        try {
            patience.await(wait -> isDone(result, wait));
            return result.join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        } finally {
            if (threads.remove(task)) {
                share.release();
            }
        }
    }

    private static String caller() {
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        return caller == null ? "" : caller.getName();
    }

    private static boolean isDone(CompletableFuture<?> result, long wait)
            throws InterruptedException {
        try {
            result.get(wait, TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException failed) {
            return true;
        } catch (TimeoutException notYet) {
            return false;
        }
    }

    /// How long to wait, in steps after each of which the client must still be there.
    private record Patience(long deadline, Optional<ClientConnection> client) {

        Patience(Duration duration, Optional<ClientConnection> client) {
            this(System.nanoTime() + duration.toNanos(), client);
        }

        interface Step {

            /// @param nanoseconds how long to wait
            /// @return whether what is awaited is there
            boolean awaited(long nanoseconds) throws InterruptedException;
        }

        void await(Step step) {
            try {
                while (!step.awaited(
                        Math.clamp(deadline - System.nanoTime(), 0, BETWEEN_LOOKS.toNanos()))) {
                    if (client.filter(ClientConnection::isClosed).isPresent()) {
                        throw new ClientLeftException();
                    }
                    if (System.nanoTime() - deadline >= 0) {
                        throw new GatewayException.Busy();
                    }
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new GatewayException.Busy();
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
