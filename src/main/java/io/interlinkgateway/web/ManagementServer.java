package io.interlinkgateway.web;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/// The server of `management.server.port`, where that is another than `server.port`. It has a few platform threads of
/// its own, so that it answers a cluster's probes however many requests the virtual threads of the other server wait
/// with. Spring Boot imports this class into the server's own context; it must not be scanned.
@ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
public class ManagementServer {

    /// Jetty itself needs about half of them.
    private static final int THREADS = 16;

    /// Requests but the probes', whose clients may read their answers slowly.
    private static final int OTHERS_AT_A_TIME = 2;

    /// The paths that a cluster's kubelet asks, by the pod's address.
    public static final Set<String> PROBES =
            Set.of("/actuator/health/liveness", "/actuator/health/readiness");

    private static final String MARK = ManagementServer.class.getName();
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(10);

    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> platformThreads() {
        return new LastCustomizer();
    }

    @Bean
    FilterRegistrationBean<Filter> managementRequests() {
        FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>(new Requests());
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    /// Whether a request came to the management port, if that is another than the API's.
    ///
    /// @param request any request
    /// @return true if it did
    public static boolean handles(HttpServletRequest request) {
        return request.getAttribute(MARK) != null;
    }

    /// Keeps threads for the probes.
    private static final class Requests extends OncePerRequestFilter {

        private final Semaphore others = new Semaphore(OTHERS_AT_A_TIME);

        @Override
        protected void doFilterInternal(
                HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            request.setAttribute(MARK, true);
            if (request.getContentLengthLong() > 0
                    || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null) {
                // No endpoint here takes a body, but the framework would wait for one.
                refuse(response, HttpStatus.BAD_REQUEST);
            } else if (PROBES.contains(request.getRequestURI())) {
                chain.doFilter(request, response);
            } else if (others.tryAcquire()) {
                try {
                    chain.doFilter(request, response);
                } finally {
                    others.release();
                }
            } else {
                refuse(response, HttpStatus.SERVICE_UNAVAILABLE);
            }
        }

        private static void refuse(HttpServletResponse response, HttpStatus status) {
            response.setHeader(HttpHeaders.CONNECTION, "close");
            response.setStatus(status.value());
        }
    }

    /// After the one of Spring Boot that gives it virtual threads.
    private static final class LastCustomizer
            implements WebServerFactoryCustomizer<JettyServletWebServerFactory>, Ordered {

        @Override
        public void customize(JettyServletWebServerFactory factory) {
            QueuedThreadPool threads = new QueuedThreadPool(THREADS);
            threads.setName("management");
            factory.setThreadPool(threads);
            factory.addServerCustomizers(server ->
                    server.getContainedBeans(AbstractConnector.class)
                            .forEach(connector ->
                                    connector.setIdleTimeout(IDLE_TIMEOUT.toMillis())));
        }

        @Override
        public int getOrder() {
            return Ordered.LOWEST_PRECEDENCE;
        }
    }
}
