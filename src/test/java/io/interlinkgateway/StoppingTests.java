package io.interlinkgateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.interlinkgateway.caller.RequiredRole;
import io.interlinkgateway.caller.Role;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// A request that takes longer than a stopping gateway waits.
class StoppingTests {

    private static final long MINUTES = 2;

    private final ConfigurableApplicationContext gateway =
            new SpringApplicationBuilder(GatewayApplication.class, Waiting.class)
                    .run(
                            "--server.port=0",
                            "--waiting=true",
                            "--spring.lifecycle.timeout-per-shutdown-phase=100ms");
    private final Waiting waiting = gateway.getBean(Waiting.class);
    private final HttpClient client = HttpClient.newHttpClient();

    /// Only for these tests: others find it too, because of its annotation.
    @RestController
    @ConditionalOnProperty("waiting")
    static class Waiting {

        private final CountDownLatch arrived = new CountDownLatch(1);
        private final CountDownLatch end = new CountDownLatch(1);

        @RequiredRole(Role.VIEWER)
        @GetMapping("/api/v1/waiting")
        Callable<@Nullable Void> read() {
            return () -> {
                arrived.countDown();
                end.await();
                return null;
            };
        }

        @RequiredRole(Role.VIEWER)
        @GetMapping("/api/v1/waiting/in-the-middle")
        Callable<@Nullable Void> begin(HttpServletResponse response) {
            return () -> {
                response.getOutputStream().write('x');
                response.flushBuffer();
                arrived.countDown();
                end.await();
                return null;
            };
        }
    }

    @AfterEach
    void close() {
        waiting.end.countDown();
        client.close();
        SpringApplication.exit(gateway);
    }

    @Test
    void aRequestThatStillWaitsIsNotAnsweredAsASuccess() throws Exception {
        HttpResponse<String> stopped = stopDuring("/api/v1/waiting").get(MINUTES, TimeUnit.MINUTES);

        assertThat(stopped.statusCode()).isEqualTo(503);
        assertThat(stopped.headers().firstValue("Retry-After")).contains("5");
        assertThat(stopped.body()).isEmpty();
    }

    @Test
    void aResponseThatHasBegunIsCut() throws Exception {
        CompletableFuture<HttpResponse<String>> cut = stopDuring("/api/v1/waiting/in-the-middle");

        assertThatThrownBy(() -> cut.get(MINUTES, TimeUnit.MINUTES))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class);
    }

    private CompletableFuture<HttpResponse<String>> stopDuring(String path) throws Exception {
        URI address =
                URI.create(
                        "http://127.0.0.1:"
                                + gateway.getEnvironment().getProperty("local.server.port")
                                + path);
        CompletableFuture<HttpResponse<String>> answer =
                client.sendAsync(
                        HttpRequest.newBuilder(address).build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(waiting.arrived.await(MINUTES, TimeUnit.MINUTES)).isTrue();
        SpringApplication.exit(gateway);
        return answer;
    }
}
