package io.interlinkgateway.cluster.watch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeList;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.interlinkgateway.cluster.api.ApiServer;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Lists of two pages that break off, which a real API server produces rarely.
@Execution(ExecutionMode.CONCURRENT)
class ResourceWatchTests {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final HttpServer server;
    private final KubernetesClient client;
    private final ResourceWatch<Node> watch;
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private volatile Runnable listed = () -> {};

    ResourceWatchTests() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        String address = "http://127.0.0.1:" + server.getAddress().getPort();
        client =
                new KubernetesClientBuilder()
                        .withConfig(
                                new ConfigBuilder()
                                        .withMasterUrl(address)
                                        .withRequestRetryBackoffLimit(0)
                                        .build())
                        .build();
        watch =
                new ResourceWatch<>(
                        new ApiServer(client, PATIENCE, ObservationRegistry.NOOP),
                        "/api/v1/nodes?",
                        Node.class,
                        NodeList.class,
                        new Sink(),
                        Clock.systemUTC());
    }

    private final class Sink implements ResourceWatch.Sink<Node> {

        @Override
        public void listStarted() {
            seen.add("started");
        }

        @Override
        public void listed(List<Node> objects) {
            objects.forEach(node -> seen.add(node.getMetadata().getName()));
            listed.run();
        }

        @Override
        public void listEnded(long version) {
            seen.add("ended at " + version);
        }

        @Override
        public void changed(Node node) {
            throw new AssertionError(node);
        }

        @Override
        public void deleted(Node node) {
            throw new AssertionError(node);
        }

        @Override
        public void reached(long version) {
            throw new AssertionError(version);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        if (query.contains("watch=true")) {
            respond(exchange, 200, "");
        } else if (query.endsWith("continue=")) {
            respond(exchange, 200, page("a", "second"));
        } else if (refusals.getAndDecrement() > 0) {
            respond(exchange, 503, "");
        } else {
            respond(exchange, 200, page("b", ""));
        }
    }

    private static String page(String node, String next) {
        return """
        {"kind": "NodeList", "apiVersion": "v1",
         "metadata": {"resourceVersion": "10", "continue": "%s"},
         "items": [{"metadata": {"name": "%s", "resourceVersion": "5"}}]}
        """
                .formatted(next, node);
    }

    private static void respond(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void close() {
        watch.close();
        client.close();
        server.stop(0);
    }

    @Test
    void aListThatFailsAfterItsFirstPageIsBegunAgain() {
        refusals.set(1);

        watch.start();

        await().atMost(PATIENCE).until(() -> seen.contains("ended at 10"));
        assertThat(seen).containsExactly("started", "a", "started", "a", "b", "ended at 10");
        assertThat(watch.awaitFresh(PATIENCE, PATIENCE)).isTrue();
    }

    /// Else the objects of the other pages would be taken for removed.
    @Test
    void aListDuringWhichTheWatchIsClosedDoesNotEnd() throws Exception {
        List<Thread> threads = new CopyOnWriteArrayList<>();
        listed =
                () -> {
                    threads.add(Thread.currentThread());
                    watch.close();
                };

        watch.start();

        await().atMost(PATIENCE).until(() -> !threads.isEmpty());
        assertThat(threads.getFirst().join(PATIENCE)).isTrue();
        assertThat(seen).containsExactly("started", "a");
    }
}
