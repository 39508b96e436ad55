package io.interlinkgateway.history;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.log.LogFrame;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The ids of the events of an archived log.
///
/// @param uid the pod's UID
/// @param container the container's name
record ArchivedLogCursor(String uid, String container) {

    private static final Pattern POSITION = Pattern.compile("a([0-9]{1,18})");

    /// @param ending gives the data of the event `end`
    /// @return the ids of the log's events with that end
    LogFrame frame(LogFrame.Ending ending) {
        return new LogFrame(position -> prefix() + "a" + position.offset(), endId(), ending);
    }

    /// @param id the id of the client's last event
    /// @param length the length of the archived log
    /// @return the position after that event
    /// @throws GatewayException.CursorExpired if it is not an id of this log's events
    long positionAfter(String id, long length) {
        if (id.equals(endId())) {
            return length;
        }
        return Optional.of(id)
                .filter(text -> text.startsWith(prefix()))
                .map(text -> POSITION.matcher(text.substring(prefix().length())))
                .filter(Matcher::matches)
                .map(position -> Long.valueOf(position.group(1)))
                .filter(position -> position <= length)
                .orElseThrow(GatewayException.CursorExpired::new);
    }

    private String prefix() {
        return uid + "/" + container + "/";
    }

    private String endId() {
        return prefix() + "end";
    }
}
