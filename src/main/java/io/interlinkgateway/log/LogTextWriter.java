package io.interlinkgateway.log;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.log.feed.LogEvent;
import io.interlinkgateway.log.feed.LogPiece;
import io.interlinkgateway.log.feed.LogReader;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/// Writes a log as the bytes that it is. These can't carry problems: so the answer's head, which
/// says that all is well, waits a while for the first sign of the log.
final class LogTextWriter {

    /// How long a silent log may hold the head back.
    private static final Duration SILENCE = Duration.ofSeconds(1);

    /// How long a log that can't be read may: the feed tries it several times meanwhile.
    private static final Duration OUTAGE = Duration.ofSeconds(10);

    private final LogReader reader;
    private final HttpServletResponse response;
    private final Duration outage;

    LogTextWriter(LogReader reader, HttpServletResponse response) {
        this(reader, response, OUTAGE);
    }

    LogTextWriter(LogReader reader, HttpServletResponse response, Duration outage) {
        this.reader = reader;
        this.response = response;
        this.outage = outage;
    }

    /// A client that leaves is noticed when the job writes next: nothing can be sent to it meanwhile.
    ///
    /// @param heartbeat how long to wait for the job at a time
    /// @throws GatewayException.ClusterUnavailable if the log can't be read, and nothing was written
    /// @throws IOException if the log broke off, or the client is gone
    void write(Duration heartbeat) throws IOException, InterruptedException {
        OutputStream client = response.getOutputStream();
        long refusal = System.nanoTime() + outage.toNanos();
        while (true) {
            switch (reader.next(response.isCommitted() ? heartbeat : SILENCE)) {
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
