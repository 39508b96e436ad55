package io.interlinkgateway.sandbox.node;

import io.interlinkgateway.record.JobRecord.Fault;
import io.interlinkgateway.record.JobRecord.FaultKind;
import io.interlinkgateway.sandbox.node.PodStatuses.Exit;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Runs one container as a process. When the thread is interrupted or the process exits, all its descendants are
/// ended too, as in a container.
///
/// @param command the program and its arguments; empty for the image's own, which the sandbox does not have
/// @param environment what the container declares
/// @param home its working folder, which the pod's containers share
/// @param temporaryFolder its `TMPDIR`, by which the processes that belong to it are found
/// @param log the file for its output
/// @param startedAt the start time to report
/// @param grace how long it may take to end after SIGTERM
record ContainerRun(
        List<String> command,
        Map<String, String> environment,
        Path home,
        Path temporaryFolder,
        LogFile log,
        Optional<Instant> startedAt,
        Supplier<Duration> grace)
        implements Callable<Exit> {

    private static final String PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// Singularity's exit code when it can't start the command (recording `command-missing`).
    private static final int NOT_STARTED = 255;

    private static final String NO_IMAGES =
            "The sandbox has no images, so it can't run an image's own entry point: give the job a"
                    + " command.";
    private static final String START_FAILED = "The process could not be started.";

    /// Omits the environment, which may contain secrets, and the command, which may contain parts of them.
    @Override
    public String toString() {
        return "ContainerRun[log=" + log.path() + "]";
    }

    @Override
    public Exit call() throws InterruptedException {
        try {
            if (command.isEmpty()) {
                return notStarted(NO_IMAGES, Optional.of(NO_IMAGES), FaultKind.IMAGE);
            }
            Optional<Path> program = program(command.getFirst());
            return program.isPresent()
                    ? run(program.get())
                    : notStarted(
                            "stat " + command.getFirst() + ": no such file or directory",
                            Optional.empty(),
                            FaultKind.COMMAND);
        } catch (IOException | IllegalArgumentException _) {
            // The exception's message may quote the command or a variable, which may contain a
            // secret.
            return notStarted(START_FAILED, Optional.of(START_FAILED), FaultKind.COMMAND);
        } finally {
            log.complete();
        }
    }

    private Exit run(Path program) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(command);
        arguments.set(0, program.toString());
        ProcessBuilder builder =
                new ProcessBuilder(ProcessTree.inOwnSession(arguments))
                        .directory(home.toFile())
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.path().toFile()))
                        .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(wholeEnvironment());
        Process process = builder.start();
        ProcessTree tree = new ProcessTree(process, temporaryFolder);
        try {
            return new Exit(process.waitFor(), Optional.empty(), startedAt, Optional.empty());
        } finally {
            tree.end(grace.get());
        }
    }

    private Exit notStarted(String reason, Optional<String> message, FaultKind kind) {
        log.append("FATAL:   " + reason);
        return new Exit(NOT_STARTED, message, startedAt, Optional.of(new Fault(kind, reason)));
    }

    private Map<String, String> wholeEnvironment() {
        Map<String, String> whole = new LinkedHashMap<>();
        whole.put("PATH", PATH);
        whole.put("HOME", home.toString());
        whole.put("TMPDIR", temporaryFolder.toString());
        whole.putAll(environment);
        return whole;
    }

    /// Finds the program in the job's PATH, not in the gateway's.
    private Optional<Path> program(String name) {
        Stream<Path> candidates =
                name.contains("/")
                        ? Stream.of(home.resolve(name))
                        : Stream.of(environment.getOrDefault("PATH", PATH).split(":"))
                                .map(folder -> home.resolve(folder).resolve(name));
        return candidates.filter(Files::isRegularFile).filter(Files::isExecutable).findFirst();
    }
}
