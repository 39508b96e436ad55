package io.interlinkgateway.web;

import java.io.IOException;
import org.springframework.util.unit.DataSize;

/// A body is larger than the gateway accepts.
public final class BodyTooLargeException extends IOException {

    BodyTooLargeException(DataSize limit) {
        super("The body is larger than " + limit.toBytes() + " bytes.");
    }
}
