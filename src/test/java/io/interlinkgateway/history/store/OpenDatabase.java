package io.interlinkgateway.history.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;

/// Opens the database of a directory, as another gateway would, until its input ends.
final class OpenDatabase {

    private OpenDatabase() {}

    static void main(String[] arguments) throws IOException {
        try (Database _ =
                new Database(Connections.inDirectory(Path.of(arguments[0])), Clock.systemUTC())) {
            System.out.println("open");
            System.in.read();
        }
    }
}
