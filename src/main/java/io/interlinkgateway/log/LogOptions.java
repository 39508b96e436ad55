package io.interlinkgateway.log;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// What of a log to read.
///
/// @param container which container; empty for the first
/// @param follow whether to go on until the job writes nothing any more
/// @param raw whether the plugin's lines are wanted, too
/// @param tailLines only this many of the job's lines before now, at most 100,000
/// @param since only what the job wrote in the last while, at most 1,000,000,000 s
/// @param lastEventId only what comes after this event
public record LogOptions(
        Optional<String> container,
        boolean follow,
        boolean raw,
        OptionalInt tailLines,
        Optional<Duration> since,
        Optional<String> lastEventId) {

    private static final int MOST_LINES = 100_000;

    /// More than thirty years.
    private static final Duration LONGEST_SINCE = Duration.ofSeconds(1_000_000_000);

    private static final Pattern CONTAINER = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    /// All of the first container's.
    public static final LogOptions ALL =
            new LogOptions(
                    Optional.empty(),
                    false,
                    false,
                    OptionalInt.empty(),
                    Optional.empty(),
                    Optional.empty());

    /// @throws InvalidValueException if a number is out of range, or no container can have that name
    public LogOptions {
        if (tailLines.isPresent()
                && (tailLines.getAsInt() < 0 || tailLines.getAsInt() > MOST_LINES)) {
            throw new InvalidValueException(
                    "tailLines must be between 0 and " + MOST_LINES + ".",
                    "Give a number in this range, or omit tailLines for the whole log.");
        }
        if (since.isPresent()
                && (since.get().isNegative() || since.get().compareTo(LONGEST_SINCE) > 0)) {
            throw new InvalidValueException(
                    "sinceSeconds must be between 0 and " + LONGEST_SINCE.toSeconds() + ".",
                    "Give a number in this range, or omit sinceSeconds for the whole log.");
        }
        if (container.isPresent() && !CONTAINER.matcher(container.get()).matches()) {
            throw new InvalidValueException(
                    "No container is named \"" + Text.shown(container.get()) + "\".",
                    "Choose a container from the job's manifest.");
        }
    }

    /// @param container a container's name
    /// @return the same of this container
    public LogOptions of(String container) {
        return new LogOptions(Optional.of(container), follow, raw, tailLines, since, lastEventId);
    }

    /// @return the same, followed
    public LogOptions following() {
        return new LogOptions(container, true, raw, tailLines, since, lastEventId);
    }

    /// @return the same, with the plugin's lines
    public LogOptions withPluginLines() {
        return new LogOptions(container, follow, true, tailLines, since, lastEventId);
    }

    /// @param lines how many
    /// @return the same, from so many lines before now
    public LogOptions tail(int lines) {
        return new LogOptions(container, follow, raw, OptionalInt.of(lines), since, lastEventId);
    }

    /// @param id an event's
    /// @return the same, after that event
    public LogOptions after(String id) {
        return new LogOptions(container, follow, raw, tailLines, since, Optional.of(id));
    }
}
