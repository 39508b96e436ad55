package io.interlinkgateway.log.feed;

import java.util.List;

/// What a [LogReader] receives.
public sealed interface LogEvent {

    /// The job wrote something.
    ///
    /// @param pieces in order; at least one
    record Output(List<LogPiece> pieces) implements LogEvent {}

    /// Nothing came in time.
    record Quiet() implements LogEvent {}

    /// The log can't be read now; the gateway tries again, and nothing is lost. Returned when this happens, and instead
    /// of [Quiet] while it lasts.
    ///
    /// @param message what happened, a sentence
    record Problem(String message) implements LogEvent {}

    /// The log is complete, and everything was delivered.
    record End() implements LogEvent {}

    /// Reading ends, although the log may have more output.
    ///
    /// @param message why, a sentence
    record Broken(String message) implements LogEvent {}
}
