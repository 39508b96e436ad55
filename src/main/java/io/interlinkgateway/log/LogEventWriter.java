package io.interlinkgateway.log;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.log.feed.LogEvent;
import io.interlinkgateway.log.feed.LogPiece;
import io.interlinkgateway.log.feed.LogPosition;
import io.interlinkgateway.log.feed.LogReader;
import io.interlinkgateway.representation.DeletedJob;
import io.interlinkgateway.representation.JobResponse;
import io.swagger.v3.oas.annotations.media.Schema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Writes a log as server-sent events, each line one event. An event's data can hold neither a carriage return
/// nor bytes that are no UTF-8, and logs have both: so it is JSON.
final class LogEventWriter {

    private static final int LONGEST = 16_384;
    private static final int LONGEST_CHARACTER = 4;

    /// How long a line may be incomplete before its beginning is sent.
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /// How long the pod's status may lag behind the end of the log.
    private static final Duration LAG = Duration.ofSeconds(30);

    private static final Duration LOOK = Duration.ofSeconds(1);

    private final LogReader reader;
    private final JobLookup jobs;
    private final JsonMapper json;
    private final OutputStream client;
    private ByteArrayOutputStream events = new ByteArrayOutputStream();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private LogPosition reached = LogPosition.HEAD;
    private @Nullable Instant lineAt;

    LogEventWriter(LogReader reader, JobLookup jobs, JsonMapper json, OutputStream client) {
        this.reader = reader;
        this.jobs = jobs;
        this.json = json;
        this.client = client;
    }

    /// A line, or a piece of one.
    ///
    /// @param text what it says, unless it is no UTF-8
    /// @param base64 its bytes, if it is no UTF-8
    /// @param partial true if the line goes on
    /// @param at when it came, if it came while it was written
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "LogLine", description = "The data of the event log: a line, or a piece of one.")
    record Line(
            @Nullable @Schema(description = "The line without its end, if it is UTF-8.")
                    String text,
            @Nullable @Schema(description = "Its bytes, if it is not UTF-8.", format = "byte")
                    String base64,
            @Nullable @Schema(description = "True if the line goes on in the next event.")
                    Boolean partial,
            @Nullable
                    @Schema(
                            description =
                                    "When it came to the gateway, if it came while it was written.")
                    Instant at) {

        static Line of(byte[] bytes, boolean whole, @Nullable Instant at) {
            Boolean partial = whole ? null : true;
            try {
                String text =
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(bytes))
                                .toString();
                return new Line(text, null, partial, at);
            } catch (CharacterCodingException noText) {
                return new Line(null, Base64.getEncoder().encodeToString(bytes), partial, at);
            }
        }
    }

    @Schema(
            name = "PluginLine",
            description = "The data of the event plugin: a line of the plugin's.")
    record PluginLine(String text) {}

    @Schema(
            name = "LogProblem",
            description = "The data of the event problem: why the log can't be read now.")
    record Unreadable(String message) {}

    /// The data of the event `end`, for the API's description.
    @Schema(
            name = "LogEnd",
            description =
                    "The data of the event end: the job as it ended, or which job was deleted.",
            anyOf = {JobResponse.class, DeletedJob.class})
    interface End {}

    /// @param heartbeat how often to show that the stream is alive
    /// @throws IOException if the client is gone
    void write(Duration heartbeat) throws IOException, InterruptedException {
        while (true) {
            switch (reader.next(line.size() > 0 ? PAUSE : heartbeat)) {
                case LogEvent.Output output -> output.pieces().forEach(this::add);
                case LogEvent.Quiet _ -> {
                    if (line.size() > 0) {
                        endPiece();
                    } else {
                        events.writeBytes(": alive\n\n".getBytes(StandardCharsets.UTF_8));
                    }
                }
                case LogEvent.Problem problem -> {
                    endPiece();
                    problem(problem.message());
                }
                case LogEvent.Broken broken -> {
                    endPiece();
                    problem(broken.message());
                    send();
                    return;
                }
                case LogEvent.End _ -> {
                    endPiece();
                    send();
                    end(heartbeat);
                    return;
                }
            }
            send();
        }
    }

    private void send() throws IOException {
        if (events.size() > 0) {
            events.writeTo(client);
            // Thousands wait, and not each with room for a burst.
            events = new ByteArrayOutputStream();
            client.flush();
        }
    }

    private void add(LogPiece piece) {
        if (piece.isPlugins()) {
            endPiece();
            plugins(piece);
            return;
        }
        if (!piece.start().equals(reached.plus(line.size()))) {
            endPiece();
            reached = piece.start();
        }
        lineAt = line.size() == 0 ? null : lineAt;
        byte[] bytes = piece.bytes();
        int from = 0;
        for (int at = 0; at < bytes.length; at++) {
            if (lineAt == null) {
                lineAt = piece.arrivedAt().orElse(null);
            }
            if (bytes[at] == '\n') {
                line.write(bytes, from, at - from);
                from = at + 1;
                event(true, line.toByteArray(), line.size() + 1);
                line.reset();
            } else if (line.size() + at + 1 - from == LONGEST) {
                line.write(bytes, from, at + 1 - from);
                from = at + 1;
                endPieceAtCharacter();
            }
        }
        line.write(bytes, from, bytes.length - from);
    }

    /// Leaves the first bytes of a character for the next piece.
    private void endPieceAtCharacter() {
        byte[] bytes = line.toByteArray();
        int end = bytes.length;
        int start = end - 1;
        while (start > end - LONGEST_CHARACTER && (bytes[start] & 0xC0) == 0x80) {
            start--;
        }
        int length = Integer.numberOfLeadingZeros(~bytes[start] << 24);
        if (length > end - start) {
            end = start;
        }
        line.reset();
        line.write(bytes, 0, end);
        endPiece();
        line.write(bytes, end, bytes.length - end);
    }

    private void endPiece() {
        if (line.size() > 0) {
            event(false, line.toByteArray(), line.size());
            line.reset();
        }
    }

    private void event(boolean whole, byte[] text, int length) {
        reached = reached.plus(length);
        write(
                "log",
                Optional.of(LogCursor.at(reader.key(), reached)),
                Line.of(text, whole, lineAt));
        lineAt = null;
    }

    private void plugins(LogPiece piece) {
        for (String text : new String(piece.bytes(), StandardCharsets.UTF_8).split("\n", -1)) {
            if (!text.isEmpty()) {
                write("plugin", Optional.empty(), new PluginLine(text));
            }
        }
    }

    private void problem(String message) {
        write("problem", Optional.empty(), new Unreadable(message));
    }

    /// Everything was sent; what is missing is the pod's status, which lags behind. It gets some time.
    private void end(Duration heartbeat) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LAG.toNanos();
        Optional<Job> job = job();
        while (job.isPresent()
                && !JobPhase.of(job.get().state()).ended()
                && System.nanoTime() < deadline) {
            Thread.sleep(LOOK.compareTo(heartbeat) < 0 ? LOOK : heartbeat);
            job = job();
        }
        write(
                "end",
                Optional.of(LogCursor.atEnd(reader.key())),
                job.map(this::answer)
                        .orElseGet(() ->
                                new DeletedJob(reader.key().job().value(), reader.key().uid())));
        send();
    }

    private Optional<Job> job() {
        return jobs.find(reader.key().workspace(), reader.key().job())
                .filter(job -> job.uid().equals(reader.key().uid()));
    }

    private Object answer(Job job) {
        ObjectNode answer = json.valueToTree(JobResponse.from(job));
        answer.remove(List.of("definition"));
        return answer;
    }

    private void write(String event, Optional<LogCursor> id, Object data) {
        StringBuilder head = new StringBuilder("event: ").append(event).append('\n');
        id.ifPresent(cursor -> head.append("id: ").append(cursor).append('\n'));
        events.writeBytes(head.append("data: ").toString().getBytes(StandardCharsets.UTF_8));
        events.writeBytes(json.writeValueAsBytes(data));
        events.writeBytes(new byte[] {'\n', '\n'});
    }
}
