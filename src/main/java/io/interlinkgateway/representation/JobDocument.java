package io.interlinkgateway.representation;

import java.nio.charset.Charset;
import java.util.Optional;
import org.springframework.http.MediaType;

/// The body of a request that describes a job, not parsed yet.
public final class JobDocument {

    private final byte[] body;
    private final MediaType type;

    /// @param body its bytes, which must not be changed
    /// @param type what the request says of them: JSON is a job spec, all else a pod
    public JobDocument(byte[] body, MediaType type) {
        this.body = body;
        this.type = type;
    }

    byte[] body() {
        return body;
    }

    boolean isSpec() {
        return type.isCompatibleWith(MediaType.APPLICATION_JSON);
    }

    Optional<Charset> charset() {
        return Optional.ofNullable(type.getCharset());
    }
}
