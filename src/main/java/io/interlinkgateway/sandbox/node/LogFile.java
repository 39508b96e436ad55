package io.interlinkgateway.sandbox.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A log file that is written until it is complete.
final class LogFile {

    private final Path path;
    private final CountDownLatch completion = new CountDownLatch(1);

    LogFile(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    void append(String line) {
        try {
            Files.writeString(
                    path,
                    line + "\n",
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// The content so far.
    byte[] bytes() throws IOException {
        try {
            return Files.readAllBytes(path);
        } catch (NoSuchFileException _) {
            return new byte[0];
        }
    }

    void complete() {
        completion.countDown();
    }

    boolean isComplete() {
        return completion.getCount() == 0;
    }

    /// Waits for the given time, or until the file is complete.
    void pause(long millis) throws InterruptedException {
        boolean _ = completion.await(millis, TimeUnit.MILLISECONDS);
    }
}
