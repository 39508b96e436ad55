package io.interlinkgateway.log.feed;

import io.interlinkgateway.log.feed.LogPosition.Stage;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Delivers what successive readings of one log give to its ring, each byte once.
final class Delivery {

    private final LogRing ring;
    private final Clock clock;
    private final EmittedPluginLines emittedLines = new EmittedPluginLines();

    /// What followed the log last, as long as the log was not read to its end since.
    private @Nullable LogDecoder followed;

    /// What the last reading with any text held back at its end, such as a line break that may be the plugin's. The log
    /// of a deleted pod ends with it: a later reading may be empty.
    private List<LogPiece> held = List.of();

    Delivery(LogRing ring, Clock clock) {
        this.ring = ring;
        this.clock = clock;
    }

    /// A reading begins at the head of the log.
    void beginReading() {
        emittedLines.begin();
    }

    /// A reading begins that goes on as the log grows.
    void beginFollowing(LogDecoder decoder) {
        holdFollowed();
        followed = decoder;
        beginReading();
    }

    /// A reading came to the end of the log.
    ///
    /// @param rest what it held back
    void readToEnd(List<LogPiece> rest) {
        holdFollowed();
        hold(rest);
    }

    /// The log is complete.
    ///
    /// @param rest what its last reading held back
    void complete(List<LogPiece> rest) {
        held = rest;
    }

    /// Delivers what was held back until more came: nothing will.
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

    /// What a container wrote only ever grows: a reading with less than was delivered is not complete, however it ended. It
    /// may lack the last line's end. What looks like the plugin's times was delivered as the job's own if the job wrote it
    /// and went on.
    ///
    /// @param reached how far a reading came
    /// @param rest what it held back
    /// @return whether it was cut short
    boolean isCutShort(LogPosition reached, List<LogPiece> rest) {
        int times = LogDecoder.endsWithTimes(rest) ? rest.getLast().bytes().length : 0;
        return reached.stage() == Stage.OUTPUT && reached.plus(times + 1).compareTo(ring.end()) < 0;
    }

    /// Delivers what a reading gave, but for what was delivered already.
    ///
    /// @param pieces in the order of the log
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

    /// The record grows at the log's head; followers get its new lines when they are seen.
    private LogPiece pluginLines(List<LogPiece> before, byte[] lines) {
        LogPosition reached = ring.end();
        LogPosition last = before.isEmpty() ? reached : before.getLast().end();
        return LogPiece.plugin(last.compareTo(reached) > 0 ? last : reached, lines);
    }
}
