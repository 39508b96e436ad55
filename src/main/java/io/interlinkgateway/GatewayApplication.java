package io.interlinkgateway;

import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/// interLink Gateway. The default profile is `sandbox`; the other one is `kubernetes`.
@SpringBootApplication
@ConfigurationPropertiesScan
public class GatewayApplication {

    /// Starts the gateway.
    ///
    /// @param arguments arguments of Spring Boot
    public static void main(String[] arguments) {
        SpringApplication.run(GatewayApplication.class, arguments);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }
}
