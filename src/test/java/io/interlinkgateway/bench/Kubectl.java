package io.interlinkgateway.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The real kubectl with the administrator's kubeconfig, in one namespace: the one that
/// `bench/control-plane` builds, else the one on the PATH.
public final class Kubectl {

    private static final Path BUILT = Path.of(".cache/control-plane/bin/kubectl");

    private final Path kubeconfig;
    private final String namespace;

    /// @param folder where the kubeconfig is written to
    /// @param namespace where all commands act
    public Kubectl(Path folder, String namespace) {
        this.namespace = namespace;
        try {
            this.kubeconfig =
                    Files.writeString(
                            folder.resolve(namespace + ".kubeconfig"), ControlPlane.kubeconfig());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// @param arguments as on its command line
    /// @return what it printed
    /// @throws IllegalStateException with its words, if it failed
    public String run(String... arguments) {
        return apply("", arguments);
    }

    /// @param input what it reads, for `apply -f -`
    /// @param arguments as on its command line
    /// @return what it printed
    /// @throws IllegalStateException with its words, if it failed
    public String apply(String input, String... arguments) {
        String program = Files.isExecutable(BUILT) ? BUILT.toString() : "kubectl";
        List<String> command =
                Stream.concat(
                                Stream.of(
                                        program,
                                        "--kubeconfig",
                                        kubeconfig.toString(),
                                        "--namespace",
                                        namespace),
                                Stream.of(arguments))
                        .toList();
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", arguments) + ": " + output);
            }
            return output;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }
}
