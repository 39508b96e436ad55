package io.interlinkgateway;

import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
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

    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> jetty(ErrorHandler refusals) {
        return factory ->
                factory.addServerCustomizers(server -> {
                    server.setErrorHandler(refusals);
                    for (ServerConnector connector :
                            server.getContainedBeans(ServerConnector.class)) {
                        connector.setAcceptQueueSize(ACCEPT_QUEUE);
                    }
                });
    }
}
