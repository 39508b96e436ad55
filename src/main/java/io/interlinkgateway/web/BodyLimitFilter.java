package io.interlinkgateway.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;
import org.springframework.web.filter.OncePerRequestFilter;

/// Refuses large and slow bodies while they are read: neither Jetty nor Spring limits JSON bodies. The rest of an
/// authenticated caller's refused body is read and dropped, up to limits: otherwise Jetty would close the connection,
/// and the caller would not receive the response. Bodies of unauthenticated clients are not read, so that they do not
/// occupy threads.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 3)
class BodyLimitFilter extends OncePerRequestFilter {

    private static final long MAX_DROPPED_BYTES = DataSize.ofMegabytes(16).toBytes();
    private static final Pace DROP =
            new Pace(Duration.ofSeconds(2), DataSize.ofBytes(0), Duration.ofSeconds(10));

    private final DataSize limit;
    private final Pace pace;
    private final Connections connections;
    private final Refusals refusals;

    BodyLimitFilter(Properties properties, Connections connections, Refusals refusals) {
        this.limit = properties.maxSize();
        this.pace =
                new Pace(
                        properties.longestPause(),
                        properties.leastPerSecond(),
                        properties.deadline());
        this.connections = connections;
        this.refusals = refusals;
    }

    /// @param maxSize the maximum size of a request body
    /// @param longestPause the maximum time without a byte of an incomplete body
    /// @param leastPerSecond the minimum rate of a body, checked after the time `longest-pause`
    /// @param deadline the maximum time for a whole body
    @ConfigurationProperties("gateway.body")
    record Properties(
            @DefaultValue("1MB") DataSize maxSize,
            @DefaultValue("10s") Duration longestPause,
            @DefaultValue("1KB") DataSize leastPerSecond,
            @DefaultValue("60s") Duration deadline) {}

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        connections.started(request);
        LimitedRequest limited = new LimitedRequest(request);
        try {
            chain.doFilter(limited, response);
        } finally {
            if (!request.isAsyncStarted() && limited.restIsDropped()) {
                drop(request);
            }
        }
    }

    private static void drop(HttpServletRequest request) {
        byte[] buffer = new byte[8192];
        long left = MAX_DROPPED_BYTES;
        try {
            TimedBody rest = new TimedBody(request, DROP);
            for (int read = 0; read >= 0 && left > 0; left -= read) {
                read = rest.read(buffer, 0, buffer.length);
            }
        } catch (IOException _) {
            // The client disconnected, or did not send the rest in time.
        }
    }

    private final class LimitedRequest extends HttpServletRequestWrapper {

        private @Nullable Limited body;

        private LimitedRequest(HttpServletRequest request) {
            super(request);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (body == null) {
                body = new Limited(this);
            }
            return body;
        }

        private HttpServletRequest original() {
            return (HttpServletRequest) getRequest();
        }

        private boolean restIsDropped() {
            if (!Connections.isAdmitted(this)) {
                return false;
            }
            return body == null
                    // A client that expects 100-continue sends nothing before the body is read.
                    ? getHeader(HttpHeaders.EXPECT) == null
                    : !body.tooSlow;
        }
    }

    private final class Limited extends ServletInputStream {

        private final LimitedRequest request;
        private final ServletInputStream body;
        private @Nullable TimedBody timed;
        private long left = limit.toBytes();
        private boolean tooSlow;

        private Limited(LimitedRequest request) throws IOException {
            this.request = request;
            this.body = request.original().getInputStream();
        }

        @Override
        public int read() throws IOException {
            byte[] next = new byte[1];
            return read(next, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(next[0]);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (!Connections.isAdmitted(request)) {
                // The health endpoint reads a body that it does not need: it gets none.
                return -1;
            }
            if (timed == null) {
                timed = new TimedBody(request.original(), pace);
            }
            int read;
            try {
                read = timed.read(bytes, offset, length);
            } catch (BodyTooSlowException failure) {
                tooSlow = true;
                refuse(Refusals.Cause.BODY_TOO_SLOW, failure);
                throw failure;
            }
            left -= Math.max(read, 0);
            if (left < 0) {
                BodyTooLargeException large = new BodyTooLargeException(limit);
                refuse(Refusals.Cause.BODY_TOO_LARGE, large);
                throw large;
            }
            return read;
        }

        private void refuse(Refusals.Cause cause, IOException refusal) {
            refusals.refused(
                    cause,
                    request.getMethod()
                            + " from "
                            + request.getRemoteAddr()
                            + ". "
                            + refusal.getMessage());
        }

        @Override
        public boolean isFinished() {
            return body.isFinished();
        }

        @Override
        public boolean isReady() {
            return body.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException("Bodies are read by the request's thread.");
        }
    }
}
