package io.interlinkgateway.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a process of this machine takes.
///
/// @param id the system's number of it
record RunningProcess(long id) {

    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    /// proc(5): the name, and the 14th and 15th field.
    private static final Pattern COMPILER =
            Pattern.compile(
                    "\\(C[12] Compiler\\w*\\) \\S(?: \\S+){10} (?<user>\\d+) (?<system>\\d+) ");

    private static final Pattern THREADS = Pattern.compile("Threads:\\s+(\\d+)");

    /// @param number as text
    static RunningProcess of(String number) {
        return new RunningProcess(Long.parseLong(number.strip()));
    }

    /// The processor time so far, to the hundredth of a second.
    Duration processorTime() {
        return ProcessHandle.of(id)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow(this::ended);
    }

    private IllegalStateException ended() {
        return new IllegalStateException("The process " + id + " has ended.");
    }

    /// The processor time of a virtual machine's compiler threads that still run, to the hundredth of a second.
    Duration compilerTime() throws IOException {
        long ticks = 0;
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + id + "/task"))) {
            for (Path thread : threads.toList()) {
                ticks += compilerTicks(thread);
            }
        }
        return Duration.ofMillis(ticks * 10);
    }

    private static long compilerTicks(Path thread) throws IOException {
        String line;
        try {
            line = Files.readString(thread.resolve("stat"));
        } catch (NoSuchFileException endedMeanwhile) {
            return 0;
        }
        Matcher matcher = COMPILER.matcher(line);
        return matcher.find()
                ? Long.parseLong(matcher.group("user")) + Long.parseLong(matcher.group("system"))
                : 0;
    }

    /// What it was started with.
    List<String> arguments() {
        return ProcessHandle.of(id)
                .flatMap(process -> process.info().arguments())
                .map(List::of)
                .orElseThrow();
    }

    /// Resident memory, in megabytes.
    double resident() throws IOException {
        return status(RESIDENT) * 1024 / 1e6;
    }

    /// The threads that the system knows.
    int threads() throws IOException {
        return (int) status(THREADS);
    }

    private double status(Pattern line) throws IOException {
        Matcher matcher = line.matcher(Files.readString(Path.of("/proc/" + id + "/status")));
        if (!matcher.find()) {
            throw ended();
        }
        return Double.parseDouble(matcher.group(1));
    }

    /// Its open files, sockets included.
    long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + id + "/fd"))) {
            return files.count();
        }
    }

    long sockets() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + id + "/fd"))) {
            return files.filter(RunningProcess::isSocket).count();
        }
    }

    private static boolean isSocket(Path file) {
        try {
            return Files.readSymbolicLink(file).toString().startsWith("socket:");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }
}
