package io.interlinkgateway.bench;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/// A control plane for one test alone, which may stop and kill its API server. Always the one that
/// `bench/control-plane` builds.
///
/// @param folder where it lives
public record OwnControlPlane(Path folder) implements AutoCloseable {

    /// @param name of a folder under `target`
    /// @return a new one
    public static OwnControlPlane start(String name) {
        Path folder = Path.of("target/" + name + "-" + ProcessHandle.current().pid());
        Script.run("control-plane/up.sh", folder.toString());
        return new OwnControlPlane(folder);
    }

    /// @return the administrator's kubeconfig, as YAML
    public String kubeconfig() {
        return read("kubeconfig");
    }

    private String read(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private ProcessHandle apiServer() {
        return ProcessHandle.of(Long.parseLong(read("kube-apiserver.pid").strip())).orElseThrow();
    }

    /// The API server does nothing from now on; its connections stay.
    public void pauseApiServer() {
        Script.output("kill", "-STOP", Long.toString(apiServer().pid()));
    }

    /// The API server goes on.
    public void resumeApiServer() {
        Script.output("kill", "-CONT", Long.toString(apiServer().pid()));
    }

    /// @return how it was started
    public List<String> killApiServer() throws IOException {
        ProcessHandle process = apiServer();
        String command =
                new String(
                        Files.readAllBytes(Path.of("/proc/" + process.pid() + "/cmdline")),
                        StandardCharsets.UTF_8);
        process.destroyForcibly();
        process.onExit().join();
        return List.of(command.split("\0"));
    }

    /// Starts the API server again, and waits for it.
    ///
    /// @param command how it was started
    /// @param ready whether it is ready
    public void startAgain(List<String> command, BooleanSupplier ready) throws IOException {
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(
                                        folder.resolve("kube-apiserver.log").toFile()))
                        .start();
        Files.writeString(folder.resolve("kube-apiserver.pid"), Long.toString(process.pid()));
        await().atMost(Duration.ofMinutes(2)).ignoreExceptions().until(ready::getAsBoolean);
    }

    @Override
    public void close() {
        Script.run("control-plane/down.sh", folder.toString());
    }
}
