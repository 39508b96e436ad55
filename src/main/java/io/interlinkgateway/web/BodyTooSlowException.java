package io.interlinkgateway.web;

import java.io.IOException;
import java.time.Duration;

/// A body did not arrive in time.
public final class BodyTooSlowException extends IOException {

    BodyTooSlowException(long bytes, Duration elapsed) {
        super("Of the body " + bytes + " bytes arrived in " + elapsed.toSeconds() + " s.");
    }
}
