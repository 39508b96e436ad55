package io.interlinkgateway.sandbox.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// A process with all its descendants.
///
/// The JDK finds descendants whose parents are still running. Where `/proc` exists, those whose parents have exited
/// are found as well: by their session, which `setsid` creates for the tree, and by their initial value of `TMPDIR`,
/// which is unique to the tree. Not found are processes without a parent that changed both session and environment
/// and, without `/proc`, all processes whose parent has exited.
final class ProcessTree {

    private static final Path PROCESSES = Path.of("/proc");
    private static final Path SETSID = Path.of("/usr/bin/setsid");
    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(2);
    private static final long PAUSE_MILLIS = 20;

    private final Process root;
    private final String variable;

    /// @param root a process that was started with [#inOwnSession]
    /// @param temporaryFolder the value of `TMPDIR` for this tree only
    ProcessTree(Process root, Path temporaryFolder) {
        this.root = root;
        this.variable = "TMPDIR=" + temporaryFolder + "\0";
    }

    /// A command that runs the given one in a new session, if `setsid` is installed.
    static List<String> inOwnSession(List<String> command) {
        return Files.isExecutable(SETSID)
                ? Stream.concat(Stream.of(SETSID.toString()), command.stream()).toList()
                : command;
    }

    /// Ends all processes with SIGTERM, and kills those that remain after the grace period. An interrupt ends the
    /// grace period early.
    void end(Duration grace) {
        if (runningProcesses().isEmpty()) {
            return;
        }
        runningProcesses().forEach(ProcessHandle::destroy);
        if (!awaitEnd(grace, false)) {
            awaitEnd(KILL_TIMEOUT, true);
        }
    }

    private boolean awaitEnd(Duration patience, boolean kill) {
        long deadline = System.nanoTime() + patience.toNanos();
        List<ProcessHandle> remaining = runningProcesses();
        while (!remaining.isEmpty() && System.nanoTime() < deadline) {
            if (kill) {
                remaining.forEach(ProcessHandle::destroyForcibly);
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException _) {
                return false;
            }
            remaining = runningProcesses();
        }
        return remaining.isEmpty();
    }

    private List<ProcessHandle> runningProcesses() {
        Stream<ProcessHandle> known = Stream.concat(Stream.of(root.toHandle()), root.descendants());
        return Stream.concat(known, orphans()).distinct().filter(ProcessHandle::isAlive).toList();
    }

    private Stream<ProcessHandle> orphans() {
        return Files.isDirectory(PROCESSES)
                ? ProcessHandle.allProcesses().filter(this::belongs)
                : Stream.empty();
    }

    private boolean belongs(ProcessHandle process) {
        Path folder = PROCESSES.resolve(Long.toString(process.pid()));
        try {
            String status = Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1);
            // After the name in parentheses, which may contain anything, come state, parent, group
            // and session.
            String[] fields = status.substring(status.lastIndexOf(')') + 2).split(" ", 5);
            if (fields[3].equals(Long.toString(root.pid()))) {
                return !fields[0].equals("Z");
            }
            return Files.readString(folder.resolve("environ"), StandardCharsets.ISO_8859_1)
                    .contains(variable);
        } catch (IOException | IndexOutOfBoundsException _) {
            return false;
        }
    }
}
