package io.interlinkgateway.log.feed;

import io.interlinkgateway.log.ContainerLog;
import io.interlinkgateway.log.LogStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a log as it is now, once.
public final class SnapshotReader implements LogReader {

    private final ContainerLog.Key key;
    private final ContainerLog.@Nullable Opened opened;
    private final @Nullable LogDecoder decoder;
    private final boolean raw;
    private LogPosition position;
    private boolean over;

    /// @param opened nothing was read of it; null for an empty log
    /// @param position what the reader has already
    /// @param raw whether it wants the plugin's lines, too
    public SnapshotReader(
            ContainerLog.Key key,
            ContainerLog.@Nullable Opened opened,
            LogPosition position,
            boolean raw) {
        this.key = key;
        this.opened = opened;
        this.decoder = opened == null ? null : new LogDecoder(opened);
        this.position = position;
        this.raw = raw;
    }

    @Override
    public ContainerLog.Key key() {
        return key;
    }

    @Override
    public LogEvent next(Duration patience) throws InterruptedException {
        if (opened == null || decoder == null || over) {
            return new LogEvent.End();
        }
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                switch (opened.stream().next(Duration.ofNanos(deadline - System.nanoTime()))) {
                    case LogStream.Part.Bytes bytes -> {
                        List<LogPiece> pieces = wanted(decoder.read(bytes.toByteArray()));
                        if (!pieces.isEmpty()) {
                            return new LogEvent.Output(pieces);
                        }
                    }
                    case LogStream.Part.Quiet _ -> {
                        return new LogEvent.Quiet();
                    }
                    case LogStream.Part.End _ -> {
                        over = true;
                        List<LogPiece> pieces = wanted(decoder.endForNow());
                        return pieces.isEmpty() ? new LogEvent.End() : new LogEvent.Output(pieces);
                    }
                }
            } catch (IOException cut) {
                over = true;
                return new LogEvent.Broken("The log broke off.");
            }
        }
    }

    private List<LogPiece> wanted(List<LogPiece> pieces) {
        List<LogPiece> wanted = new ArrayList<>();
        for (LogPiece piece : pieces) {
            if (!piece.isPlugins() || raw) {
                piece.after(position).ifPresent(wanted::add);
            }
        }
        if (!wanted.isEmpty()) {
            position = wanted.getLast().end();
        }
        return wanted;
    }

    @Override
    public void close() {
        if (opened != null) {
            opened.close();
        }
    }
}
