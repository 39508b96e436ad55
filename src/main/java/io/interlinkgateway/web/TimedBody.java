package io.interlinkgateway.web;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.IdleTimeout;
import org.jspecify.annotations.Nullable;

/// Reads a body, and fails if it arrives too slowly or not at all. Jetty checks its own minimum rate only at the
/// start of a read. So a read that waits is ended by the connection's idle timeout, which is set to the body's
/// remaining time during the read.
final class TimedBody {

    private final ServletInputStream body;
    private final @Nullable EndPoint endPoint;
    private final Pace pace;
    private final long begin = System.nanoTime();
    private long bytes;

    /// @param request the request with the body
    /// @param pace the limits, from now on
    TimedBody(HttpServletRequest request, Pace pace) throws IOException {
        this.body = request.getInputStream();
        this.endPoint =
                Connections.exchangeOf(request)
                        .map(exchange ->
                                socketOf(
                                        exchange.getConnectionMetaData()
                                                .getConnection()
                                                .getEndPoint()))
                        .orElse(null);
        this.pace = pace;
    }

    private static EndPoint socketOf(EndPoint endPoint) {
        return endPoint instanceof EndPoint.Wrapper tls ? socketOf(tls.unwrap()) : endPoint;
    }

    /// As [java.io.InputStream#read(byte[], int, int)].
    ///
    /// @throws BodyTooSlowException if the body is too slow
    int read(byte[] buffer, int offset, int length) throws IOException {
        Duration left = pace.left(elapsed(), bytes);
        if (!left.isPositive()) {
            throw tooSlow();
        }
        int read =
                endPoint == null || body.isReady()
                        ? body.read(buffer, offset, length)
                        : readWithin(endPoint, left, buffer, offset, length);
        bytes += Math.max(read, 0);
        return read;
    }

    private int readWithin(EndPoint endPoint, Duration left, byte[] buffer, int offset, int length)
            throws IOException {
        long usual = endPoint.getIdleTimeout();
        // The time since the last byte, which may belong to the headers, is not counted.
        if (endPoint instanceof IdleTimeout idle) {
            idle.notIdle();
        }
        endPoint.setIdleTimeout(Math.max(left.toMillis(), 1));
        try {
            return body.read(buffer, offset, length);
        } catch (IOException failed) {
            if (failed.getCause() instanceof TimeoutException) {
                throw tooSlow();
            }
            throw failed;
        } finally {
            endPoint.setIdleTimeout(usual);
        }
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private BodyTooSlowException tooSlow() {
        return new BodyTooSlowException(bytes, elapsed());
    }
}
