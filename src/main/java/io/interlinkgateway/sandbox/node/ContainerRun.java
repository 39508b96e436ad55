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

/// One container as a process. Interrupting it ends the process with all that came of it; so does the
/// process's own end, as it would in a container.
///
/// @param command the program and its arguments; empty for the image's own, which there is none of here
/// @param environment what the container declares
/// @param home its working folder, which the pod's containers share
/// @param temporaryFolder its own, which marks the processes that belong to it
/// @param log where its output goes
/// @param startedAt when it is reported to have begun
/// @param grace how long it may take to end when it is asked to
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

    /// What Singularity ends with when it can't start the command (recording `command-missing`).
    private static final int NOT_STARTED = 255;

    private static final String NO_IMAGES =
            "The sandbox has no images, so it can't run an image's own entry point: give the job a"
                    + " command.";
    private static final String NOT_POSSIBLE = "The process could not be started.";

    /// Without the environment, which may hold secrets, and the command, which may hold parts of it.
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
        } catch (IOException | IllegalArgumentException failure) {
            // The message may quote the command or a variable, which may hold a secret.
            return notStarted(NOT_POSSIBLE, Optional.of(NOT_POSSIBLE), FaultKind.COMMAND);
        } finally {
            log.complete();
        }
    }

    private Exit run(Path program) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(command);
        words.set(0, program.toString());
        ProcessBuilder builder =
                new ProcessBuilder(ProcessTree.inOwnSession(words))
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

    private Exit notStarted(String why, Optional<String> message, FaultKind kind) {
        log.append("FATAL:   " + why);
        return new Exit(NOT_STARTED, message, startedAt, Optional.of(new Fault(kind, why)));
    }

    private Map<String, String> wholeEnvironment() {
        Map<String, String> whole = new LinkedHashMap<>();
        whole.put("PATH", PATH);
        whole.put("HOME", home.toString());
        whole.put("TMPDIR", temporaryFolder.toString());
        whole.putAll(environment);
        return whole;
    }

    /// Found by the job's own PATH, not by the gateway's.
    private Optional<Path> program(String name) {
        Stream<Path> candidates =
                name.contains("/")
                        ? Stream.of(home.resolve(name))
                        : Stream.of(environment.getOrDefault("PATH", PATH).split(":"))
                                .map(folder -> home.resolve(folder).resolve(name));
        return candidates.filter(Files::isRegularFile).filter(Files::isExecutable).findFirst();
    }
}
