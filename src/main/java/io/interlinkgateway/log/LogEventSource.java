package io.interlinkgateway.log;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.interlinkgateway.log.feed.LogEvent;
import io.interlinkgateway.log.feed.LogPiece;
import io.interlinkgateway.log.feed.LogPosition;
import io.interlinkgateway.log.feed.LogReader;
import io.interlinkgateway.representation.DeletedJob;
import io.interlinkgateway.representation.JobResponse;
import io.interlinkgateway.web.EventSource;
import io.interlinkgateway.web.EventText;
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
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Writes a log as server-sent events, one for each line. The data is JSON, because logs contain carriage returns and
/// bytes that are not UTF-8, and the data of an event can't.
final class LogEventSource implements EventSource {

    /// Bytes of a line in one event.
    private static final int MAX_LINE = 16_384;

    /// Bytes of a character in UTF-8.
    private static final int MAX_CHARACTER = 4;

    /// How long a line may be incomplete before its beginning is sent.
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final LogReader reader;
    private final LogFrame frame;
    private final EventText events;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private LogPosition reached = LogPosition.HEAD;
    private @Nullable Instant lineAt;
    private boolean complete;

    LogEventSource(LogReader reader, LogFrame frame, JsonMapper json) {
        this.reader = reader;
        this.frame = frame;
        this.events = new EventText(json);
    }

    /// A line, or a part of one.
    ///
    /// @param text the line without its end, if it is UTF-8
    /// @param base64 its bytes, if it is not UTF-8
    /// @param partial true if the line continues in the next event
    /// @param at when it reached the gateway, if that was while it was written
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "LogLine", description = "The data of the event log: a line, or a part of one.")
    record Line(
            @Nullable @Schema(description = "The line without its end, if it is UTF-8.")
                    String text,
            @Nullable
                    @Schema(
                            description = "The bytes of the line, if it is not UTF-8.",
                            format = "byte")
                    String base64,
            @Nullable @Schema(description = "True if the line continues in the next event.")
                    Boolean partial,
            @Nullable
                    @Schema(
                            description =
                                    "When it reached the gateway, if that was while it was"
                                            + " written.")
                    Instant at) {

        static Line of(byte[] bytes, @Nullable Instant at) {
            try {
                String text =
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(bytes))
                                .toString();
                return new Line(text, null, null, at);
            } catch (CharacterCodingException _) {
                return new Line(null, Base64.getEncoder().encodeToString(bytes), null, at);
            }
        }

        Line continued() {
            return new Line(text, base64, true, at);
        }
    }

    @Schema(
            name = "PluginLine",
            description = "The data of the event plugin: a line of the plugin.")
    record PluginLine(String text) {}

    @Schema(
            name = "LogProblem",
            description = "The data of the event problem: why the log can't be read now.")
    record Unreadable(String message) {}

    /// The data of the event `end`, for the API's description.
    @Schema(
            name = "LogEnd",
            description =
                    "The data of the event end: the job in its final state, or which job was"
                            + " deleted.",
            anyOf = {JobResponse.class, DeletedJob.class})
    interface End {}

    @Override
    public Progress next(Duration patience, OutputStream client)
            throws IOException, InterruptedException {
        Progress progress = complete ? end(patience) : read(patience);
        events.moveTo(client);
        return progress;
    }

    private Progress read(Duration patience) throws InterruptedException {
        return switch (reader.next(line.size() > 0 ? PAUSE : patience)) {
            case LogEvent.Output output -> {
                output.pieces().forEach(this::add);
                yield Progress.SENT;
            }
            case LogEvent.Quiet _ -> {
                Progress progress = line.size() > 0 ? Progress.SENT : Progress.QUIET;
                endPiece();
                yield progress;
            }
            case LogEvent.Problem problem -> {
                problem(problem.message());
                yield Progress.SENT;
            }
            case LogEvent.Broken broken -> {
                problem(broken.message());
                yield Progress.ENDED;
            }
            case LogEvent.End _ -> {
                endPiece();
                complete = true;
                yield Progress.SENT;
            }
        };
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
                endLine();
            } else if (line.size() + at + 1 - from == MAX_LINE) {
                line.write(bytes, from, at + 1 - from);
                from = at + 1;
                endPieceAtCharacter();
            }
        }
        line.write(bytes, from, bytes.length - from);
    }

    /// Ends the piece before an incomplete character, whose first bytes are then part of the next piece.
    private void endPieceAtCharacter() {
        byte[] bytes = line.toByteArray();
        int end = bytes.length;
        int start = end - 1;
        while (start > end - MAX_CHARACTER && (bytes[start] & 0xC0) == 0x80) {
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

    private void endLine() {
        send(Line.of(line.toByteArray(), lineAt), line.size() + 1);
    }

    private void endPiece() {
        if (line.size() > 0) {
            send(Line.of(line.toByteArray(), lineAt).continued(), line.size());
        }
    }

    private void send(Line data, int length) {
        reached = reached.plus(length);
        events.event("log").id(frame.id().apply(reached)).data(data).end();
        line.reset();
        lineAt = null;
    }

    private void plugins(LogPiece piece) {
        for (String text : new String(piece.bytes(), StandardCharsets.UTF_8).split("\n", -1)) {
            if (!text.isEmpty()) {
                events.event("plugin").data(new PluginLine(text)).end();
            }
        }
    }

    private void problem(String message) {
        endPiece();
        events.event("problem").data(new Unreadable(message)).end();
    }

    private Progress end(Duration heartbeat) throws InterruptedException {
        Object last = frame.ending().data(heartbeat);
        events.event("end").id(frame.endId()).data(last).end();
        return Progress.ENDED;
    }
}
