package io.interlinkgateway.web;

import java.io.IOException;
import org.springframework.util.unit.DataSize;

/// A body that is larger than the gateway takes.
public final class BodyTooLargeException extends IOException {

    BodyTooLargeException(DataSize limit) {
        super("The body is larger than " + limit.toBytes() + " bytes.");
    }
}
