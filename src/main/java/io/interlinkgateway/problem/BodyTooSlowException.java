package io.interlinkgateway.problem;

import java.io.IOException;
import java.time.Duration;

/// A body that did not arrive in the time that it may take.
final class BodyTooSlowException extends IOException {

    BodyTooSlowException(long bytes, Duration elapsed) {
        super("Of the body " + bytes + " bytes arrived in " + elapsed.toSeconds() + " s.");
    }
}
