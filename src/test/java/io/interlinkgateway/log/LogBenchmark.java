package io.interlinkgateway.log;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// What thousands of followers cost: `bench/logs/run.sh` runs it. The gateway is a process of its own, with fake
/// logs in it; each client compares every byte.
final class LogBenchmark {

    private LogBenchmark() {}

    /// @param arguments how many followers, and of how many jobs
    public static void main(String[] arguments) throws Exception {
        int followers = Integer.parseInt(arguments[0]);
        int jobs = Integer.parseInt(arguments[1]);
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Process gateway = start(port);
        try {
            BufferedReader said = gateway.inputReader();
            AtomicInteger mostFollows = new AtomicInteger();
            for (String line = said.readLine(); !"ready".equals(line); line = said.readLine()) {
                if (line == null) {
                    throw new IllegalStateException("The gateway did not start.");
                }
            }
            Thread.startVirtualThread(() ->
                    said.lines()
                            .filter(line -> line.startsWith("upstream follows: "))
                            .forEach(line ->
                                    mostFollows.accumulateAndGet(
                                            Integer.parseInt(line.substring(18)), Math::max)));
            long before = memory(gateway, "VmRSS");
            long began = System.nanoTime();
            AtomicLong bytes = new AtomicLong();
            AtomicInteger whole = new AtomicInteger();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> clients = new ArrayList<>();
                for (int client = 0; client < followers; client++) {
                    String job = "job-" + client % jobs;
                    clients.add(
                            threads.submit(() -> {
                                follow(port, job, bytes);
                                return whole.incrementAndGet();
                            }));
                }
                for (Future<?> client : clients) {
                    client.get();
                }
            }
            System.out.printf(
                    "%,d followers of %,d jobs: %,d got every byte, %,d bytes in all, %d s; most"
                            + " upstream follows %,d; gateway %d MB before, %d MB at its peak%n",
                    followers,
                    jobs,
                    whole.get(),
                    bytes.get(),
                    (System.nanoTime() - began) / 1_000_000_000L,
                    mostFollows.get(),
                    before,
                    memory(gateway, "VmHWM"));
        } finally {
            gateway.destroyForcibly().waitFor();
        }
    }

    private static Process start(int port) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(System.getProperty("gateway.options").split(" ")));
        command.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        GatewayWithFakeLogs.class.getName(),
                        "--server.port=" + port,
                        "--logging.level.root=warn"));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static long memory(Process process, String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }

    private static void follow(int port, String job, AtomicLong bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String request =
                    "GET /api/v1/jobs/%s/logs?follow=true HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .formatted(job);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream answer = new BufferedInputStream(socket.getInputStream(), 2048);
            if (!line(answer).contains(" 200")) {
                throw new IOException("refused");
            }
            while (!line(answer).isEmpty()) {}
            int at = 0;
            for (int size = chunk(answer); size > 0; size = chunk(answer)) {
                for (byte next : answer.readNBytes(size)) {
                    if (next != GatewayWithFakeLogs.OUTPUT[at++]) {
                        throw new IOException("wrong byte at " + (at - 1));
                    }
                }
                bytes.addAndGet(size);
                line(answer);
            }
            if (at != GatewayWithFakeLogs.OUTPUT.length) {
                throw new IOException("only " + at + " bytes");
            }
        }
    }

    private static int chunk(InputStream answer) throws IOException {
        return Integer.parseInt(line(answer), 16);
    }

    private static String line(InputStream answer) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = answer.read(); next != '\n'; next = answer.read()) {
            if (next < 0) {
                throw new EOFException("cut off");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }
}
