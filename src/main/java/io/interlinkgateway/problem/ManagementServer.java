package io.interlinkgateway.problem;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
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

/// The server of `management.server.port`, where that is another than `server.port`. It has a few platform threads of
/// its own, so that it answers a cluster's probes however many requests the virtual threads of the other server wait
/// with. Spring Boot imports this class into the server's own context; it must not be scanned.
@ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
class ManagementServer {

    /// Jetty itself needs about half of them.
    private static final int THREADS = 16;

    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(10);

    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> platformThreads() {
        return new LastCustomizer();
    }

    /// No endpoint here takes a body, but the framework would wait for one.
    @Bean
    FilterRegistrationBean<Filter> noBodies() {
        FilterRegistrationBean<Filter> filter =
                new FilterRegistrationBean<>((request, response, chain) -> {
                    HttpServletRequest http = (HttpServletRequest) request;
                    HttpServletResponse answer = (HttpServletResponse) response;
                    if (http.getContentLengthLong() > 0
                            || http.getHeader(HttpHeaders.TRANSFER_ENCODING) != null) {
                        answer.setHeader(HttpHeaders.CONNECTION, "close");
                        answer.sendError(HttpServletResponse.SC_BAD_REQUEST);
                    } else {
                        chain.doFilter(request, response);
                    }
                });
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
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
