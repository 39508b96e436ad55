package io.interlinkgateway.cluster;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.cluster.watch.LogRequestLimits;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Measures how much later than a bare watch the subscribers of a gateway receive a change. Both are read in this
/// process, so that the times are from one clock. Run by `bench/events/run.sh`.
final class EventsBenchmark {

    private static final int SUBSCRIBERS = 1000;
    private static final int CHANGES = 200;
    private static final int WARM_UP = 300;
    private static final long PAUSE_MILLIS = 200;
    private static final Pattern CHANGE = Pattern.compile("\"remoteJobId\":\"(\\d+)\"");
    private static final String POD =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: changes, namespace: default}
            spec:
              terminationGracePeriodSeconds: 0
              containers: [{name: main, image: /images/busybox.sif}]
              nodeSelector: {kubernetes.io/hostname: nowhere}
              tolerations: [{key: virtual-node.interlink/no-schedule, operator: Exists}]
            """;

    private final URI events;
    private final Map<Integer, Long> seenByWatch = new ConcurrentHashMap<>();
    private final long[][] seenBySubscriber = new long[SUBSCRIBERS][CHANGES + WARM_UP + 1];
    private final CountDownLatch open = new CountDownLatch(SUBSCRIBERS);

    private EventsBenchmark(String gateway) {
        this.events = URI.create(gateway + "/api/v1/events?workspace=default");
    }

    /// @param arguments the gateway's address
    public static void main(String[] arguments) throws Exception {
        new EventsBenchmark(arguments[0]).run();
        // The subscribers' connections are still open.
        Runtime.getRuntime().halt(0);
    }

    private void run() throws Exception {
        try (KubernetesClient client =
                ClusterConfiguration.clientFor(
                        Config.autoConfigure(null),
                        new ClusterProperties(
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(10),
                                true,
                                new ClusterProperties.Watches(
                                        Duration.ofSeconds(5),
                                        Duration.ofMinutes(10),
                                        10,
                                        List.of()),
                                new LogRequestLimits(5, 10, 4, 1)))) {
            client.resource(Serialization.unmarshal(POD, Pod.class)).serverSideApply();
            client.pods().inNamespace("default").withName("changes").watch(new BareWatch());
            subscribe();
            for (int change = 1; change <= CHANGES + WARM_UP; change++) {
                String id = Integer.toString(change);
                client.pods()
                        .inNamespace("default")
                        .withName("changes")
                        .edit(pod ->
                                new PodBuilder(pod)
                                        .editMetadata()
                                        .addToAnnotations("JobID", id)
                                        .endMetadata()
                                        .build());
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
            TimeUnit.SECONDS.sleep(3);
            report();
        }
    }

    private final class BareWatch implements Watcher<Pod> {

        @Override
        public void eventReceived(Action action, Pod pod) {
            @Nullable String id = pod.getMetadata().getAnnotations().get("JobID");
            if (id != null) {
                seenByWatch.putIfAbsent(Integer.valueOf(id), System.nanoTime());
            }
        }

        @Override
        public void onClose(WatcherException cause) {
            System.err.println("The bare watch ended: " + cause);
        }
    }

    private void subscribe() throws InterruptedException, IOException {
        HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        // The watch begins with the first read.
        await().atMost(Duration.ofMinutes(1))
                .until(() ->
                        http.send(
                                                HttpRequest.newBuilder(events.resolve("jobs"))
                                                        .build(),
                                                HttpResponse.BodyHandlers.discarding())
                                        .statusCode()
                                == 200);
        List<CompletableFuture<HttpResponse<Void>>> streams = new ArrayList<>();
        for (int subscriber = 0; subscriber < SUBSCRIBERS; subscriber++) {
            streams.add(
                    http.sendAsync(
                            HttpRequest.newBuilder(events)
                                    .header("Accept", "text/event-stream")
                                    .build(),
                            lines(seenBySubscriber[subscriber])));
        }
        if (!open.await(2, TimeUnit.MINUTES)) {
            throw new IOException(open.getCount() + " streams did not open, of " + streams.size());
        }
    }

    private HttpResponse.BodyHandler<Void> lines(long[] seen) {
        return answer -> {
            if (answer.statusCode() != 200) {
                System.err.println("A stream was answered with " + answer.statusCode() + ".");
            }
            return HttpResponse.BodySubscribers.fromLineSubscriber(new Lines(seen));
        };
    }

    private final class Lines implements Flow.Subscriber<String> {

        private final long[] seen;
        private boolean first = true;

        Lines(long[] seen) {
            this.seen = seen;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String line) {
            if (first) {
                first = false;
                open.countDown();
            }
            Matcher change = CHANGE.matcher(line);
            if (line.startsWith("data: ") && change.find()) {
                int id = Integer.parseInt(change.group(1));
                if (seen[id] == 0) {
                    seen[id] = System.nanoTime();
                }
            }
        }

        @Override
        public void onError(Throwable failure) {
            System.err.println("A stream broke off: " + failure);
        }

        @Override
        public void onComplete() {
            System.err.println("A stream ended.");
        }
    }

    private void report() {
        long[] later =
                Arrays.stream(seenBySubscriber)
                        .flatMapToLong(seen ->
                                IntStream.rangeClosed(WARM_UP + 1, WARM_UP + CHANGES)
                                        .filter(id -> seen[id] != 0)
                                        .mapToLong(id ->
                                                seen[id] - seenByWatch.getOrDefault(id, seen[id])))
                        .sorted()
                        .toArray();
        System.out.printf(
                "%d subscribers, %d changes: %d of %d events arrived%n",
                SUBSCRIBERS, CHANGES, later.length, SUBSCRIBERS * CHANGES);
        System.out.printf(
                "later than a bare watch: median %.1f ms, p99 %.1f ms, at most %.1f ms%n",
                millis(later, 0.5), millis(later, 0.99), millis(later, 1));
    }

    private static double millis(long[] sorted, double quantile) {
        return sorted[(int) Math.ceil(quantile * sorted.length) - 1] / 1e6;
    }
}
