package io.interlinkgateway.problem;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
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

    private static final long BEARABLE = DataSize.ofMegabytes(16).toBytes();

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
        try {
            chain.doFilter(
                    new HttpServletRequestWrapper(request) {
                        @Override
                        public ServletInputStream getInputStream() throws IOException {
                            return new Limited(super.getInputStream());
                        }
                    },
                    response);
        } finally {
            // Who expects 100-continue sends nothing before.
            if (!request.isAsyncStarted() && request.getHeader(HttpHeaders.EXPECT) == null) {
                request.getInputStream().skip(BEARABLE);
            }
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
