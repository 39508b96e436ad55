package io.interlinkgateway.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A real SLURM on the loopback address (`bench/slurm`), as many at a time as are wanted. Partitions `cpu` and
/// `gpu` (two GPUs) are on `node1`; `cloud` is on `node2`, which powers up when a job asks for it.
public final class Slurm implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Path folder;

    private Slurm(Path folder) {
        this.folder = folder;
    }

    /// @return one that runs jobs, and kills those that use more memory than they asked for
    public static Slurm start() {
        return started();
    }

    /// @return one that lets jobs use what memory they like
    public static Slurm startWithoutMemoryLimits() {
        return started("--no-memory-limits");
    }

    /// @return one for a [RealSlurmrestd]
    public static Slurm startWithRest() {
        return started("--rest");
    }

    private static Slurm started(String... options) {
        Path folder =
                Path.of(
                        "target/slurm-"
                                + ProcessHandle.current().pid()
                                + "-"
                                + COUNT.incrementAndGet());
        Script.run(
                "slurm/up.sh",
                Stream.concat(Stream.of(folder.toString()), Stream.of(options))
                        .toArray(String[]::new));
        return new Slurm(folder.toAbsolutePath());
    }

    /// Says how long `node2` takes to power up: 5 s unless said otherwise, and up to 30 s more until SLURM looks.
    ///
    /// @param seconds fewer than 120, for the next time that it does, or if it does now, since it began
    public void powerUpSeconds(int seconds) {
        try {
            Files.writeString(folder.resolve("resume-seconds"), Integer.toString(seconds));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Runs one of SLURM's commands, as an administrator on the HPC would: `scontrol`, `scancel`, `squeue`, …
    ///
    /// @param command with its arguments
    /// @return what it printed, errors included
    /// @throws IllegalStateException if it fails
    public String run(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("SLURM_CONF", folder.resolve("slurm.conf").toString());
        try {
            Process process = builder.start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new IllegalStateException(
                        String.join(" ", command) + " ended with " + code + ": " + output);
            }
            return output;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /// @param id of a job
    /// @return what `scontrol show job` says of it, by field
    public Map<String, String> job(String id) {
        return Stream.of(run("scontrol", "--oneliner", "show", "job", id).split("\\s+"))
                .map(field -> field.split("=", 2))
                .filter(field -> field.length == 2)
                .collect(
                        Collectors.toMap(
                                field -> field[0], field -> field[1], (first, _) -> first));
    }

    /// @param user of this machine
    /// @return a token for a [RealSlurmrestd], valid for an hour
    public String token(String user) {
        return run("scontrol", "token", "username=" + user, "lifespan=3600").strip();
    }

    Path folder() {
        return folder;
    }

    /// Ends it with all its jobs, and removes what it wrote.
    @Override
    public void close() {
        Script.run("slurm/down.sh", folder.toString());
    }
}
