package io.interlinkgateway;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/// Starts the gateway: the `sandbox` profile unless `kubernetes` is chosen.
@SpringBootApplication
@ConfigurationPropertiesScan
public class GatewayApplication {

    static void main(String[] arguments) {
        SpringApplication.run(GatewayApplication.class, arguments);
    }
}
