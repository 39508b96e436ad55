package io.interlinkgateway.load;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

/// A gateway from its start until both virtual machines have compiled what they use, and then next to the bare client.
/// A first gateway, which is not measured, warms this process.
final class SteadyState {

    /// A submit of the first minute costs a multiple of a later one; both are measured with as many clients.
    private static final int CLIENTS = 16;

    private static final int SUBMITS = 200;
    private static final Duration FIRST = Duration.ofSeconds(50);
    private static final Duration SECOND = Duration.ofSeconds(10);
    private static final Duration COMPARISON = Duration.ofSeconds(20);

    /// Compilers are quiet when they take less than a fiftieth of a processor for so long.
    private static final Duration QUIET = Duration.ofSeconds(5);

    private static final double QUIET_SHARE = 0.02;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(75);
    private static final Duration WARMING = Duration.ofSeconds(30);

    private final Path folder;
    private final List<String> command;
    private final KubernetesClient bare;
    private final KubernetesClient administrator;
    private final RunningProcess apiServer;
    private final RunningProcess self = new RunningProcess(ProcessHandle.current().pid());

    /// @param folder of the control plane
    /// @param command starts a gateway on the port that is appended to the first two words
    SteadyState(
            Path folder,
            List<String> command,
            KubernetesClient bare,
            KubernetesClient administrator,
            RunningProcess apiServer) {
        this.folder = folder;
        this.command = command;
        this.bare = bare;
        this.administrator = administrator;
        this.apiServer = apiServer;
    }

    /// @param answered from the process's start to the first answer
    /// @param resident memory at that moment, in megabytes
    /// @param processor the time that the start took of it
    private record Start(Gateway gateway, Duration answered, double resident, Duration processor)
            implements AutoCloseable {

        @Override
        public void close() {
            gateway.close();
            ProcessHandle.of(gateway.process().id())
                    .ifPresent(process -> {
                        process.destroyForcibly();
                        process.onExit().join();
                    });
        }
    }

    /// @param throughput submits a second
    /// @param gatewayTime the gateway's processor time a submit, in milliseconds
    private record Load(double throughput, double gatewayTime) {}

    /// @throws IllegalStateException with the end of the gateway's log if a part fails; the last line of the output shows
    ///     which one
    void run() throws IOException, ExecutionException, InterruptedException {
        try (Start throwaway = start()) {
            load(comparison(throwaway), WARMING, throwaway.gateway().process());
        } catch (ExecutionException | RuntimeException failure) {
            throw new IllegalStateException("The warm-up failed. " + stateOfGateway(), failure);
        }
        try (Start start = start()) {
            measure(start, start.gateway().process());
        } catch (ExecutionException | RuntimeException failure) {
            System.out.println("failed");
            throw new IllegalStateException(stateOfGateway(), failure);
        }
    }

    /// The log is deleted with the control plane.
    private String stateOfGateway() throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve("gateway.log"));
        return "The end of the gateway's log:\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }

    private void measure(Start start, RunningProcess process)
            throws IOException, ExecutionException, InterruptedException {
        System.out.printf(
                "first answer after %.2f s, %.2f s of processor, resident %.0f MB%n",
                seconds(start.answered()), seconds(start.processor()), start.resident());
        SubmitComparison comparison = comparison(start);
        Load early = load("first 50 s", comparison, FIRST, process);
        Load late = load("ten seconds more", comparison, SECOND, process);
        Instant begin = Instant.now();
        begin("until the compilers are quiet");
        double compiling = awaitQuiet(comparison, process);
        System.out.printf(
                "they take %.3f of a processor %d s later%n",
                compiling, Duration.between(begin, Instant.now()).toSeconds());
        compare(comparison, 1, 100);
        SubmitComparison.Result last = compare(comparison, CLIENTS, SUBMITS);
        System.out.printf(
                "of the final throughput: first 50 s %.2f, ten seconds more %.2f; resident %.0f"
                        + " MB%n",
                early.throughput() / last.throughput(),
                late.throughput() / last.throughput(),
                process.resident());
    }

    /// Starts a line of the output before its figures are measured, so that it shows what failed or was stopped.
    private static void begin(String part) {
        System.out.print(part + ": ");
        System.out.flush();
    }

    private Load load(
            String part, SubmitComparison comparison, Duration length, RunningProcess process)
            throws ExecutionException, InterruptedException {
        begin(part);
        Load load = load(comparison, length, process);
        System.out.printf(
                "%.0f submits a second, %.2f ms of processor a submit%n",
                load.throughput(), load.gatewayTime());
        return load;
    }

    private static SubmitComparison.Result compare(
            SubmitComparison comparison, int atATime, int count)
            throws ExecutionException, InterruptedException {
        begin(atATime + " at a time");
        SubmitComparison.Result result = comparison.pairs(atATime, count, COMPARISON);
        System.out.printf(
                "gateway / bare %.2f (%.2f to %.2f of %d pairs), %.0f submits a second, %.2f ms of"
                        + " processor a submit%n",
                result.ratios().median(),
                result.ratios().quantile(0.25),
                result.ratios().quantile(0.75),
                result.pairs(),
                result.throughput(),
                result.gatewayTime());
        return result;
    }

    private SubmitComparison comparison(Start start) {
        return new SubmitComparison(start.gateway(), bare, administrator, apiServer);
    }

    private Start start() throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        List<String> words = new ArrayList<>(command);
        words.add(2, Integer.toString(port));
        long begin = System.nanoTime();
        Process started =
                new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("gateway.log").toFile())
                        .start();
        Files.writeString(folder.resolve("gateway.pid"), Long.toString(started.pid()));
        RunningProcess process = new RunningProcess(started.pid());
        Gateway gateway = new Gateway(URI.create("http://127.0.0.1:" + port), process);
        while (started.isAlive()) {
            try {
                gateway.get("/api/v1/nodes");
                Duration answered = Duration.ofNanos(System.nanoTime() - begin);
                return new Start(gateway, answered, process.resident(), process.processorTime());
            } catch (ExecutionException | IllegalStateException notYet) {
                Thread.sleep(5);
            }
        }
        throw new IllegalStateException(Files.readString(folder.resolve("gateway.log")));
    }

    private Load load(SubmitComparison comparison, Duration length, RunningProcess process)
            throws ExecutionException, InterruptedException {
        Duration processor = process.processorTime();
        long begin = System.nanoTime();
        int submits = 0;
        while (System.nanoTime() - begin < length.toNanos()) {
            comparison.submit(CLIENTS, SUBMITS);
            submits += SUBMITS;
        }
        return new Load(
                submits / ((System.nanoTime() - begin) / 1e9),
                process.processorTime().minus(processor).toNanos() / 1e6 / submits);
    }

    /// @return what share of a processor the compilers of both take in the end
    private double awaitQuiet(SubmitComparison comparison, RunningProcess process)
            throws IOException, ExecutionException, InterruptedException {
        Instant end = Instant.now().plus(LONGEST_WAIT);
        double share = Double.NaN;
        do {
            double before = compilerSeconds(process);
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < QUIET.toNanos()) {
                comparison.submit(CLIENTS, SUBMITS);
                comparison.create(CLIENTS, SUBMITS);
            }
            share = (compilerSeconds(process) - before) / ((System.nanoTime() - begin) / 1e9);
        } while (share > QUIET_SHARE && Instant.now().isBefore(end));
        return share;
    }

    private double compilerSeconds(RunningProcess process) throws IOException {
        return seconds(process.compilerTime().plus(self.compilerTime()));
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
