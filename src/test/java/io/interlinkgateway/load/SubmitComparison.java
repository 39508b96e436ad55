package io.interlinkgateway.load;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/// Jobs submitted through the gateway, and the same pods created with the bare client: rounds in pairs, with the
/// first of each pair in turns.
final class SubmitComparison {

    /// Rounds are short, so that both of a pair meet the same noise.
    private static final int PAIRS = 20;

    private static final int FEWEST = 4;
    private static final int WARMUPS = 1;
    private static final Duration WARMING = Duration.ofMinutes(3);
    private static final Duration LONGEST = Duration.ofSeconds(40);
    private static final String JOBS = "/api/v1/jobs?workspace=" + LoadBenchmark.SUBMITS;

    static final String JOB =
            """
            {"name": "NAME", "node": "hpc-1", "image": "/ceph/hpc/data/itwinai.sif",
             "command": ["/bin/sh", "-c"],
             "args": ["cd /tmp && itwinai exec-pipeline -o mlflow_tracking_uri=$MLFLOW_TRACKING_URI"],
             "env": {"CERN_DATA_ROOT": "/exp_data", "BATCH_SIZE": "1024"},
             "resources": {"limits": {"cpu": "1", "memory": "256Mi"}, "requests": {"cpu": "10m", "memory": "1Mi"}},
             "slurm": {"partition": "gpu", "gres": "gpu:1", "nodes": 1, "timeLimit": "PT55M"},
             "preExec": "module load cuda", "labels": {"experiment": "3dgan"}}
            """;
    private static final String WITH_CREDENTIAL =
            JOB.replace(
                    "\"preExec\"",
                    "\"mlflow\": {\"credential\": \"mlflow-server\", \"trackingUri\":"
                            + " \"https://mlflow.example.org/\"},\n \"preExec\"");

    private final Gateway gateway;
    private final KubernetesClient bare;
    private final KubernetesClient administrator;
    private final RunningProcess apiServer;
    private final String run = "job-" + Long.toString(System.currentTimeMillis(), 36) + "-";
    private final AtomicInteger names = new AtomicInteger();

    SubmitComparison(
            Gateway gateway,
            KubernetesClient bare,
            KubernetesClient administrator,
            RunningProcess apiServer) {
        this.gateway = gateway;
        this.bare = bare;
        this.administrator = administrator;
        this.apiServer = apiServer;
    }

    private interface Submit {
        void of(String name) throws ExecutionException, InterruptedException;
    }

    /// @param seconds how long the round took
    /// @param latencies of each submit, in milliseconds
    /// @param requests how many requests the API server answered per submit
    /// @param gatewayTime the gateway's processor time per submit, in milliseconds
    /// @param serverTime the API server's
    private record Round(
            double seconds,
            List<Double> latencies,
            double requests,
            double gatewayTime,
            double serverTime) {

        double throughput() {
            return latencies.size() / seconds;
        }
    }

    void run() throws ExecutionException, InterruptedException {
        gateway.send(
                "PUT",
                "/api/v1/mlflow-credentials/mlflow-server?workspace=" + LoadBenchmark.SUBMITS,
                "{\"username\": \"ada\", \"password\": \"secret\"}");
        warmUp();
        System.out.print(
                """

                | submit | at a time | throughput, gateway / bare (middle half) | added at the median (fastest tenth), ms | submits a second | median, ms | p99, ms | API requests a submit | gateway's processor, ms a submit | API server's processor, ms a submit |
                |---|---|---|---|---|---|---|---|---|---|
                """);
        compare("a job", JOB, 1, 100);
        compare("a job", JOB, 16, 300);
        compare("with a credential", WITH_CREDENTIAL, 1, 100);
        compare("with a credential", WITH_CREDENTIAL, 16, 300);
    }

    /// @param throughput the gateway's, in submits a second
    /// @param ratios of the throughputs of gateway and bare client
    /// @param gatewayTime the gateway's processor time a submit, in milliseconds
    record Result(double throughput, Percentiles ratios, int pairs, double gatewayTime) {}

    /// Submits jobs and creates pods in turns.
    Result pairs(int atATime, int count, Duration longest)
            throws ExecutionException, InterruptedException {
        Pairs pairs = pairs(JOB, atATime, count, longest);
        return new Result(
                mean(pairs.gateway(), Round::throughput),
                pairs.ratios(),
                pairs.bare().size(),
                mean(pairs.gateway(), Round::gatewayTime));
    }

    /// Submits jobs through the gateway.
    void submit(int atATime, int count) throws ExecutionException, InterruptedException {
        round(throughGateway(JOB), atATime, count);
    }

    /// Creates the same pods with the bare client.
    void create(int atATime, int count) throws ExecutionException, InterruptedException {
        round(withClient(JOB), atATime, count);
    }

    private record Pairs(List<Round> gateway, List<Round> bare) {

        Percentiles ratios() {
            return new Percentiles(
                    IntStream.range(0, bare.size())
                            .mapToObj(pair ->
                                    gateway.get(pair).throughput() / bare.get(pair).throughput())
                            .toList());
        }
    }

    private void compare(String what, String job, int atATime, int count)
            throws ExecutionException, InterruptedException {
        print(what, atATime, pairs(job, atATime, count, LONGEST));
    }

    private Pairs pairs(String job, int atATime, int count, Duration longest)
            throws ExecutionException, InterruptedException {
        Submit throughGateway = throughGateway(job);
        Submit withClient = withClient(job);
        Instant end = Instant.now().plus(longest);
        List<Round> gatewayRounds = new ArrayList<>();
        List<Round> bareRounds = new ArrayList<>();
        for (int pair = -WARMUPS; pair < PAIRS; pair++) {
            if (pair >= FEWEST && Instant.now().isAfter(end)) {
                break;
            }
            boolean bareFirst = pair % 2 == 0;
            Round first = round(bareFirst ? withClient : throughGateway, atATime, count);
            Round second = round(bareFirst ? throughGateway : withClient, atATime, count);
            if (pair >= 0) {
                bareRounds.add(bareFirst ? first : second);
                gatewayRounds.add(bareFirst ? second : first);
            }
        }
        return new Pairs(gatewayRounds, bareRounds);
    }

    private Submit throughGateway(String job) {
        return name -> gateway.send("POST", JOBS, job.replace("NAME", name));
    }

    private Submit withClient(String job) throws ExecutionException, InterruptedException {
        Pod template = podOf(job);
        return name ->
                bare.pods()
                        .inNamespace(LoadBenchmark.SUBMITS)
                        .resource(
                                new PodBuilder(template)
                                        .editMetadata()
                                        .withName(name)
                                        .endMetadata()
                                        .build())
                        .create();
    }

    /// Until both virtual machines have compiled what they use, they cost several times as much.
    private void warmUp() throws ExecutionException, InterruptedException {
        Submit throughGateway = throughGateway(WITH_CREDENTIAL);
        Submit withClient = withClient(WITH_CREDENTIAL);
        Instant end = Instant.now().plus(WARMING);
        while (Instant.now().isBefore(end)) {
            round(throughGateway, 16, 300);
            round(withClient, 16, 100);
        }
    }

    private static void print(String what, int atATime, Pairs pairs) {
        List<Round> gatewayRounds = pairs.gateway();
        List<Round> bareRounds = pairs.bare();
        Percentiles ratios = pairs.ratios();
        Percentiles gatewayTimes = latencies(gatewayRounds);
        Percentiles bareTimes = latencies(bareRounds);
        System.out.printf(
                "| %s | %d | **%.2f** (%.2f to %.2f of %d pairs) | **%+.2f** (%+.2f) | %.0f, %.0f |"
                        + " %.2f, %.2f | %.1f, %.1f | %.2f, %.2f | %.2f | %.2f, %.2f |%n",
                what,
                atATime,
                ratios.median(),
                ratios.quantile(0.25),
                ratios.quantile(0.75),
                bareRounds.size(),
                gatewayTimes.median() - bareTimes.median(),
                gatewayTimes.quantile(0.1) - bareTimes.quantile(0.1),
                mean(gatewayRounds, Round::throughput),
                mean(bareRounds, Round::throughput),
                gatewayTimes.median(),
                bareTimes.median(),
                gatewayTimes.quantile(0.99),
                bareTimes.quantile(0.99),
                mean(gatewayRounds, Round::requests),
                mean(bareRounds, Round::requests),
                mean(gatewayRounds, Round::gatewayTime),
                mean(gatewayRounds, Round::serverTime),
                mean(bareRounds, Round::serverTime));
    }

    private static double mean(List<Round> rounds, ToDoubleFunction<Round> value) {
        return rounds.stream().mapToDouble(value).average().orElse(Double.NaN);
    }

    private static Percentiles latencies(List<Round> rounds) {
        return new Percentiles(
                rounds.stream().flatMap(round -> round.latencies().stream()).toList());
    }

    /// The pod that the gateway makes of a job, as a preflight shows it.
    private Pod podOf(String job) throws ExecutionException, InterruptedException {
        String verdict =
                gateway.send(
                        "POST",
                        JOBS.replace("jobs?", "jobs/preflight?"),
                        job.replace("NAME", "template"));
        Pod shown =
                Serialization.unmarshal(
                        JsonMapper.shared().readTree(verdict).required("manifest").asString(),
                        Pod.class);
        return new PodBuilder(shown)
                .withNewMetadata()
                .withLabels(shown.getMetadata().getLabels())
                .withAnnotations(shown.getMetadata().getAnnotations())
                .endMetadata()
                .withStatus(null)
                .build();
    }

    private Round round(Submit submit, int atATime, int count)
            throws ExecutionException, InterruptedException {
        AtomicInteger left = new AtomicInteger(count);
        List<Double> latencies = new ArrayList<>();
        double requests = requestsServed();
        Duration gatewayTime = gateway.process().processorTime();
        Duration serverTime = apiServer.processorTime();
        long begin = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(atATime)) {
            List<Future<List<Double>>> shares = new ArrayList<>();
            for (int thread = 0; thread < atATime; thread++) {
                shares.add(threads.submit(() -> share(submit, left)));
            }
            for (Future<List<Double>> share : shares) {
                latencies.addAll(share.get());
            }
        }
        long end = System.nanoTime();
        return new Round(
                (end - begin) / 1e9,
                latencies,
                (requestsServed() - requests) / count,
                gateway.process().processorTime().minus(gatewayTime).toNanos() / 1e6 / count,
                apiServer.processorTime().minus(serverTime).toNanos() / 1e6 / count);
    }

    private List<Double> share(Submit submit, AtomicInteger left)
            throws ExecutionException, InterruptedException {
        List<Double> latencies = new ArrayList<>();
        while (left.getAndDecrement() > 0) {
            String name = run + names.incrementAndGet();
            long begin = System.nanoTime();
            submit.of(name);
            latencies.add((System.nanoTime() - begin) / 1e6);
        }
        return latencies;
    }

    /// How many of the requests that a submit may send the API server has answered so far.
    private double requestsServed() {
        String metrics = administrator.raw("/metrics");
        return Pattern.compile(
                        "(?m)^apiserver_request_total\\{(?=[^}]*resource=\"(?:pods|nodes|secrets)\")(?=[^}]*subresource=\"\")(?=[^}]*verb=\"(?:GET|LIST|POST)\")[^}]*\\}"
                            + " (\\S+)$")
                .matcher(metrics)
                .results()
                .mapToDouble(sample -> Double.parseDouble(sample.group(1)))
                .sum();
    }
}
