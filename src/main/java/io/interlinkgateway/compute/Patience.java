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

/// How long a request waits for all its computations together, as long as its client is connected. For use by the
/// thread that handles the request.
final class Patience {

    private static final String ATTRIBUTE = Patience.class.getName();
    private static final long CHECK_INTERVAL = Duration.ofMillis(250).toNanos();

    private final Optional<ClientConnection> client = ClientConnection.current();
    private long left = Duration.ofSeconds(10).toNanos();

    private Patience() {}

    /// @return the instance of the request that this thread handles, or a new one if there is no request
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

    /// Returns when the result is available, or the computation has failed.
    ///
    /// @throws GatewayException.Busy if it takes too long
    /// @throws ClientLeftException if the client closed the connection
    void await(CompletableFuture<?> result) {
        long begin = System.nanoTime();
        try {
            while (!isDone(result, Math.min(left, CHECK_INTERVAL))) {
                if (client.filter(ClientConnection::isClosed).isPresent()) {
                    throw new ClientLeftException();
                }
                if (System.nanoTime() - begin >= left) {
                    throw new GatewayException.Busy();
                }
            }
        } catch (InterruptedException _) {
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
        } catch (ExecutionException _) {
            return true;
        } catch (TimeoutException _) {
            return false;
        }
    }
}
