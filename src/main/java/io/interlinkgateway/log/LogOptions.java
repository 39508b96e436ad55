package io.interlinkgateway.log;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// Which part of a log to read.
///
/// @param container the container's name; empty for the default one
/// @param follow whether to continue until the job's last output
/// @param raw whether to include the plugin's lines
/// @param tailLines only this many of the job's last lines, and later ones; at most 100,000
/// @param since only output of the last period of this length, at most 1,000,000,000 s
/// @param lastEventId only output after this event
public record LogOptions(
        Optional<String> container,
        boolean follow,
        boolean raw,
        OptionalInt tailLines,
        Optional<Duration> since,
        Optional<String> lastEventId) {

    private static final int MAX_LINES = 100_000;

    /// More than thirty years.
    private static final Duration MAX_SINCE = Duration.ofSeconds(1_000_000_000);

    private static final Pattern CONTAINER = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    /// The whole log of the default container.
    public static final LogOptions ALL =
            new LogOptions(
                    Optional.empty(),
                    false,
                    false,
                    OptionalInt.empty(),
                    Optional.empty(),
                    Optional.empty());

    /// @throws InvalidValueException if a number is out of range, or the container's name is not valid
    public LogOptions {
        if (tailLines.isPresent()
                && (tailLines.getAsInt() < 0 || tailLines.getAsInt() > MAX_LINES)) {
            throw new InvalidValueException(
                    "tailLines must be between 0 and " + MAX_LINES + ".",
                    "Give a number in this range, or omit tailLines for the whole log.");
        }
        if (since.isPresent()
                && (since.get().isNegative() || since.get().compareTo(MAX_SINCE) > 0)) {
            throw new InvalidValueException(
                    "sinceSeconds must be between 0 and " + MAX_SINCE.toSeconds() + ".",
                    "Give a number in this range, or omit sinceSeconds for the whole log.");
        }
        if (container.isPresent() && !CONTAINER.matcher(container.get()).matches()) {
            throw new InvalidValueException(
                    "No container is named \"" + Text.shown(container.get()) + "\".",
                    "Choose a container from the job's manifest.");
        }
    }

    /// @param container a container's name
    /// @return these options for another container
    public LogOptions of(String container) {
        return new LogOptions(Optional.of(container), follow, raw, tailLines, since, lastEventId);
    }

    /// @return these options, but followed
    public LogOptions following() {
        return new LogOptions(container, true, raw, tailLines, since, lastEventId);
    }

    /// @return these options, with the plugin's lines
    public LogOptions withPluginLines() {
        return new LogOptions(container, follow, true, tailLines, since, lastEventId);
    }

    /// @param lines the number of lines
    /// @return these options, with that number of last lines
    public LogOptions tail(int lines) {
        return new LogOptions(container, follow, raw, OptionalInt.of(lines), since, lastEventId);
    }

    /// @param id an event's id
    /// @return these options, after that event
    public LogOptions after(String id) {
        return new LogOptions(container, follow, raw, tailLines, since, Optional.of(id));
    }
}
