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

    /// The log can't be read now; it is tried again, and nothing is lost. Told when it happens, and instead of
    /// [Quiet] while it lasts.
    ///
    /// @param message what happened, a sentence
    record Problem(String message) implements LogEvent {}

    /// The job writes nothing any more, and everything was delivered.
    record End() implements LogEvent {}

    /// Nothing more is delivered, though there may be more.
    ///
    /// @param message why, a sentence
    record Broken(String message) implements LogEvent {}
}
