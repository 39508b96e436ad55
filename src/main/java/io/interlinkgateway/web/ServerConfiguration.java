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

/// Settings of the web server for which Spring Boot has no properties.
@Configuration(proxyBeanMethods = false)
class ServerConfiguration {

    /// The number of connections that the operating system queues before Jetty accepts them. The default of 50 is too
    /// small when all followers reconnect after a restart.
    private static final int ACCEPT_QUEUE = 4096;

    /// The size of each response's output buffer, outside of the heap. With Jetty's default of 32 kB, concurrent
    /// requests on all connections would use 256 MB.
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
                        // No endpoint accepts forms, but Jetty would read them when a parameter is
                        // requested.
                        http.setFormEncodedMethods();
                        http.setOutputBufferSize(OUTPUT_BUFFER);
                    }
                });
    }

    /// Each connection occupies at most one thread, so some threads are always free.
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
