package io.interlinkgateway.log;

import io.interlinkgateway.log.feed.LogReader;
import io.interlinkgateway.web.StreamedResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Writes logs to clients, as text or as server-sent events.
@Component
public final class LogResponses {

    private final JsonMapper json;
    private final Duration heartbeat;

    LogResponses(JsonMapper json, LogProperties properties) {
        this.json = json;
        this.heartbeat = properties.heartbeat();
    }

    /// Responds with a log as plain bytes.
    ///
    /// @param reader the log
    /// @param response a response to which nothing has been written
    /// @throws IOException if the log ended early, or the client disconnected
    /// @throws InterruptedException if the thread is interrupted while it waits
    public void text(LogReader reader, StreamedResponse response)
            throws IOException, InterruptedException {
        response.text(body -> new LogTextWriter(reader, body).write(heartbeat));
    }

    /// Responds with a log as events, or with 204 if the client has received the event `end`.
    ///
    /// @param reader the log, after the client's last event
    /// @param frame the ids of the events, and the data of the last one
    /// @param lastEventId the id of the client's last event, which is one of this log
    /// @param response a response to which nothing has been written
    /// @throws IOException if the client disconnected
    public void events(
            LogReader reader,
            LogFrame frame,
            Optional<String> lastEventId,
            StreamedResponse response)
            throws IOException {
        if (lastEventId.equals(Optional.of(frame.endId()))) {
            response.noContent();
        } else {
            response.events(
                    MediaType.TEXT_EVENT_STREAM,
                    new LogEventSource(reader, frame, json),
                    heartbeat);
        }
    }
}
