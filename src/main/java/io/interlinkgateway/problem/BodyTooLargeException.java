package io.interlinkgateway.problem;

import java.io.IOException;
import org.springframework.util.unit.DataSize;

/// A body that is larger than the gateway takes.
final class BodyTooLargeException extends IOException {

    BodyTooLargeException(DataSize limit) {
        super("The body is larger than " + limit.toBytes() + " bytes.");
    }
}
