package io.interlinkgateway.log.feed;

import io.interlinkgateway.log.feed.LogPosition.Stage;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Adds the output of successive readings of one log to its ring, each byte once.
final class Delivery {

    private final LogRing ring;
    private final Clock clock;
    private final EmittedPluginLines emittedLines = new EmittedPluginLines();

    /// The last followed reading, until the log is read to its end.
    private @Nullable LogDecoder followed;

    /// The pending bytes at the end of the last reading that had output, such as a line break that may be the plugin's.
    /// They complete the log of a deleted pod, whose later readings may be empty.
    private List<LogPiece> held = List.of();

    Delivery(LogRing ring, Clock clock) {
        this.ring = ring;
        this.clock = clock;
    }

    /// Starts a reading from the start of the log.
    void beginReading() {
        emittedLines.begin();
    }

    /// Starts a reading that follows the log.
    void beginFollowing(LogDecoder decoder) {
        holdFollowed();
        followed = decoder;
        beginReading();
    }

    /// Ends a reading at the end of the log.
    ///
    /// @param rest its pending bytes
    void readToEnd(List<LogPiece> rest) {
        holdFollowed();
        hold(rest);
    }

    /// Completes the log.
    ///
    /// @param rest the pending bytes of its last reading
    void complete(List<LogPiece> rest) {
        held = rest;
    }

    /// Delivers the pending bytes, because no more bytes follow.
    void deliverHeld() throws InterruptedException {
        holdFollowed();
        deliver(held);
    }

    private void holdFollowed() {
        if (followed != null) {
            hold(followed.end());
            followed = null;
        }
    }

    private void hold(List<LogPiece> rest) {
        if (!rest.isEmpty()) {
            held = rest;
        }
    }

    /// A container's output only grows. So a reading with fewer bytes than were delivered is incomplete, even if it
    /// ended normally. Only the end of the last line may be missing. Lines in the form of the plugin's times were
    /// delivered as the job's output if the job wrote more after them.
    ///
    /// @param reached the end of the reading
    /// @param rest its pending bytes
    /// @return whether the reading is incomplete
    boolean isCutShort(LogPosition reached, List<LogPiece> rest) {
        int times = LogDecoder.endsWithTimes(rest) ? rest.getLast().bytes().length : 0;
        return reached.stage() == Stage.OUTPUT && reached.plus(times + 1).compareTo(ring.end()) < 0;
    }

    /// Delivers the pieces of a reading that were not delivered before.
    ///
    /// @param pieces the pieces in the order of the log
    void deliver(List<LogPiece> pieces) throws InterruptedException {
        if (pieces.isEmpty()) {
            return;
        }
        Instant now = ring.isLive() ? clock.instant() : null;
        List<LogPiece> delivered = new ArrayList<>();
        for (LogPiece piece : pieces) {
            if (piece.isPlugins()) {
                emittedLines
                        .fresh(piece.bytes())
                        .ifPresent(fresh -> delivered.add(pluginLines(delivered, fresh)));
            } else {
                delivered.add(piece.arrived(now));
            }
        }
        ring.add(delivered);
    }

    /// Delivers new lines of the record, which grows at the start of the log, when they are first read.
    private LogPiece pluginLines(List<LogPiece> before, byte[] lines) {
        LogPosition reached = ring.end();
        LogPosition last = before.isEmpty() ? reached : before.getLast().end();
        return LogPiece.plugin(last.compareTo(reached) > 0 ? last : reached, lines);
    }
}
