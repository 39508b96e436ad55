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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/// A process that stands in for interLink (`bench/virtual-node`): the virtual kubelet, the API and the SLURM plugin
/// of one or more nodes of the [ControlPlane], each with a [Slurm] of its own. With `CI=true` it must be there.
///
/// The API server reads logs from the address 127.0.0.1, so it must run on this machine; in k3s in a container the
/// nodes work, but their logs can't be read.
public final class VirtualNode implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Path CACHE = Path.of(".cache").toAbsolutePath();

    private final Path folder;
    private final List<String> command = new ArrayList<>();
    private final List<String> names;
    private Process process;

    private VirtualNode(Path folder, Map<String, Slurm> nodes, double speed) throws IOException {
        this.folder = folder;
        this.names = List.copyOf(nodes.keySet());
        Path kubeconfig = folder.resolve("kubeconfig");
        Files.createDirectories(folder);
        Files.writeString(kubeconfig, ControlPlane.kubeconfig());
        command.addAll(
                List.of(
                        CACHE.resolve("virtual-node/virtual-node").toString(),
                        "-kubeconfig",
                        kubeconfig.toString(),
                        "-folder",
                        folder.toString(),
                        "-singularity",
                        singularity().toString(),
                        "-speed",
                        Double.toString(speed)));
        nodes.forEach((name, slurm) -> command.add(name + "=" + slurm.configuration()));
        this.process = launch();
    }

    /// Starts a node that does things as often as interLink was recorded to do.
    ///
    /// @param name of the node
    /// @param slurm its HPC
    /// @return the node's process, once pods can be scheduled to it
    public static VirtualNode start(String name, Slurm slurm) {
        return start(Map.of(name, slurm), 1);
    }

    /// @param nodes their HPCs, by name
    /// @param speed divides interLink's intervals: at 1 it looks at its pods every 5 s, asks SLURM at most every
    ///     10 s, reads a followed log every 4 s and pings its plugin every 30 s
    /// @return the nodes' process, once pods can be scheduled to all of them
    public static VirtualNode start(Map<String, Slurm> nodes, double speed) {
        boolean ci = "true".equals(System.getenv("CI"));
        if (!ci && !Files.exists(CACHE.resolve("virtual-node/stamp"))) {
            Assumptions.abort("No virtual node: run bench/virtual-node/build.sh (Go)");
        }
        if (!ci && !Files.exists(CACHE.resolve("apptainer/stamp"))) {
            Assumptions.abort("No Apptainer: run bench/apptainer/install.sh (root, Debian)");
        }
        Script.run("virtual-node/build.sh");
        Script.run("apptainer/install.sh");
        Path folder =
                Path.of(
                                "target/virtual-node-"
                                        + ProcessHandle.current().pid()
                                        + "-"
                                        + COUNT.incrementAndGet())
                        .toAbsolutePath();
        try {
            VirtualNode node = new VirtualNode(folder, nodes, speed);
            node.awaitReady();
            return node;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
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
    /// @return its folder on the HPC: a folder `jobs/NAMESPACE-UID` a job, and the file `polled`, which is written
    ///     after each look at the node's pods
    public Path folder(String name) {
        return folder.resolve(name);
    }

    /// From now on the node's plugin answers nothing. Its jobs go on.
    ///
    /// @param name of one of the nodes
    public void pluginDown(String name) {
        try {
            Files.createFile(folder(name).resolve("plugin-down"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// The node's plugin answers again.
    ///
    /// @param name of one of the nodes
    public void pluginUp(String name) {
        try {
            Files.delete(folder(name).resolve("plugin-down"));
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
            for (String name : names) {
                Files.deleteIfExists(folder(name).resolve("ready"));
            }
            process = launch();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        awaitReady();
    }

    private Process launch() throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
        // Jobs find the container runtime on their PATH, as on an HPC.
        builder.environment()
                .merge("PATH", singularity().getParent() + ":", (path, runtime) -> runtime + path);
        return builder.start();
    }

    private void awaitReady() {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .failFast("the virtual node ended, see " + folder, () -> !process.isAlive())
                .until(() ->
                        names.stream()
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

    /// Ends the process and takes the nodes out of the cluster. Jobs that are left end with their [Slurm].
    @Override
    public void close() {
        process.destroy();
        end(process);
    }
}
