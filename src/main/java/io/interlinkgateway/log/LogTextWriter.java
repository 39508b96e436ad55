package io.interlinkgateway.log;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.log.feed.LogEvent;
import io.interlinkgateway.log.feed.LogPiece;
import io.interlinkgateway.log.feed.LogReader;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/// Writes a log as plain bytes. They can't contain a problem, so the response's head with the status 200 is delayed
/// for a while, until the log has been opened.
final class LogTextWriter {

    /// How long the head is delayed if the log has no output.
    private static final Duration QUIET_DELAY = Duration.ofSeconds(1);

    /// How long the head is delayed if the log can't be read. The feed tries several times in this period.
    private static final Duration OUTAGE_DELAY = Duration.ofSeconds(10);

    private final LogReader reader;
    private final HttpServletResponse response;
    private final Duration outage;

    LogTextWriter(LogReader reader, HttpServletResponse response) {
        this(reader, response, OUTAGE_DELAY);
    }

    LogTextWriter(LogReader reader, HttpServletResponse response, Duration outage) {
        this.reader = reader;
        this.response = response;
        this.outage = outage;
    }

    /// A disconnected client is detected at the job's next output: there is no heartbeat in plain text.
    ///
    /// @param heartbeat how long to wait for output at a time
    /// @throws GatewayException.ClusterUnavailable if the log can't be read, and nothing was written
    /// @throws IOException if the log ended early, or the client disconnected
    void write(Duration heartbeat) throws IOException, InterruptedException {
        OutputStream client = response.getOutputStream();
        long refusal = System.nanoTime() + outage.toNanos();
        while (true) {
            switch (reader.next(response.isCommitted() ? heartbeat : QUIET_DELAY)) {
                case LogEvent.Output output -> {
                    for (LogPiece piece : output.pieces()) {
                        client.write(piece.bytes());
                    }
                    response.flushBuffer();
                }
                case LogEvent.Quiet _ -> response.flushBuffer();
                case LogEvent.Problem problem -> {
                    if (System.nanoTime() - refusal > 0) {
                        refuse(problem.message());
                    }
                }
                case LogEvent.Broken broken -> {
                    refuse(broken.message());
                    throw new IOException(broken.message());
                }
                case LogEvent.End _ -> {
                    response.flushBuffer();
                    return;
                }
            }
        }
    }

    private void refuse(String message) {
        if (!response.isCommitted()) {
            throw new GatewayException.ClusterUnavailable(message);
        }
    }
}
