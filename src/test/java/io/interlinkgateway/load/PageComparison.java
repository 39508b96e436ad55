package io.interlinkgateway.load;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.pod.Annotations;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Pages of 100 jobs with more and more jobs in the workspace, next to the lists of the API server that a client
/// would ask for instead.
final class PageComparison {

    private static final int[] SIZES = {100, 10_000, 50_000};
    private static final int NODES = 5;
    private static final int REPEATS = 30;
    private static final int WARMUPS = 200;

    /// How many jobs go through all of interLink's states; the others run at once, which fills in faster.
    private static final int WHOLE_WAY = 10_000;

    /// How long filling in may take for one size; then the measurement goes on with what is there.
    private static final Duration LONGEST = Duration.ofMinutes(3);

    private static final int FILLERS = 16;
    private static final long PAGE = 100;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Gateway gateway;
    private final KubernetesClient bare;

    PageComparison(Gateway gateway, KubernetesClient bare) {
        this.gateway = gateway;
        this.bare = bare;
    }

    /// @param name for the table
    /// @param query what the gateway is asked
    /// @param options what the API server is asked instead
    private record Page(String name, String query, ListOptionsBuilder options) {}

    /// @param gateway the times through the gateway, in milliseconds
    /// @param bare the times of the API server's list
    /// @param jobs how many jobs the gateway's page had
    private record Measured(Times gateway, Times bare, int jobs) {}

    void run() throws IOException, ExecutionException, InterruptedException {
        Map<Integer, Map<String, Measured>> all = new LinkedHashMap<>();
        List<String> memory = new ArrayList<>();
        int there = 0;
        for (int size : SIZES) {
            Instant begin = Instant.now();
            there = fill(there, size, begin.plus(LONGEST));
            Duration filling = Duration.between(begin, Instant.now());
            if (all.isEmpty()) {
                for (int warmup = 0; warmup < WARMUPS; warmup++) {
                    page("");
                    list(new ListOptionsBuilder());
                }
            }
            all.put(there, measure());
            memory.add(
                    "| %,d | %.0f | %.0f | %d |"
                            .formatted(
                                    there,
                                    gateway.process().resident(),
                                    gateway.liveHeap(),
                                    filling.toSeconds()));
        }
        print(all);
        System.out.print(
                """

                | jobs | resident, MB | live heap, MB | filled in, s |
                |---|---|---|---|
                """);
        memory.forEach(System.out::println);
    }

    private Map<String, Measured> measure() throws ExecutionException, InterruptedException {
        Map<String, Measured> measured = new LinkedHashMap<>();
        for (Page page : pages()) {
            measured.put(page.name(), measure(page));
        }
        return measured;
    }

    private List<Page> pages() throws ExecutionException, InterruptedException {
        List<Page> pages = new ArrayList<>();
        pages.add(new Page("first page", "", new ListOptionsBuilder()));
        JsonNode next = page("").get("nextCursor");
        String token = list(new ListOptionsBuilder()).getMetadata().getContinue();
        if (next != null && token != null && !token.isEmpty()) {
            pages.add(
                    new Page(
                            "second page",
                            "&cursor=" + next.asString(),
                            new ListOptionsBuilder().withContinue(token)));
        }
        pages.add(
                new Page(
                        "`state=SUCCEEDED` (2 of the first 10)",
                        "&state=SUCCEEDED",
                        new ListOptionsBuilder().withFieldSelector("status.phase=Succeeded")));
        pages.add(
                new Page(
                        "`state=FAILED` (none)",
                        "&state=FAILED",
                        new ListOptionsBuilder().withFieldSelector("status.phase=Failed")));
        pages.add(
                new Page(
                        "`node=` (1 of 5)",
                        "&node=hpc-2",
                        new ListOptionsBuilder().withFieldSelector("spec.nodeName=hpc-2")));
        pages.add(
                new Page(
                        "`label=` (1 of 100)",
                        "&label=experiment%3De-7",
                        new ListOptionsBuilder().withLabelSelector("experiment=e-7")));
        return pages;
    }

    private Measured measure(Page page) throws ExecutionException, InterruptedException {
        List<Double> gatewayTimes = new ArrayList<>();
        List<Double> bareTimes = new ArrayList<>();
        int jobs = 0;
        for (int repeat = -REPEATS / 3; repeat < REPEATS; repeat++) {
            long begin = System.nanoTime();
            jobs = page(page.query()).required("items").size();
            long middle = System.nanoTime();
            list(page.options());
            long end = System.nanoTime();
            if (repeat >= 0) {
                gatewayTimes.add((middle - begin) / 1e6);
                bareTimes.add((end - middle) / 1e6);
            }
        }
        return new Measured(new Times(gatewayTimes), new Times(bareTimes), jobs);
    }

    private JsonNode page(String query) throws ExecutionException, InterruptedException {
        return JSON.readTree(
                gateway.get(
                        "/api/v1/jobs?limit="
                                + PAGE
                                + "&workspace="
                                + LoadBenchmark.PAGES
                                + query));
    }

    private PodList list(ListOptionsBuilder options) {
        ListOptions limited = options.withLimit(PAGE).build();
        return bare.pods().inNamespace(LoadBenchmark.PAGES).list(limited);
    }

    private static void print(Map<Integer, Map<String, Measured>> all) {
        System.out.print(
                """

                | page of 100 | jobs | against 100 jobs | against the API server's list | gateway, ms (p99) | API server, ms (p99) | jobs on the page |
                |---|---|---|---|---|---|---|
                """);
        Map<String, Double> smallest = new LinkedHashMap<>();
        all.forEach((size, pages) ->
                pages.forEach((name, measured) -> {
                    double median = measured.gateway().median();
                    double first = smallest.computeIfAbsent(name, _ -> median);
                    System.out.printf(
                            "| %s | %,d | **%.2f** | **%.2f** | %.1f (%.1f) | %.1f (%.1f) | %d |%n",
                            name,
                            size,
                            median / first,
                            median / measured.bare().median(),
                            median,
                            measured.gateway().quantile(0.99),
                            measured.bare().median(),
                            measured.bare().quantile(0.99),
                            measured.jobs());
                }));
    }

    /// Straight onto the nodes, since the scheduler places only some 50 pods a second.
    ///
    /// @return how many jobs there are then
    private int fill(int from, int to, Instant end)
            throws ExecutionException, InterruptedException {
        AtomicInteger next = new AtomicInteger(from);
        Callable<Integer> filler =
                () -> {
                    int filled = 0;
                    while (Instant.now().isBefore(end)) {
                        int job = next.getAndIncrement();
                        if (job >= to) {
                            break;
                        }
                        bare.pods().inNamespace(LoadBenchmark.PAGES).resource(pod(job)).create();
                        filled++;
                    }
                    return filled;
                };
        int filled = from;
        try (ExecutorService threads = Executors.newFixedThreadPool(FILLERS)) {
            List<Future<Integer>> fillers = new ArrayList<>();
            for (int thread = 0; thread < FILLERS; thread++) {
                fillers.add(threads.submit(filler));
            }
            for (Future<Integer> share : fillers) {
                filled += share.get();
            }
        }
        await().atMost(LONGEST)
                .pollInterval(Duration.ofMillis(500))
                .until(() ->
                        none("queued", "status.podIP=")
                                && none("running", "status.phase!=Running")
                                && none("succeeded", "status.phase!=Succeeded"));
        return filled;
    }

    private boolean none(String ends, String fieldSelector) {
        return list(new ListOptionsBuilder()
                        .withLabelSelector("ends=" + ends)
                        .withFieldSelector(fieldSelector))
                .getItems()
                .isEmpty();
    }

    /// Of the first, two in ten succeed and one waits; the others run. More than 12,500 pods that are done would be
    /// removed by the controllers.
    private static Pod pod(int job) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("experiment", "e-" + job / 10 % 100);
        if (job < WHOLE_WAY) {
            labels.put(
                    "ends",
                    switch (job % 10) {
                        case 0 -> "queued";
                        case 1, 2 -> "succeeded";
                        default -> "running";
                    });
        } else {
            labels.put("ends", "running");
            labels.put("jumps", "true");
        }
        String node = "hpc-" + (job / 10 % NODES + 1);
        // spotless:off
        return new PodBuilder()
                .withNewMetadata()
                    .withName("job-%05d".formatted(job))
                    .withLabels(labels)
                    .withAnnotations(Map.of(
                            Annotations.FLAGS, "--partition=gpu --gres=gpu:1 --nodes=1 --time=00:55:00",
                            Annotations.PRE_EXEC, "module load cuda\n"))
                .endMetadata()
                .withNewSpec()
                    .withNodeName(node)
                    .withNodeSelector(Map.of(Annotations.HOSTNAME, node))
                    .withRestartPolicy("Never")
                    .withAutomountServiceAccountToken(false)
                    .addNewToleration()
                        .withKey(VirtualNode.INTERLINK_TAINT).withOperator("Exists").withEffect("NoSchedule")
                    .endToleration()
                    .addNewContainer()
                        .withName("job")
                        .withImage("/ceph/hpc/data/itwinai.sif")
                        .withCommand("/bin/sh", "-c")
                        .withArgs("cd /tmp && itwinai exec-pipeline")
                        .addNewEnv().withName("BATCH_SIZE").withValue("1024").endEnv()
                        .withNewResources()
                            .withLimits(Map.of("cpu", new Quantity("1"), "memory", new Quantity("256Mi")))
                            .withRequests(Map.of("cpu", new Quantity("10m"), "memory", new Quantity("1Mi")))
                        .endResources()
                    .endContainer()
                .endSpec()
                .build();
        // spotless:on
    }
}
