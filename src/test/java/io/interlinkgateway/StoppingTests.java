package io.interlinkgateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.caller.RequiredRole;
import io.interlinkgateway.caller.Role;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// A request that takes longer than a stopping gateway waits.
class StoppingTests {

    @RestController
    static class Waiting {

        private final CountDownLatch arrived = new CountDownLatch(1);
        private final CountDownLatch never = new CountDownLatch(1);

        @RequiredRole(Role.VIEWER)
        @GetMapping("/api/v1/waiting")
        Callable<String> read(@RequestParam boolean interruptible) {
            return () -> {
                arrived.countDown();
                do {
                    try {
                        never.await();
                    } catch (InterruptedException stopped) {
                        if (interruptible) {
                            throw stopped;
                        }
                    }
                } while (true);
            };
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRequestThatStillWaitsIsNotAnsweredAsASuccess(boolean interruptible) throws Exception {
        CompletableFuture<HttpResponse<String>> answer;
        try (ConfigurableApplicationContext gateway =
                        new SpringApplicationBuilder(GatewayApplication.class, Waiting.class)
                                .run(
                                        "--server.port=0",
                                        "--spring.lifecycle.timeout-per-shutdown-phase=100ms");
                HttpClient client = HttpClient.newHttpClient()) {
            URI address =
                    URI.create(
                            "http://127.0.0.1:"
                                    + gateway.getEnvironment().getProperty("local.server.port")
                                    + "/api/v1/waiting?interruptible="
                                    + interruptible);
            answer =
                    client.sendAsync(
                            HttpRequest.newBuilder(address).build(),
                            HttpResponse.BodyHandlers.ofString());
            gateway.getBean(Waiting.class).arrived.await();
            SpringApplication.exit(gateway);
            HttpResponse<String> stopped = answer.get();
            assertThat(stopped.statusCode()).isEqualTo(503);
            assertThat(stopped.headers().firstValue("Retry-After")).contains("5");
            assertThat(stopped.body()).isEmpty();
        }
    }
}
