package io.interlinkgateway.compute;

import io.interlinkgateway.failure.GatewayException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/// How long a request waits for its computations, all of them together, as long as its client is there. For the thread
/// that handles the request.
final class Patience {

    private static final String ATTRIBUTE = Patience.class.getName();
    private static final long BETWEEN_LOOKS = Duration.ofMillis(250).toNanos();

    private final Optional<ClientConnection> client = ClientConnection.current();
    private long left = Duration.ofSeconds(10).toNanos();

    private Patience() {}

    /// @return that of the request which this thread handles, or a new one if it handles none
    static Patience current() {
        RequestAttributes request = RequestContextHolder.getRequestAttributes();
        if (request == null) {
            return new Patience();
        }
        if (request.getAttribute(ATTRIBUTE, RequestAttributes.SCOPE_REQUEST)
                instanceof Patience begun) {
            return begun;
        }
        Patience patience = new Patience();
        request.setAttribute(ATTRIBUTE, patience, RequestAttributes.SCOPE_REQUEST);
        return patience;
    }

    /// Returns when the result is there, or a failure in its place.
    ///
    /// @throws GatewayException.Busy if it takes too long
    /// @throws ClientLeftException if the client left meanwhile
    void await(CompletableFuture<?> result) {
        long begin = System.nanoTime();
        try {
            while (!isDone(result, Math.min(left, BETWEEN_LOOKS))) {
                if (client.filter(ClientConnection::isClosed).isPresent()) {
                    throw new ClientLeftException();
                }
                if (System.nanoTime() - begin >= left) {
                    throw new GatewayException.Busy();
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new GatewayException.Busy();
        } finally {
            left = Math.max(0, left - (System.nanoTime() - begin));
        }
    }

    private static boolean isDone(CompletableFuture<?> result, long nanoseconds)
            throws InterruptedException {
        try {
            result.get(nanoseconds, TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException failed) {
            return true;
        } catch (TimeoutException notYet) {
            return false;
        }
    }
}
