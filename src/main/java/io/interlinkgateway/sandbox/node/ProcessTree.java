package io.interlinkgateway.sandbox.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// A process with everything that came of it.
///
/// Descendants whose parents live are known to the JDK. Where there is `/proc`, those are found as well
/// whose parents have ended: by their session, which `setsid` made for the tree, and by the value of
/// `TMPDIR` that they were born with, which no other tree has. What is left out: a process that has a
/// session of its own, an environment of its own and no parent any more; and, without `/proc`, every
/// process whose parent has ended.
final class ProcessTree {

    private static final Path PROCESSES = Path.of("/proc");
    private static final Path SETSID = Path.of("/usr/bin/setsid");
    private static final Duration LAST_WAIT = Duration.ofSeconds(2);
    private static final long PAUSE_MILLIS = 20;

    private final Process root;
    private final String mark;

    /// @param root started by [#inOwnSession]
    /// @param temporaryFolder what `TMPDIR` is for this tree alone
    ProcessTree(Process root, Path temporaryFolder) {
        this.root = root;
        this.mark = "TMPDIR=" + temporaryFolder + "\0";
    }

    /// The command that runs another in a session of its own, where that is possible.
    static List<String> inOwnSession(List<String> command) {
        return Files.isExecutable(SETSID)
                ? Stream.concat(Stream.of(SETSID.toString()), command.stream()).toList()
                : command;
    }

    /// Ends all processes: asks them, and kills those that are left after the grace. An interrupted wait ends
    /// the grace.
    void end(Duration grace) {
        if (alive().isEmpty()) {
            return;
        }
        alive().forEach(ProcessHandle::destroy);
        if (!awaitEnd(grace, false)) {
            awaitEnd(LAST_WAIT, true);
        }
    }

    private boolean awaitEnd(Duration patience, boolean kill) {
        long deadline = System.nanoTime() + patience.toNanos();
        List<ProcessHandle> left = alive();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            if (kill) {
                left.forEach(ProcessHandle::destroyForcibly);
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException hurry) {
                return false;
            }
            left = alive();
        }
        return left.isEmpty();
    }

    private List<ProcessHandle> alive() {
        Stream<ProcessHandle> known = Stream.concat(Stream.of(root.toHandle()), root.descendants());
        return Stream.concat(known, found()).distinct().filter(ProcessHandle::isAlive).toList();
    }

    private Stream<ProcessHandle> found() {
        return Files.isDirectory(PROCESSES)
                ? ProcessHandle.allProcesses().filter(this::belongs)
                : Stream.empty();
    }

    private boolean belongs(ProcessHandle process) {
        Path folder = PROCESSES.resolve(Long.toString(process.pid()));
        try {
            String status = Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1);
            // The name in parentheses may hold anything; then come state, parent, group and
            // session.
            String[] fields = status.substring(status.lastIndexOf(')') + 2).split(" ", 5);
            if (fields[3].equals(Long.toString(root.pid()))) {
                return !fields[0].equals("Z");
            }
            return Files.readString(folder.resolve("environ"), StandardCharsets.ISO_8859_1)
                    .contains(mark);
        } catch (IOException | IndexOutOfBoundsException goneOrNotOurs) {
            return false;
        }
    }
}
