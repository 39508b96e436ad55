package io.interlinkgateway.load;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.pod.MetadataNames;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Pages of 100 jobs with more and more jobs in the workspace, next to the lists of the API server that a client
/// would ask for instead.
final class PageComparison {

    private static final int[] SIZES = {100, 10_000, 50_000};
    private static final int NODES = 5;
    private static final int REPEATS = 30;
    private static final int FEWEST = 10;
    private static final Duration WARMING = Duration.ofSeconds(20);
    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final long PAGE = 100;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Gateway gateway;
    private final KubernetesClient bare;
    private final RunningProcess apiServer;

    PageComparison(Gateway gateway, KubernetesClient bare, RunningProcess apiServer) {
        this.gateway = gateway;
        this.bare = bare;
        this.apiServer = apiServer;
    }

    /// @param name for the table
    /// @param query what the gateway is asked
    /// @param options what the API server is asked instead
    private record Page(String name, String query, ListOptionsBuilder options) {}

    /// @param gateway the times through the gateway, in milliseconds
    /// @param bare the times of the API server's list
    /// @param jobs how many jobs the gateway's page had
    private record Measured(Percentiles gateway, Percentiles bare, int jobs) {}

    void run() throws IOException, ExecutionException, InterruptedException {
        Map<Integer, Map<String, Measured>> all = new LinkedHashMap<>();
        List<String> memory = new ArrayList<>();
        List<ObjectNode> originals = originals();
        int there = originals.size();
        for (int size : SIZES) {
            Instant begin = Instant.now();
            try (Etcd etcd = Etcd.of(apiServer)) {
                for (; there < size; there += originals.size()) {
                    etcd.put(copies(originals, there));
                }
            }
            Duration filling = Duration.between(begin, Instant.now());
            warmUp();
            all.put(size, measure());
            memory.add(
                    "| %,d | %.0f | %.0f | %d |"
                            .formatted(
                                    size,
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

    /// For the virtual machines, and because a list waits until the API server has caught up with its store.
    private void warmUp() throws ExecutionException, InterruptedException {
        Instant end = Instant.now().plus(WARMING);
        while (Instant.now().isBefore(end)) {
            page("");
            list(new ListOptionsBuilder());
        }
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
                        "`state=UNKNOWN` (2 of 10)",
                        "&state=UNKNOWN",
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
        Instant late = Instant.now().plus(LONGEST);
        for (int repeat = -2; repeat < REPEATS; repeat++) {
            if (repeat >= FEWEST && Instant.now().isAfter(late)) {
                break;
            }
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
        return new Measured(new Percentiles(gatewayTimes), new Percentiles(bareTimes), jobs);
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

                | page of 100 | jobs | against the fewest jobs | against the API server's list | gateway, ms (longest) | API server, ms (longest) | jobs on the page |
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
                            measured.gateway().most(),
                            measured.bare().median(),
                            measured.bare().most(),
                            measured.jobs());
                }));
    }

    /// The first jobs go through all of interLink's states, straight onto the nodes.
    ///
    /// @return the stored pods
    private List<ObjectNode> originals() {
        for (int job = 0; job < SIZES[0]; job++) {
            bare.pods().inNamespace(LoadBenchmark.PAGES).resource(pod(job)).create();
        }
        await().atMost(Duration.ofMinutes(2))
                .until(() ->
                        none("queued", "status.podIP=")
                                && none("running", "status.phase!=Running")
                                && none("succeeded", "status.phase!=Succeeded"));
        return list(new ListOptionsBuilder()).getItems().stream()
                .map(pod -> (ObjectNode) JSON.readTree(Serialization.asJson(pod)))
                .toList();
    }

    /// As the API server keeps them, but in JSON, which it reads too.
    private static Map<String, String> copies(List<ObjectNode> originals, int from) {
        Map<String, String> copies = new LinkedHashMap<>();
        int job = from;
        for (ObjectNode original : originals) {
            ObjectNode copy = original.deepCopy();
            String name = "job-%05d".formatted(job);
            ObjectNode metadata = (ObjectNode) copy.required("metadata");
            metadata.put("name", name).put("uid", UUID.randomUUID().toString());
            metadata.remove("resourceVersion");
            ((ObjectNode) metadata.required("labels")).put("experiment", experiment(job));
            copies.put(
                    "/registry/pods/" + LoadBenchmark.PAGES + "/" + name,
                    JSON.writeValueAsString(copy));
            job++;
        }
        return copies;
    }

    private static String experiment(int job) {
        return "e-" + job % 1000 / 10;
    }

    private boolean none(String ends, String fieldSelector) {
        return list(new ListOptionsBuilder()
                        .withLabelSelector("ends=" + ends)
                        .withFieldSelector(fieldSelector))
                .getItems()
                .isEmpty();
    }

    /// Of ten, seven run, two succeed and one waits: more than 12,500 pods that are done would be removed by the
    /// controllers.
    private static Pod pod(int job) {
        String ends =
                switch (job % 10) {
                    case 0 -> "queued";
                    case 1, 2 -> "succeeded";
                    default -> "running";
                };
        String node = "hpc-" + (job / 10 % NODES + 1);
        // spotless:off
        return new PodBuilder()
                .withNewMetadata()
                    .withName("job-%05d".formatted(job))
                    .withLabels(Map.of("ends", ends, "experiment", experiment(job)))
                    .withAnnotations(Map.of(
                            MetadataNames.FLAGS, "--partition=gpu --gres=gpu:1 --nodes=1 --time=00:55:00",
                            MetadataNames.PRE_EXEC, "module load cuda\n"))
                .endMetadata()
                .withNewSpec()
                    .withNodeName(node)
                    .withNodeSelector(Map.of(MetadataNames.HOSTNAME, node))
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
