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

/// A file that somebody writes a log into, until it is complete.
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

    /// What was written until now.
    byte[] bytes() throws IOException {
        try {
            return Files.readAllBytes(path);
        } catch (NoSuchFileException nothingYet) {
            return new byte[0];
        }
    }

    void complete() {
        completion.countDown();
    }

    boolean isComplete() {
        return completion.getCount() == 0;
    }

    /// Waits a moment, or until the file is complete if that comes first.
    void pause(long millis) throws InterruptedException {
        boolean _ = completion.await(millis, TimeUnit.MILLISECONDS);
    }
}
