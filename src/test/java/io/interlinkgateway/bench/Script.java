package io.interlinkgateway.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The scripts of the folder `bench`.
final class Script {

    private Script() {}

    static void run(String script, String... arguments) {
        List<String> command =
                Stream.concat(
                                Stream.of(Path.of("bench", script).toAbsolutePath().toString()),
                                Stream.of(arguments))
                        .toList();
        try {
            int code = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (code != 0) {
                throw new IllegalStateException(script + " ended with " + code);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }
}
