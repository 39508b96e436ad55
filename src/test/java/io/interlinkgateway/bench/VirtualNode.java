package io.interlinkgateway.bench;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A process that stands in for interLink (`bench/virtual-node`): the virtual kubelet, the API and the SLURM plugin
/// of one or more nodes of the [ControlPlane], each with a [Slurm] of its own.
///
/// The API server reads logs from the address 127.0.0.1, so it must run on this machine; in k3s in a container the
/// nodes work, but their logs can't be read.
public final class VirtualNode implements AutoCloseable {

    private static final Path CACHE = cache();
    private static final Path PROGRAM = CACHE.resolve("virtual-node/virtual-node");

    /// How often interLink does things, and how many it lets through.
    public enum Pace {

        /// As interLink was recorded and measured: it looks at its pods every 5 s, refreshes one pod's status in 10 s
        /// and reads a followed log every 4 s. Each node answers 5 requests for logs a second, 10 at once.
        INTERLINK,

        /// The intervals are a fifth of interLink's, the limits of requests are interLink's.
        FIVEFOLD;

        private List<String> flags() {
            return switch (this) {
                case INTERLINK -> List.of();
                case FIVEFOLD -> List.of("-speed", "5");
            };
        }
    }

    private final Map<String, Slurm> nodes;
    private final Path log;
    private final List<String> command = new ArrayList<>();
    private Process process;

    private VirtualNode(Map<String, Slurm> nodes, Pace pace) throws IOException {
        this.nodes = Map.copyOf(nodes);
        Slurm first = nodes.values().iterator().next();
        Path kubeconfig = first.folder().resolve("kubeconfig");
        Files.writeString(kubeconfig, ControlPlane.kubeconfig());
        this.log = first.folder().resolve("virtual-node.log");
        command.addAll(
                List.of(
                        PROGRAM.toString(),
                        "-kubeconfig",
                        kubeconfig.toString(),
                        "-singularity",
                        singularity().toString()));
        command.addAll(pace.flags());
        nodes.forEach((name, slurm) -> command.add(name + "=" + slurm.folder()));
        this.process = launch();
    }

    /// Starts a node with the pace of [Pace#INTERLINK].
    ///
    /// @param name of the node
    /// @param slurm its HPC
    /// @return the node's process, once pods can be scheduled to it
    public static VirtualNode start(String name, Slurm slurm) {
        return start(Map.of(name, slurm), Pace.INTERLINK);
    }

    /// @param nodes their HPCs, by name
    /// @param pace of all of them; the limits are those of each
    /// @return the nodes' process, once pods can be scheduled to all of them
    public static VirtualNode start(Map<String, Slurm> nodes, Pace pace) {
        try {
            VirtualNode node = new VirtualNode(nodes, pace);
            node.awaitReady();
            return node;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// @return the program; with `-scripts` it writes what the plugin makes of pods, without a cluster
    public static Path program() {
        return PROGRAM;
    }

    /// @return the path of a small image on the HPC, a BusyBox
    public static String image() {
        return CACHE.resolve("apptainer/busybox.sif").toString();
    }

    /// @return the path of the container runtime on the HPC, for tests of commands that call it
    public static Path singularity() {
        return CACHE.resolve("apptainer/usr/bin/singularity");
    }

    /// @param name of one of the nodes
    /// @return its folder on the HPC, with a folder `jobs/NAMESPACE-UID` a job
    public Path folder(String name) {
        return Objects.requireNonNull(nodes.get(name)).folder().resolve(name);
    }

    /// From now on the node's plugin answers nothing. Its jobs go on.
    ///
    /// @param name of one of the nodes
    public void pluginDown(String name) {
        make(name, "plugin-down");
    }

    /// The node's plugin answers again.
    ///
    /// @param name of one of the nodes
    public void pluginUp(String name) {
        remove(name, "plugin-down");
    }

    /// From now on nobody looks what became of the node's pods, as between two of interLink's looks: what SLURM does
    /// meanwhile is seen at once, after [#release].
    ///
    /// @param name of one of the nodes
    public void hold(String name) {
        make(name, "hold");
    }

    /// The node's pods are looked at again, the next time within 5 s.
    ///
    /// @param name of one of the nodes
    public void release(String name) {
        remove(name, "hold");
    }

    private void make(String name, String file) {
        try {
            Files.createFile(folder(name).resolve(file));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void remove(String name, String file) {
        try {
            Files.delete(folder(name).resolve(file));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// @return what the process said so far, for people
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Kills the process: nobody looks after the nodes' pods, and the nodes stay in the cluster.
    public void kill() {
        end(process.destroyForcibly());
    }

    /// Starts it again after [#kill]; it finds its pods by their job ids.
    public void startAgain() {
        try {
            for (String name : nodes.keySet()) {
                Files.deleteIfExists(folder(name).resolve("ready"));
            }
            process = launch();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        awaitReady();
    }

    /// Links are followed: messages of the container runtime have paths without.
    private static Path cache() {
        Path cache = Path.of(".cache");
        try {
            return Files.exists(cache) ? cache.toRealPath() : cache.toAbsolutePath();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Process launch() throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // Jobs find the container runtime on their PATH, as on an HPC.
        builder.environment()
                .merge("PATH", singularity().getParent() + ":", (path, runtime) -> runtime + path);
        return builder.start();
    }

    private void awaitReady() {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .failFast("the virtual node ended, see " + log, () -> !process.isAlive())
                .until(() ->
                        nodes.keySet().stream()
                                .allMatch(name -> Files.exists(folder(name).resolve("ready"))));
    }

    private static void end(Process process) {
        try {
            process.waitFor();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /// Ends the process and takes the nodes out of the cluster. What is left of their jobs goes with their [Slurm].
    @Override
    public void close() {
        process.destroy();
        end(process);
    }
}
