package io.interlinkgateway.web;

import java.io.IOException;
import java.time.Duration;

/// A body that did not arrive in the time that it may take.
public final class BodyTooSlowException extends IOException {

    BodyTooSlowException(long bytes, Duration elapsed) {
        super("Of the body " + bytes + " bytes arrived in " + elapsed.toSeconds() + " s.");
    }
}
