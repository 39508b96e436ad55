package io.interlinkgateway.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A reader of server-sent events that reconnects with the last id when the stream ends, as browsers do.
final class ResumingStream implements AutoCloseable {

    private static final long PAUSE = 200;

    private final GatewayProcess gateway;
    private final String path;
    private final BiConsumer<String, String> reader;
    private final Queue<String> answers = new ConcurrentLinkedQueue<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().unstarted(this::run);
    private @Nullable String lastId;

    /// @param reader is given each event's type and data; a type alone is a heartbeat
    ResumingStream(GatewayProcess gateway, String path, BiConsumer<String, String> reader) {
        this.gateway = gateway;
        this.path = path;
        this.reader = reader;
        thread.start();
    }

    /// Waits for the first sign of life.
    void awaitBegin() throws InterruptedException {
        if (!begun.await(1, TimeUnit.MINUTES)) {
            throw new AssertionError("Nothing came: " + answers);
        }
    }

    /// How each connection was answered, and how it ended.
    List<String> answers() {
        return List.copyOf(answers);
    }

    private void run() {
        try {
            do {
                try {
                    read();
                    answers.add("end");
                } catch (IOException cut) {
                    answers.add("cut");
                }
            } while (!closed.await(PAUSE, TimeUnit.MILLISECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() throws IOException, InterruptedException {
        List<String> headers = new ArrayList<>(List.of("Accept", "text/event-stream"));
        if (lastId != null) {
            headers.addAll(List.of("Last-Event-ID", lastId));
        }
        HttpResponse<InputStream> answer = gateway.open(path, headers.toArray(String[]::new));
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            answers.add(String.valueOf(answer.statusCode()));
            if (answer.statusCode() == 200) {
                tell(lines);
            }
        }
    }

    private void tell(BufferedReader lines) throws IOException {
        String type = "";
        String data = "";
        String id = lastId;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            begun.countDown();
            if (line.startsWith("event: ")) {
                type = line.substring("event: ".length());
            } else if (line.startsWith("data: ")) {
                data = line.substring("data: ".length());
            } else if (line.startsWith("id: ")) {
                id = line.substring("id: ".length());
            } else if (line.isEmpty()) {
                lastId = id;
                reader.accept(type, data);
                type = "";
                data = "";
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
