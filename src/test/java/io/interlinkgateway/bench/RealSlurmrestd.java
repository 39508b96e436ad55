package io.interlinkgateway.bench;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A real slurmrestd beside a [Slurm] (`bench/slurm/rest.sh`).
public final class RealSlurmrestd implements AutoCloseable {

    private final Process process;
    private final String address;

    private RealSlurmrestd(Slurm slurm, String kind, String address, SocketAddress socket) {
        this.address = address;
        try {
            this.process =
                    new ProcessBuilder(
                                    Path.of("bench/slurm/rest.sh").toAbsolutePath().toString(),
                                    slurm.folder().toString(),
                                    kind)
                            .redirectErrorStream(true)
                            .redirectOutput(
                                    slurm.folder().resolve("rest-" + kind + ".log").toFile())
                            .start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        await().until(() -> accepts(socket));
    }

    /// @param slurm from [Slurm#startWithRest]
    /// @return one at a socket, which may read and not cancel
    public static RealSlurmrestd atSocket(Slurm slurm) {
        Path socket = slurm.folder().resolve("rest/socket");
        return new RealSlurmrestd(
                slurm, "socket", "unix:" + socket, UnixDomainSocketAddress.of(socket));
    }

    /// @param slurm from [Slurm#startWithRest]
    /// @return one at a port, which wants tokens
    public static RealSlurmrestd atPort(Slurm slurm) {
        try {
            int port =
                    Integer.parseInt(Files.readString(slurm.folder().resolve("rest-port")).strip());
            return new RealSlurmrestd(
                    slurm,
                    "tcp",
                    "http://127.0.0.1:" + port,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static boolean accepts(SocketAddress socket) {
        try (SocketChannel channel = SocketChannel.open(socket)) {
            return channel.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    /// @return as `gateway.nodes.<name>.slurmrestd.address` has it
    public String address() {
        return address;
    }

    /// Stops it without an end: it accepts connections and answers nothing.
    public void hang() {
        Script.output("kill", "-STOP", Long.toString(process.pid()));
    }

    /// Lets it go on after [#hang].
    public void resume() {
        Script.output("kill", "-CONT", Long.toString(process.pid()));
    }

    /// Kills it.
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
