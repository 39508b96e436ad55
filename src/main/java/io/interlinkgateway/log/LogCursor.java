package io.interlinkgateway.log;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.log.feed.LogPosition;
import io.interlinkgateway.log.feed.LogPosition.Stage;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A client's position in a log, written as an event's id. It is valid on every replica while the pod exists.
///
/// @param uid the pod's UID
/// @param container the container's name
/// @param position the position after the last event; empty after the event `end`
record LogCursor(String uid, String container, Optional<LogPosition> position) {

    private static final Pattern TEXT =
            Pattern.compile("([-0-9A-Za-z]{1,64})/([-a-z0-9]{1,63})/(?:([po])(\\d{1,18})|end)");

    static LogCursor at(ContainerLog.Key log, LogPosition position) {
        return new LogCursor(log.uid(), log.container(), Optional.of(position));
    }

    static LogCursor atEnd(ContainerLog.Key log) {
        return new LogCursor(log.uid(), log.container(), Optional.empty());
    }

    /// @throws GatewayException.CursorExpired if the text is not an id of such an event
    static LogCursor parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new GatewayException.CursorExpired();
        }
        return new LogCursor(
                matcher.group(1),
                matcher.group(2),
                Optional.ofNullable(matcher.group(3))
                        .map(stage ->
                                new LogPosition(
                                        stage.equals("p") ? Stage.PREPARATION : Stage.OUTPUT,
                                        Long.parseLong(matcher.group(4)))));
    }

    boolean isOf(ContainerLog.Key log) {
        return uid.equals(log.uid()) && container.equals(log.container());
    }

    @Override
    public String toString() {
        return uid
                + "/"
                + container
                + "/"
                + position.map(at -> (at.stage() == Stage.PREPARATION ? "p" : "o") + at.offset())
                        .orElse("end");
    }
}
