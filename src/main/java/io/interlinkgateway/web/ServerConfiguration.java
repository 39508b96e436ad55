package io.interlinkgateway.web;

import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// What of the web server no property of Spring Boot sets.
@Configuration(proxyBeanMethods = false)
class ServerConfiguration {

    /// Connections that the system accepts before Jetty does. Its own 50 are few when all followers come back after
    /// a gateway's restart.
    private static final int ACCEPT_QUEUE = 4096;

    /// Bytes of each answer that is being written, outside of the heap. Jetty's own 32 kB are 256 MB for as many
    /// requests at once as there may be connections.
    private static final int OUTPUT_BUFFER = 8 * 1024;

    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> jetty(
            ErrorHandler refusals, Connections connections) {
        return factory ->
                factory.addServerCustomizers(server -> {
                    requireFewer(connections, server.getThreadPool());
                    server.setErrorHandler(refusals);
                    for (ServerConnector connector :
                            server.getContainedBeans(ServerConnector.class)) {
                        connector.setAcceptQueueSize(ACCEPT_QUEUE);
                        connector.addBean(connections);
                    }
                    for (HttpConfiguration http :
                            server.getContainedBeans(HttpConfiguration.class)) {
                        // No endpoint takes forms. Jetty would read them for a question for a
                        // parameter.
                        http.setFormEncodedMethods();
                        http.setOutputBufferSize(OUTPUT_BUFFER);
                    }
                });
    }

    /// Each connection holds one thread at most, so some are always left.
    private static void requireFewer(Connections connections, ThreadPool threads) {
        if (threads instanceof VirtualThreadPool pool
                && connections.max() >= pool.getMaxConcurrentTasks()) {
            throw new InvalidConfigurationPropertyValueException(
                    "gateway.connections.max",
                    connections.max(),
                    "There must be fewer connections than threads, of which"
                            + " server.jetty.threads.max allows "
                            + pool.getMaxConcurrentTasks()
                            + ".");
        }
    }
}
