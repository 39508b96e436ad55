package io.interlinkgateway.problem;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;
import org.springframework.web.filter.OncePerRequestFilter;

/// Refuses large bodies while they are read: neither Jetty nor Spring bounds a JSON body. What of a refused body is
/// still to come is read and dropped, as far as it is bearable: Jetty would cut the connection, and its sender would
/// not get to the answer.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class BodyLimit extends OncePerRequestFilter {

    private static final long MOST_DROPPED = DataSize.ofMegabytes(16).toBytes();
    private static final Duration LONGEST_DROP = Duration.ofSeconds(10);

    private final DataSize limit;

    BodyLimit(Properties properties) {
        this.limit = properties.maxSize();
    }

    /// @param maxSize the largest body that the gateway takes
    @ConfigurationProperties("gateway.body")
    record Properties(@DefaultValue("1MB") DataSize maxSize) {}

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        LimitedRequest limited = new LimitedRequest(request);
        try {
            chain.doFilter(limited, response);
        } finally {
            // Who expects 100-continue sends nothing before the body is asked for.
            if (!request.isAsyncStarted()
                    && (limited.asked || request.getHeader(HttpHeaders.EXPECT) == null)) {
                drop(request.getInputStream());
            }
        }
    }

    private static void drop(ServletInputStream rest) {
        long deadline = System.nanoTime() + LONGEST_DROP.toNanos();
        long left = MOST_DROPPED;
        try {
            if (rest.read() < 0) {
                return;
            }
            byte[] buffer = new byte[8192];
            for (int read = 0;
                    read >= 0 && left > 0 && System.nanoTime() - deadline < 0;
                    left -= read) {
                read = rest.read(buffer);
            }
        } catch (IOException gone) {
            // There is nobody left to answer.
        }
    }

    private final class LimitedRequest extends HttpServletRequestWrapper {

        private boolean asked;

        private LimitedRequest(HttpServletRequest request) {
            super(request);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            asked = true;
            return new Limited(super.getInputStream());
        }
    }

    private final class Limited extends ServletInputStream {

        private final ServletInputStream body;
        private long left = limit.toBytes();

        private Limited(ServletInputStream body) {
            this.body = body;
        }

        @Override
        public int read() throws IOException {
            int next = body.read();
            if (next >= 0) {
                count(1);
            }
            return next;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = body.read(bytes, offset, length);
            count(read);
            return read;
        }

        private void count(int read) throws IOException {
            left -= Math.max(read, 0);
            if (left < 0) {
                throw new BodyTooLargeException(limit);
            }
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
            body.setReadListener(listener);
        }
    }
}
