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

/// The server of `management.server.port`, if that differs from `server.port`. It has a few platform threads of its
/// own, so that it responds to a cluster's probes no matter how many requests occupy the other server. Spring Boot
/// imports this class into the server's own context; it must not be found by component scanning.
@ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
public class ManagementServer {

    /// Jetty itself needs about half of them.
    private static final int THREADS = 16;

    /// The maximum number of concurrent requests other than probes: their clients may read the responses slowly.
    private static final int MAX_OTHER_REQUESTS = 2;

    /// The paths of the kubelet's probes, which use the pod's address.
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

    /// Whether a request came through the management port, if that differs from the API's.
    ///
    /// @param request any request
    /// @return true if it did
    public static boolean handles(HttpServletRequest request) {
        return request.getAttribute(MARK) != null;
    }

    /// Reserves threads for the probes.
    private static final class Requests extends OncePerRequestFilter {

        private final Semaphore others = new Semaphore(MAX_OTHER_REQUESTS);

        @Override
        protected void doFilterInternal(
                HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            request.setAttribute(MARK, true);
            if (request.getContentLengthLong() > 0
                    || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null) {
                // No endpoint here has a body, but Spring would wait for one.
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

    /// Runs after Spring Boot's customizer, which sets virtual threads.
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
