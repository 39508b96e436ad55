package io.interlinkgateway.history;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.log.ContainerLog;
import io.interlinkgateway.log.feed.LogEvent;
import io.interlinkgateway.log.feed.LogPiece;
import io.interlinkgateway.log.feed.LogPosition;
import io.interlinkgateway.log.feed.LogReader;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;

/// Reads an archived log to its end.
final class ArchivedLogReader implements LogReader {

    private static final int PIECE = 16_384;

    private final ContainerLog.Key key;
    private final InputStream log;
    private LogPosition reached;

    /// @param key whose log it is
    /// @param log the archived log from that position on; closed with this reader
    /// @param start the position of its first byte in the archived log
    ArchivedLogReader(ContainerLog.Key key, InputStream log, long start) {
        this.key = key;
        this.log = log;
        this.reached = new LogPosition(LogPosition.Stage.OUTPUT, start);
    }

    @Override
    public ContainerLog.Key key() {
        return key;
    }

    @Override
    public LogEvent next(Duration patience) {
        try {
            byte[] bytes = log.readNBytes(PIECE);
            if (bytes.length == 0) {
                return new LogEvent.End();
            }
            LogPiece piece = LogPiece.own(reached, bytes);
            reached = piece.end();
            return new LogEvent.Output(List.of(piece));
        } catch (IOException | GatewayException.HistoryUnavailable _) {
            return new LogEvent.Broken("The archive can't be read now.");
        } catch (GatewayException.HistoryUnreadable _) {
            return new LogEvent.Broken("A part of the archived log is damaged.");
        }
    }

    @Override
    public void close() {
        try {
            log.close();
        } catch (IOException _) {
            // Everything that the client receives was read before.
            return;
        }
    }
}
