package io.interlinkgateway.event;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/// A subscriber's position, as text in the events' ids.
///
/// @param changes the position in the order of all changes, in the adapter's own form
/// @param marks until when the subscriber has received the marks of running jobs, in whole seconds; empty if it has not
///     received any yet
public record FeedPosition(String changes, Optional<Instant> marks) {

    private static final Pattern SECONDS = Pattern.compile("\\d{1,11}");

    /// @param text any text
    /// @return the position; its changes may not be valid
    public static FeedPosition parse(String text) {
        int at = text.lastIndexOf('@');
        String seconds = text.substring(at + 1);
        return at >= 0 && SECONDS.matcher(seconds).matches()
                ? new FeedPosition(
                        text.substring(0, at),
                        Optional.of(Instant.ofEpochSecond(Long.parseLong(seconds))))
                : new FeedPosition(text, Optional.empty());
    }

    @Override
    public String toString() {
        return changes + marks.map(until -> "@" + until.getEpochSecond()).orElse("");
    }
}
