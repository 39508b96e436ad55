package io.interlinkgateway.event;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

/// Timers for tests in other packages.
public final class WalltimeTimers {

    private WalltimeTimers() {}

    /// @return a timer without marks
    public static WalltimeTimer withoutMarks() {
        return new WalltimeTimer(
                new EventProperties(Duration.ofSeconds(10), List.of()), Clock.systemUTC());
    }
}
