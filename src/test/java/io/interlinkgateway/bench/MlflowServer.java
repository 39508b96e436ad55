package io.interlinkgateway.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A real MLflow server.
public final class MlflowServer implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Path folder;

    private MlflowServer(Path folder) {
        this.folder = folder;
    }

    /// @return a server that asks for a password
    public static MlflowServer start() {
        return started();
    }

    /// @return a server that lets everybody in
    public static MlflowServer startOpen() {
        return started("--open");
    }

    private static MlflowServer started(String... options) {
        Path folder =
                Path.of(
                        "target/mlflow-"
                                + ProcessHandle.current().pid()
                                + "-"
                                + COUNT.incrementAndGet());
        String[] arguments =
                options.length == 0
                        ? new String[] {folder.toString()}
                        : new String[] {folder.toString(), options[0]};
        Script.run("mlflow/up.sh", arguments);
        return new MlflowServer(folder);
    }

    /// @return its address
    public URI url() {
        return URI.create(read("url"));
    }

    /// @return its administrator
    public String username() {
        return read("username");
    }

    /// @return the administrator's password
    public String password() {
        return read("password");
    }

    /// @return the Python that has MLflow's client
    public Path clientPython() {
        return Path.of(".cache/mlflow/venv/bin/python").toAbsolutePath();
    }

    /// @return what [#clientPython] needs of this machine's file system
    public List<Path> clientFolders() {
        String base =
                Script.output(
                        clientPython().toString(), "-c", "import sys; print(sys.base_prefix)");
        return Stream.of(
                        Path.of(".cache/mlflow/venv").toAbsolutePath(),
                        Path.of(base),
                        Path.of("/lib"),
                        Path.of("/lib64"),
                        Path.of("/usr/lib"))
                .distinct()
                .toList();
    }

    /// The last value of a metric, as the server's own API tells its administrator.
    ///
    /// @param experiment the name of an experiment with one run
    /// @param key the metric's name
    /// @return its value
    public double metric(String experiment, String key) {
        String program =
                "import mlflow, sys; print(mlflow.search_runs(experiment_names=[sys.argv[1]])"
                        + ".loc[0, 'metrics.' + sys.argv[2]])";
        ProcessBuilder client =
                new ProcessBuilder(clientPython().toString(), "-c", program, experiment, key);
        client.environment()
                .putAll(
                        Map.of(
                                "MLFLOW_TRACKING_URI", url().toString(),
                                "MLFLOW_TRACKING_USERNAME", username(),
                                "MLFLOW_TRACKING_PASSWORD", password()));
        return Double.parseDouble(Script.output(client));
    }

    private String read(String name) {
        try {
            return Files.readString(folder.resolve(name)).strip();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        Script.run("mlflow/down.sh", folder.toString());
    }
}
