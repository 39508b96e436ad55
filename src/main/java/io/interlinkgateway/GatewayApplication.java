package io.interlinkgateway;

import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/// interLink Gateway: the `sandbox` profile unless `kubernetes` is chosen.
@SpringBootApplication
@ConfigurationPropertiesScan
public class GatewayApplication {

    /// Starts the gateway.
    ///
    /// @param arguments Spring Boot's own
    public static void main(String[] arguments) {
        SpringApplication.run(GatewayApplication.class, arguments);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }
}
