package io.interlinkgateway.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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

    /// @return whether it ended with 0; false where there is no bash to run it
    static boolean succeeds(String script, String... arguments) {
        try {
            run(script, arguments);
            return true;
        } catch (UncheckedIOException | IllegalStateException failure) {
            return false;
        }
    }

    /// @return what the program printed, without the last line's end
    static String output(String... command) {
        return output(new ProcessBuilder(command));
    }

    /// @return what the program printed, without the last line's end
    static String output(ProcessBuilder program) {
        try {
            Process process = program.redirectError(ProcessBuilder.Redirect.INHERIT).start();
            process.getOutputStream().close();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new IllegalStateException(program.command() + " ended with " + code);
            }
            return output.stripTrailing();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }
}
